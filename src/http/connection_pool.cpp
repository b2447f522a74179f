#include "coro/checked_clock.hpp"
#include "coro/typed_errors.hpp"
#include "http/host.hpp"
#include "http/http1/request_text.hpp"
#include "http/limit.hpp"
#include "http/pool_setup.hpp"
#include "http/running_call.hpp"
#include "http/tls_context.hpp"
#include "text/environment_variable.hpp"

#include <coauth/coro/call_on.hpp>
#include <coauth/http/connection_pool.hpp>
#include <coauth/http/pool_from_environment.hpp>
#include <coauth/system_failure.hpp>

#include <boost/asio/async_result.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <memory>
#include <string>
#include <utility>

namespace coauth::http {

namespace asio = boost::asio;

namespace {

void check(bool valid, const char* problem)
{
    if (!valid)
        throw error(errc::invalid_argument, std::string("pool_options: ") + problem);
}

pool_options checked(pool_options o)
{
    constexpr std::size_t least_header = 1024;
    constexpr std::size_t most_header = 16 * 1024 * 1024;
    check(o.max_connections_per_origin >= 1, "max_connections_per_origin is 0");
    check(is_usable_duration(o.idle_timeout), "idle_timeout is not positive, or over 30 days");
    check(is_usable_duration(o.max_lifetime), "max_lifetime is not positive, or over 30 days");
    check(is_usable_duration(o.connect_timeout), "connect_timeout is not positive, or over 30 days");
    check(is_usable_duration(o.exchange_timeout), "exchange_timeout is not positive, or over 30 days");
    check(is_usable_duration(o.total_timeout), "total_timeout is not positive, or over 30 days");
    check(o.max_header >= least_header && o.max_header <= most_header, "max_header is not from 1 KiB to 16 MiB");
    check(o.max_body >= 1, "max_body is 0");
    check(o.clock != nullptr, "clock is null");
    o.clock = checked_clock(std::move(o.clock));
    return o;
}

std::optional<origin> read_proxy(const std::string& text)
{
    if (text.empty())
        return std::nullopt;
    const auto url = read_setting_url(text);
    if (!url || url->origin.https || !url->path.empty())
        throw error(errc::invalid_argument, "pool_options: the proxy is not of the form http://host:port");
    return url->origin;
}

asio::awaitable<response> refused(error reason)
{
    throw reason;
    co_return response();
}

asio::awaitable<void> hop_and_drain(std::shared_ptr<pool_setup> setup)
{
    setup->pool->close();
    auto strand = setup->strands.take();
    setup->deadlines->close();
    setup->strands.close();
    co_await call_on(strand, typed_errors(setup->pool->drained()));
    if (setup->tls_sessions)
        setup->tls_sessions->clear();
}

} // namespace

pool_setup::pool_setup(asio::any_io_executor new_executor, pool_options new_options)
    : executor(std::move(new_executor)), options(checked(std::move(new_options))), tls(make_tls_context(options.trust)),
      tls_sessions(options.resume_tls
                       ? std::make_shared<http::tls_sessions>(options.max_connections_per_origin, options.clock)
                       : nullptr),
      proxy(read_proxy(options.proxy)), pool(std::make_shared<shared_pool>(options)),
      deadlines(std::make_shared<call_deadlines>(executor, options.clock)), strands(executor)
{}

class connection_pool::state : public pool_setup {
public:
    using pool_setup::pool_setup;
};

transport::~transport() = default;

connection_pool::connection_pool(asio::any_io_executor executor, pool_options options)
    : state_(typed_failures("starting the connection pool",
          [&] { return std::make_shared<state>(std::move(executor), std::move(options)); }))
{}

connection_pool::~connection_pool()
{
    state_->pool->close();
}

// Not coroutines themselves: what they return does not refer to the pool.

asio::awaitable<response> connection_pool::send(request request)
{
    // Not by the handler, which would run the caller within its own call: one that goes on after each error would go deeper
    // each time.
    if (const auto fit = check_for_the_wire(request); !fit)
        return refused(fit.error());
    // By value: the caller's coroutine, which the call owns until it has ended, must not own the call.
    const auto start = [](running_call::handler caller, std::shared_ptr<running_call> call) noexcept {
        call->start(std::move(caller));
    };
    return asio::async_initiate<decltype(asio::use_awaitable), void(std::exception_ptr, response)>(
        start, asio::use_awaitable, std::make_shared<running_call>(state_, std::move(request)));
}

asio::awaitable<void> connection_pool::close()
{
    return hop_and_drain(state_);
}

pool_stats connection_pool::stats() const
{
    return state_->pool->stats();
}

std::shared_ptr<transport> pool_from_environment(asio::any_io_executor executor)
{
    pool_options pool;
    pool.proxy = text::environment_variable("COAUTH_PROXY");
    if (std::string file = text::environment_variable("COAUTH_CA_FILE"); !file.empty())
        pool.trust = tls_trust::ca_file(std::move(file));
    return std::make_shared<connection_pool>(std::move(executor), std::move(pool));
}

asio::awaitable<std::shared_ptr<transport>> pool_from_environment()
{
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    co_return pool_from_environment(executor);
}

} // namespace coauth::http
