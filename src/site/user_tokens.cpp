// Dropping the tokens of users whose last visit has ended.
#include "site/login_site_state.hpp"

#include <coauth/coro/as_result.hpp>
#include <coauth/coro/cancel_after.hpp>

#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <exception>
#include <utility>

namespace coauth::site {

namespace asio = boost::asio;

namespace {

// Tokens of users whose visits have expired, for one request.
constexpr std::size_t most_dropped = 2;
// What that may cost the request: it is not the one whose user has left.
constexpr std::chrono::milliseconds longest_drop(500);

} // namespace

// Never fails: the request may be another user's, whose response has nothing to do with it. The user is among the
// departures until it is done, and is tried again if it is not.
asio::awaitable<void> login_site::state::drop_token(user_key user, std::chrono::milliseconds limit)
{
    std::optional<std::string> problem;
    try {
        const auto dropped = co_await as_result(cancel_after(limit, drop_token_unless_here(user)));
        if (!dropped && dropped.error().reason() != errc::unknown_user)
            problem = dropped.error().what();
    } catch (const std::exception& e) {
        problem = e.what(); // of a store that is not ours
    }
    if (!problem) {
        departures_->dropped(user);
        co_return;
    }
    const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
    if (!is_cancelled(state))
        log_.write("sign out: " + *problem);
}

asio::awaitable<void> login_site::state::drop_token_unless_here(user_key user)
{
    // Others may have been waited for since the user left.
    const bool here = co_await visits_.has(user);
    if (here)
        co_return;
    for (const app& each : apps_)
        if (each.name == user.provider)
            co_await each.session->sign_out(user.id);
}

// A few, for one request at a time, and after a failure not at once again, so that a slow store does not hold up every request.
asio::awaitable<void> login_site::state::drop_tokens_of_expired()
{
    if (dropping_->exchange(true))
        co_return;
    // Without `this`: a coroutine that never resumes is destroyed after the site.
    const std::shared_ptr<void> done(nullptr, [flag = dropping_](void*) { *flag = false; });
    if (now() < next_expiry_)
        co_return;
    std::vector<user_key> left;
    std::optional<std::string> problem;
    try {
        left = co_await visits_.expire(most_dropped);
    } catch (const std::exception& e) {
        problem = e.what();
    }
    const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
    if (problem) {
        next_expiry_ = now() + departures::retry_after;
        if (!is_cancelled(state))
            log_.write("visitors: " + *problem);
    }
    for (const user_key& user : left)
        departures_->retry(user, now());
    for (const user_key& user : left)
        co_await drop_token(user, std::min(options_.patience, longest_drop));
}

asio::awaitable<server::response> login_site::state::sign_in_again(
    signed_in_user user, std::chrono::system_clock::time_point latest)
{
    const user_key key = user.key();
    // A visit that has begun since then brought a token of its own.
    const bool left = co_await visits_.end_all(key, latest);
    if (left) {
        departures_->retry(key, now());
        co_await drop_token(key, options_.patience);
    }
    response page =
        pages_.notice_with_buttons({401, "Please sign in again", "The provider no longer lets us see your profile."});
    page.headers.add("Set-Cookie", session_cookie_.remove());
    co_return page;
}

} // namespace coauth::site
