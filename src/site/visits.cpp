#include "site/visits.hpp"

#include <coauth/session/login.hpp>

#include <exception>
#include <utility>

namespace coauth::site {

namespace asio = boost::asio;
using store::browser_digest;

namespace {

browser_digest digest_of(const std::string& cookie)
{
    return cookie.empty() ? browser_digest() : store::digest_of_browser(cookie);
}

} // namespace

asio::awaitable<visits::begun_visit> visits::begin(signed_in_user user, std::string previous)
{
    begun_visit out;
    out.cookie = browser_binding::random().reveal();
    const user_key arriving = user.key();
    auto left = co_await visitors_->add(digest_of(out.cookie), std::move(user), digest_of(previous));
    departures_->arrived(arriving);
    if (left && !departures_->expects(*left))
        out.left = std::move(left);
    co_return out;
}

asio::awaitable<std::optional<signed_in_user>> visits::find(std::string cookie) const
{
    return visitors_->find(digest_of(cookie));
}

asio::awaitable<bool> visits::has(user_key user) const
{
    if (departures_->expects(user))
        co_return true;
    const bool has_visit = co_await visitors_->has(user);
    // A login may have been granted since the store was asked.
    co_return has_visit || departures_->expects(user);
}

asio::awaitable<std::optional<user_key>> visits::end(std::string cookie)
{
    auto left = co_await visitors_->remove(digest_of(cookie));
    if (left && departures_->expects(*left))
        left.reset();
    co_return left;
}

asio::awaitable<bool> visits::end_all(user_key user, time_point latest)
{
    const bool left = co_await visitors_->remove_all(user, latest);
    co_return left && !departures_->expects(user);
}

asio::awaitable<std::vector<user_key>> visits::expire(std::size_t limit)
{
    std::vector<user_key> left = co_await visitors_->expire(limit);
    std::erase_if(left, [this](const user_key& user) { return departures_->expects(user); });
    const std::vector<user_key> due = departures_->take_due(clock_->steady_now(), limit - left.size());
    for (const user_key& user : due) {
        bool has_visit = true;
        try {
            has_visit = co_await has(user);
        } catch (const std::exception&) {
            // A store that fails must not make it lose those that it has returned.
            departures_->retry(user, clock_->steady_now());
        }
        if (!has_visit)
            left.push_back(user);
    }
    co_return left;
}

} // namespace coauth::site
