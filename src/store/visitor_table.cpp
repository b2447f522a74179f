#include "store/visitor_table.hpp"

#include <algorithm>

namespace coauth::store {

visitor_table::visitor_table(const visitor_limits& limits) : limits_(limits)
{
    check(limits_);
}

std::optional<user_key> visitor_table::add(
    const browser_digest& browser, signed_in_user user, const browser_digest& previous, time_point now)
{
    const user_key key = user.key();
    const sign_in position(now, ++last_number_, browser.octets);
    sign_ins& all_of_user = of_user_[key];
    try {
        all_of_user.insert(position);
        of_all_.insert(position);
        rows_.emplace(browser.octets, row(std::move(user), position));
    } catch (...) { // no memory: as before
        of_all_.erase(position);
        all_of_user.erase(position);
        if (all_of_user.empty())
            of_user_.erase(key);
        throw;
    }
    // After the new row is there: a user who signs in again in the same browser has not left.
    auto left = erase(previous.octets);
    if (all_of_user.size() > limits_.max_per_user)
        erase(digest(all_of_user.begin()->browser));
    return left;
}

std::optional<signed_in_user> visitor_table::find(const browser_digest& browser, time_point now) const
{
    const auto found = rows_.find(browser.octets);
    if (found == rows_.end() || found->second.position.begun + limits_.time_to_live <= now)
        return std::nullopt;
    return found->second.user;
}

std::optional<user_key> visitor_table::remove(const browser_digest& browser)
{
    return erase(browser.octets);
}

bool visitor_table::remove_all(const user_key& user, time_point latest)
{
    const auto found = of_user_.find(user);
    if (found == of_user_.end())
        return false;
    bool left = false;
    const sign_ins before = found->second;
    for (const sign_in& each : before)
        if (each.begun <= latest)
            left = erase(each.browser).has_value();
    return left;
}

std::vector<user_key> visitor_table::expire(time_point now, std::size_t limit)
{
    std::vector<user_key> left;
    left.reserve(std::min(limit, of_user_.size())); // first: without memory no user is lost
    while (left.size() < limit && !of_all_.empty() && of_all_.begin()->begun + limits_.time_to_live <= now)
        if (auto user = erase(digest(of_all_.begin()->browser)))
            left.push_back(*std::move(user));
    return left;
}

std::optional<user_key> visitor_table::erase(const digest& browser) noexcept
{
    const auto removed = rows_.extract(browser);
    if (!removed)
        return std::nullopt;
    signed_in_user& visitor = removed.mapped().user;
    user_key user(std::move(visitor.provider), std::move(visitor.id));
    const sign_in position = removed.mapped().position;
    of_all_.erase(position);
    const auto all_of_user = of_user_.find(user);
    all_of_user->second.erase(position);
    if (!all_of_user->second.empty())
        return std::nullopt;
    of_user_.erase(all_of_user);
    return user;
}

} // namespace coauth::store
