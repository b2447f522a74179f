#include "session/calls.hpp"

#include "coro/retry_wait.hpp"
#include "session/user_classes.hpp"

#include <coauth/coro/one_shot.hpp>

#include <boost/system/system_error.hpp>

#include <algorithm>
#include <functional>
#include <string>
#include <utility>

namespace coauth::sessions {

namespace asio = boost::asio;

namespace {

using std::chrono::milliseconds;
using time_point = std::chrono::steady_clock::time_point;

template <class T>
using send_call = std::function<asio::awaitable<reply<T>>(account& access)>;

// One request of a call. If nothing comes of it once it counts as sent, it is dropped.
class call_request {
public:
    call_request(std::shared_ptr<lookups> governor, lookups::other_call& call)
        : governor_(std::move(governor)), call_(call)
    {}
    call_request(const call_request&) = delete;
    call_request& operator=(const call_request&) = delete;
    ~call_request()
    {
        if (sent_)
            governor_->call_dropped(call_);
    }

    lookups& governor() const noexcept { return *governor_; }
    lookups::other_call& call() const noexcept { return call_; }

    allowance::verdict admit(const std::shared_ptr<one_shot>& turn)
    {
        const allowance::verdict may = governor_->admit(call_, turn);
        sent_ = may.action == allowance::verdict::kind::go;
        return may;
    }

    void responded(const rate_limits& limits) noexcept
    {
        sent_ = false;
        governor_->call_responded(call_, limits);
    }

    void failed(const error& why) noexcept
    {
        sent_ = false;
        governor_->call_failed(call_, why);
    }

private:
    const std::shared_ptr<lookups> governor_;
    lookups::other_call& call_;
    bool sent_ = false;
};

// A call that waits, which leaves however its coroutine ends.
class waiting_for_turn {
public:
    explicit waiting_for_turn(lookups& governor) : governor_(governor) {}
    waiting_for_turn(const waiting_for_turn&) = delete;
    waiting_for_turn& operator=(const waiting_for_turn&) = delete;
    ~waiting_for_turn() { governor_.leave(turn_); }

    const std::shared_ptr<one_shot>& turn() const noexcept { return turn_; }

private:
    lookups& governor_;
    const std::shared_ptr<one_shot> turn_ = std::make_shared<one_shot>();
};

asio::awaitable<void> wait_for_turn(std::shared_ptr<one_shot> turn)
{
    try {
        co_await turn->wait();
    } catch (const boost::system::system_error&) {
        throw error(errc::cancelled);
    }
}

// Returns when the call counts as sent.
asio::awaitable<void> admit(call_request& request, std::shared_ptr<const session_setup> setup, milliseconds max_wait)
{
    using kind = allowance::verdict::kind;
    for (;;) {
        const waiting_for_turn waiting(request.governor());
        const allowance::verdict may = request.admit(waiting.turn());
        if (may.action == kind::go)
            co_return;
        const auto left = std::chrono::ceil<milliseconds>(may.until - setup->options.clock->steady_now());
        if (may.action == kind::wait && request.call().for_limit && left > max_wait)
            throw limit_takes_too_long(left);
        co_await wait_for_turn(waiting.turn());
        if (request.call().for_limit)
            request.call().asked_at = setup->options.clock->steady_now();
    }
}

// The failures of one call so far. Pure.
class call_failures {
public:
    explicit call_failures(milliseconds retry_for) : retry_for_(retry_for) {}

    /// How long to wait before the next try; empty if there is none.
    std::optional<milliseconds> next_try(const error& why, time_point now, double chance)
    {
        if (why.reason() == errc::rate_limited)
            return milliseconds(0); // until the limit allows it
        if (!is_transient(why) || retry_for_.count() == 0)
            return std::nullopt;
        ++count_;
        since_ = since_.value_or(now);
        const milliseconds stated =
            std::min<milliseconds>(why.retry_after().value_or(std::chrono::seconds(0)), retry_for_ / 2);
        const milliseconds wait = std::max(retry_wait(count_, chance), stated);
        if (now + wait >= *since_ + retry_for_)
            return std::nullopt;
        return wait;
    }

    bool any() const noexcept { return count_ != 0; }

private:
    const milliseconds retry_for_;
    int count_ = 0;
    std::optional<time_point> since_;
};

template <class T>
asio::awaitable<result<reply<T>>> send_once(call_request& request, send_call<T> send)
{
    std::optional<error> failed;
    try {
        reply<T> response = co_await send(*request.call().owner->access);
        request.responded(response.limits);
        co_return result<reply<T>>(std::move(response));
    } catch (const std::bad_alloc&) {
        throw; // of this program: no response
    } catch (...) {
        failed = error_to_hand_on();
    }
    if (failed->reason() != errc::cancelled)
        request.failed(*failed);
    co_return result<reply<T>>(*std::move(failed));
}

template <class T>
asio::awaitable<reply<T>> governed(call_context context, std::string user_id, std::string limit, bool repeatable,
    call_options wanted, send_call<T> send)
{
    const session_options& options = context.setup->options;
    owner_ptr owner = co_await context.tokens->find(user_id);
    lookups::other_call call(owner, std::move(limit));
    call.asked_at = options.clock->steady_now();
    bool renewed = false;
    call_failures failures(repeatable ? options.retry_for : milliseconds(0));
    for (;;) {
        call_request request(context.governor, call);
        co_await admit(request, context.setup, wanted.max_wait.value_or(options.max_wait));
        result<reply<T>> response = co_await send_once<T>(request, send);
        if (response)
            co_return std::move(*response);
        const error why = response.error();
        if (why.reason() == errc::token_revoked) {
            if (renewed || !owner->held.renewable()) {
                if (!wanted.keep_refused)
                    co_await context.tokens->drop(owner, errc::token_revoked);
                throw why;
            }
            renewed = true; // once: a new credential that is refused, too, is no use
            co_await context.tokens->renew(owner);
            owner = co_await context.tokens->find(user_id);
            call.owner = owner;
            continue;
        }
        const auto wait = failures.next_try(why, options.clock->steady_now(), options.chance());
        if (!wait)
            throw why;
        call.retry = failures.any();
        if (wait->count() > 0)
            co_await options.clock->sleep_for(*wait);
    }
}

} // namespace

asio::awaitable<reply<profile>> own_profile(call_context context, std::string user_id, call_options options)
{
    send_call<profile> send = [](account& access) { return access.me(); };
    return governed<profile>(std::move(context), std::move(user_id), "me", true, options, std::move(send));
}

asio::awaitable<reply<http::response>> call(
    call_context context, std::string user_id, http::request request, std::string limit, call_options options)
{
    const bool repeatable = request.method == "GET" || request.method == "HEAD";
    send_call<http::response> send = [request = std::move(request)](account& access) { return access.call(request); };
    return governed<http::response>(
        std::move(context), std::move(user_id), std::move(limit), repeatable, options, std::move(send));
}

} // namespace coauth::sessions
