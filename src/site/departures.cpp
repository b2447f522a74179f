#include "site/departures.hpp"

#include <algorithm>
#include <iterator>

namespace coauth::site {

void departures::expect(const user_key& user, time_point now)
{
    const time_point until = now + longest_arrival;
    const std::lock_guard lock(mutex_);
    expected_in_order_.emplace_back(until, user);
    expected_.emplace(user, until);
}

void departures::arrived(const user_key& user)
{
    const std::lock_guard lock(mutex_);
    if (const auto found = expected_.find(user); found != expected_.end())
        expected_.erase(found);
}

bool departures::expects(const user_key& user) const
{
    const std::lock_guard lock(mutex_);
    return expected_.contains(user);
}

void departures::retry(user_key user, time_point now)
{
    const std::lock_guard lock(mutex_);
    retried_.emplace_back(now + retry_after, std::move(user));
}

void departures::dropped(const user_key& user)
{
    const std::lock_guard lock(mutex_);
    const auto is_of_user = [&](const entry& each) { return each.second == user; };
    // Most likely the user has just left, and is the last.
    const auto found = std::find_if(retried_.rbegin(), retried_.rend(), is_of_user);
    if (found != retried_.rend())
        retried_.erase(std::next(found).base());
}

std::vector<user_key> departures::take_due(time_point now, std::size_t limit)
{
    std::vector<user_key> due;
    const std::lock_guard lock(mutex_);
    due.reserve(std::min(limit, expected_in_order_.size() + retried_.size())); // no user is lost below
    while (due.size() < limit && !expected_in_order_.empty() && expected_in_order_.front().first <= now) {
        entry front = std::move(expected_in_order_.front());
        expected_in_order_.pop_front();
        const auto [first, last] = expected_.equal_range(front.second);
        const auto found = std::find_if(first, last, [&](const auto& each) { return each.second == front.first; });
        if (found == last)
            continue;
        expected_.erase(found);
        if (!expected_.contains(front.second))
            due.push_back(std::move(front.second));
    }
    while (due.size() < limit && !retried_.empty() && retried_.front().first <= now) {
        user_key user = std::move(retried_.front().second);
        retried_.pop_front();
        if (!expected_.contains(user))
            due.push_back(std::move(user));
    }
    return due;
}

} // namespace coauth::site
