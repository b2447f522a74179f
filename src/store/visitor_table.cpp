#include "store/visitor_table.hpp"

#include <algorithm>
#include <utility>

namespace coauth::store {

visitor_table::visitor_table(const visitor_limits& limits) : limits_(limits)
{
    check(limits_);
}

std::optional<user_key> visitor_table::add(
    const browser_digest& browser, signed_in_user user, const browser_digest& previous, time_point now)
{
    const sign_in position(now, ++last_number_, browser.octets);
    const auto all_of_user = of_user_.try_emplace(user.key()).first;
    try {
        all_of_user->second.insert(position);
        of_all_.insert(position);
        rows_.emplace(browser.octets, row(std::move(user), position, all_of_user));
    } catch (...) {
        unlist(position, all_of_user);
        throw;
    }
    // After the new row is there: a user who signs in again in the same browser has not left.
    auto left = erase(previous.octets);
    if (all_of_user->second.size() > limits_.max_per_user)
        erase(digest(all_of_user->second.begin()->browser));
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
    left.reserve(std::min(limit, of_user_.size())); // nothing can fail once rows are erased
    while (left.size() < limit && !of_all_.empty() && of_all_.begin()->begun + limits_.time_to_live <= now)
        if (auto user = erase(digest(of_all_.begin()->browser)))
            left.push_back(*std::move(user));
    return left;
}

std::optional<user_key> visitor_table::erase(const digest& browser) noexcept
{
    const auto found = rows_.find(browser);
    if (found == rows_.end())
        return std::nullopt;
    const sign_in position = found->second.position;
    const auto all_of_user = found->second.all_of_user;
    rows_.erase(found);
    return unlist(position, all_of_user);
}

std::optional<user_key> visitor_table::unlist(const sign_in& position, users::iterator all_of_user) noexcept
{
    of_all_.erase(position);
    all_of_user->second.erase(position);
    if (!all_of_user->second.empty())
        return std::nullopt;
    return std::move(of_user_.extract(all_of_user).key());
}

} // namespace coauth::store
