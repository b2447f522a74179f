#include "login_server/visitors.hpp"

#include <algorithm>

namespace login_server {

namespace {

auto key_of(std::string_view id)
{
    return coauth::store::digest_of_browser(id).octets;
}

} // namespace

void visitors::expect(const std::string& user_id, time_point now)
{
    const time_point until = now + longest_arrival;
    const std::lock_guard lock(mutex_);
    expected_in_order_.emplace_back(until, user_id);
    expected_.emplace(user_id, until);
}

visitors::entrance visitors::enter(coauth::signed_in_user user, time_point now, std::string_view previous)
{
    entrance out;
    out.id = coauth::browser_binding::random().reveal();
    const key visit_key = key_of(out.id);
    const std::lock_guard lock(mutex_);
    in_order_.emplace_back(now, visit_key);
    const auto begun = visits_.emplace(visit_key, visit(std::move(user), now)).first;
    auto& theirs = of_person_[begun->second.user.id];
    theirs.push_back(visit_key);
    if (const auto arrived = expected_.find(begun->second.user.id); arrived != expected_.end())
        expected_.erase(arrived);
    // Only now: who signs in again in the same browser has not left.
    out.user_left = end(key_of(previous));
    if (theirs.size() > most_per_person)
        end(key(theirs.front()));
    return out;
}

std::optional<coauth::signed_in_user> visitors::find(std::string_view id, time_point now) const
{
    const std::lock_guard lock(mutex_);
    const auto found = visits_.find(key_of(id));
    if (found == visits_.end() || found->second.begun + stay <= now)
        return std::nullopt;
    return found->second.user;
}

bool visitors::has(const std::string& user_id) const
{
    const std::lock_guard lock(mutex_);
    return is_here(user_id);
}

std::optional<std::string> visitors::leave(std::string_view id)
{
    const std::lock_guard lock(mutex_);
    return end(key_of(id));
}

std::optional<std::string> visitors::leave_everywhere(const std::string& user_id, time_point latest)
{
    const std::lock_guard lock(mutex_);
    const auto found = of_person_.find(user_id);
    if (found == of_person_.end())
        return std::nullopt;
    std::optional<std::string> left;
    const std::deque<key> theirs = found->second;
    for (const key& visit_key : theirs) {
        const auto place = visits_.find(visit_key);
        if (place != visits_.end() && place->second.begun <= latest)
            left = end(visit_key);
    }
    return left;
}

std::vector<std::string> visitors::expire(time_point now, std::size_t most)
{
    std::vector<std::string> left;
    const std::lock_guard lock(mutex_);
    while (left.size() < most && !in_order_.empty() && in_order_.front().first + stay <= now) {
        const key visit_key = in_order_.front().second;
        in_order_.pop_front();
        if (auto user_id = end(visit_key))
            left.push_back(*std::move(user_id));
    }
    while (left.size() < most && !expected_in_order_.empty() && expected_in_order_.front().first <= now) {
        const time_point until = expected_in_order_.front().first;
        const std::string user_id = std::move(expected_in_order_.front().second);
        expected_in_order_.pop_front();
        const auto [first, last] = expected_.equal_range(user_id);
        const auto found = std::find_if(first, last, [&](const auto& each) { return each.second == until; });
        if (found == last)
            continue;
        expected_.erase(found);
        if (!is_here(user_id))
            left.push_back(user_id);
    }
    while (left.size() < most && !unforgotten_.empty() && unforgotten_.front().first <= now) {
        std::string user_id = std::move(unforgotten_.front().second);
        unforgotten_.pop_front();
        if (!is_here(user_id))
            left.push_back(std::move(user_id));
    }
    return left;
}

void visitors::forget_later(std::string user_id, time_point now)
{
    const std::lock_guard lock(mutex_);
    unforgotten_.emplace_back(now + retry_after, std::move(user_id));
}

std::size_t visitors::count() const
{
    const std::lock_guard lock(mutex_);
    return visits_.size();
}

// With the lock held. The user's id, if there was such a visit and it was the user's last.
std::optional<std::string> visitors::end(const key& visit_key)
{
    const auto found = visits_.find(visit_key);
    if (found == visits_.end())
        return std::nullopt;
    std::string user_id = std::move(found->second.user.id);
    visits_.erase(found);
    const auto theirs = of_person_.find(user_id);
    std::erase(theirs->second, visit_key);
    if (!theirs->second.empty())
        return std::nullopt;
    of_person_.erase(theirs);
    return is_here(user_id) ? std::nullopt : std::optional(user_id);
}

// With the lock held.
bool visitors::is_here(const std::string& user_id) const
{
    return of_person_.count(user_id) != 0 || expected_.count(user_id) != 0;
}

} // namespace login_server
