#include "http/call.hpp"

#include "http/dial.hpp"
#include "http/http1/exchange.hpp"
#include "http/http1/request_text.hpp"
#include "http/http1/wire_check.hpp"
#include "http/resend_rule.hpp"
#include "http/watchdog.hpp"

#include <coauth/coro/as_result.hpp>

#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/this_coro.hpp>

#include <utility>

namespace coauth::http {

namespace asio = boost::asio;

namespace {

// Asio's operations heed different kinds of cancellation; a call ends by any.
struct any_kind_is_terminal {
    asio::cancellation_type_t operator()(asio::cancellation_type_t kind) const noexcept
    {
        return kind == asio::cancellation_type::none ? kind : asio::cancellation_type::all;
    }
};

reply_rules rules_for(const pool_options& options, const request& what)
{
    reply_rules rules;
    rules.max_header = options.max_header;
    rules.max_body = options.max_body;
    rules.without_body = what.method == "HEAD";
    return rules;
}

limit total_limit(const pool_options& options, const request& what)
{
    const auto now = limit::clock::now();
    if (what.deadline.count() != 0)
        return limit(now, what.deadline, "the deadline of this request");
    return limit(now, options.total_timeout, "total_timeout");
}

// May the request be what it was, apart from what is used once only?
void make_anew(request& what)
{
    if (!what.renew)
        return;
    const origin to = what.origin;
    const std::string method = what.method;
    const auto renew = what.renew; // lives on, whatever it does to the request
    renew(what);
    if (what.origin != to || what.method != method)
        throw error(errc::invalid_argument, "the renewed request goes elsewhere, or does something else");
    check_for_the_wire(what).value();
}

asio::awaitable<void> open(const pool_setup& setup, places& pool, lease& place, origin to, limit total, watchdog& dog)
{
    dog.call_off();
    const auto size = reply_reader::buffer_size(rules_for(setup.options, request()));
    place.replace(std::make_unique<connection>(setup.executor, setup.tls, size));
    const limit connecting(limit::clock::now(), setup.options.connect_timeout, "connect_timeout");
    co_await dial(place.line(), to, setup.proxy, earlier(connecting, total), dog);
    pool.count(&pool_stats::connected);
}

// `begun`: whether any byte of an answer came.
asio::awaitable<response> attempt(
    const pool_setup& setup, lease& place, const request& what, limit total, watchdog& dog, bool& begun)
{
    exchange e(place.line(), rules_for(setup.options, what));
    const limit exchanging(limit::clock::now(), setup.options.exchange_timeout, "exchange_timeout");
    auto answer = co_await as_result(e.run(request_text(what), earlier(exchanging, total), dog));
    begun = e.answer_begun();
    if (!answer)
        throw answer.error();
    const auto cancellation = co_await asio::this_coro::cancellation_state;
    const auto proof = e.proof();
    if (proof && cancellation.cancelled() == asio::cancellation_type::none)
        place.keep(*proof);
    co_return std::move(*answer);
}

asio::awaitable<response> send_once_or_twice(const pool_setup& setup, std::shared_ptr<places> pool, request what)
{
    auto strand = co_await asio::this_coro::executor;
    const limit total = total_limit(setup.options, what);
    lease place = co_await pool->admit(what.origin, total);
    watchdog dog(strand);

    const bool reused = place.has_connection() && place.line().is_quiet();
    if (reused)
        pool->count(&pool_stats::reused);
    else
        co_await open(setup, *pool, place, what.origin, total, dog);

    bool begun = false;
    auto first = co_await as_result(attempt(setup, place, what, total, dog, begun));
    if (first)
        co_return std::move(*first);
    if (!may_resend(what.method, reused, begun, first.error().reason()))
        throw first.error();

    // On a new connection: the other idle ones may be as dead as this one.
    make_anew(what);
    pool->count(&pool_stats::sent_again);
    co_await open(setup, *pool, place, what.origin, total, dog);
    auto second = co_await attempt(setup, place, what, total, dog, begun);
    co_return second;
}

} // namespace

asio::awaitable<response> call(std::shared_ptr<const pool_setup> setup, std::shared_ptr<places> pool, request what)
{
    co_await asio::this_coro::reset_cancellation_state(any_kind_is_terminal());
    const auto cancellation = co_await asio::this_coro::cancellation_state;
    try {
        auto answer = co_await send_once_or_twice(*setup, std::move(pool), std::move(what));
        co_return answer;
    } catch (const boost::system::system_error&) {
        // Whatever broke, it broke because the caller wanted it to.
        if (cancellation.cancelled() != asio::cancellation_type::none)
            throw error(errc::cancelled, "the request was cancelled");
        throw error_from_current_exception();
    }
}

} // namespace coauth::http
