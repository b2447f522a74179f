#include "login_server/visitors.hpp"

#include <algorithm>

namespace login_server {

namespace {

auto key_of(std::string_view id)
{
    return coauth::store::digest_of_browser(id).octets;
}

} // namespace

std::string visitors::enter(coauth::signed_in_user who, time_point now)
{
    std::string id(coauth::browser_binding::random().reveal());
    const key which = key_of(id);
    const time_point until = now + stay;
    const std::lock_guard lock(mutex_);
    auto& theirs = of_person_[who.id];
    theirs.push_back(which);
    in_order_.emplace_back(until, which);
    visits_.emplace(which, visit(std::move(who), until));
    if (theirs.size() > most_per_person)
        forget(key(theirs.front()));
    return id;
}

std::optional<coauth::signed_in_user> visitors::find(std::string_view id, time_point now) const
{
    const std::lock_guard lock(mutex_);
    const auto found = visits_.find(key_of(id));
    if (found == visits_.end() || found->second.until <= now)
        return std::nullopt;
    return found->second.who;
}

std::optional<coauth::signed_in_user> visitors::leave(std::string_view id)
{
    const std::lock_guard lock(mutex_);
    const key which = key_of(id);
    const auto found = visits_.find(which);
    if (found == visits_.end())
        return std::nullopt;
    const coauth::signed_in_user who = found->second.who;
    return forget(which) ? std::optional(who) : std::nullopt;
}

void visitors::leave_everywhere(const std::string& user_id)
{
    const std::lock_guard lock(mutex_);
    const auto found = of_person_.find(user_id);
    if (found == of_person_.end())
        return;
    const std::deque<key> theirs = found->second;
    for (const key& which : theirs)
        forget(which);
}

std::vector<coauth::signed_in_user> visitors::expire(time_point now)
{
    std::vector<coauth::signed_in_user> gone;
    const std::lock_guard lock(mutex_);
    while (!in_order_.empty() && in_order_.front().first <= now) {
        const key which = in_order_.front().second;
        in_order_.pop_front();
        const auto found = visits_.find(which);
        if (found == visits_.end())
            continue;
        const coauth::signed_in_user who = found->second.who;
        if (forget(which))
            gone.push_back(who);
    }
    return gone;
}

std::size_t visitors::count() const
{
    const std::lock_guard lock(mutex_);
    return visits_.size();
}

// True if it was the person's last.
bool visitors::forget(const key& which)
{
    const auto found = visits_.find(which);
    const std::string user_id = found->second.who.id;
    visits_.erase(found);
    auto& theirs = of_person_[user_id];
    std::erase(theirs, which);
    if (!theirs.empty())
        return false;
    of_person_.erase(user_id);
    return true;
}

} // namespace login_server
