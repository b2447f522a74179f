// Another project's program on the installed package: signs, and runs Asio of its own beside coauth's.
#include "sign_in.hpp"

#include <coauth/coro/as_result.hpp>
#include <coauth/coro/call_on.hpp>
#include <coauth/coro/clock.hpp>
#include <coauth/oauth1/signer.hpp>

#include <boost/asio/detached.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/strand.hpp>

#include <csignal>
#include <iostream>

namespace asio = boost::asio;

asio::awaitable<void> wait_elsewhere(bool& done)
{
    const auto clock = coauth::system_clock();
    auto here = co_await asio::this_coro::executor;
    auto waited = co_await coauth::as_result(clock->sleep_for(std::chrono::milliseconds(1)));
    auto strand = asio::make_strand(here);
    co_await coauth::call_on(strand, clock->sleep_for(std::chrono::milliseconds(1)));
    done = waited.has_value();
}

// The thread that runs the context is known on both sides of a shared library's border.
bool dispatches_at_once(asio::io_context& io)
{
    bool at_once = false;
    asio::post(io, [&] {
        bool ran = false;
        asio::dispatch(io, [&] { ran = true; });
        at_once = ran;
    });
    io.run();
    io.restart();
    return at_once;
}

// What is static in Asio's functions is the same for those inlined here and those compiled into the library.
bool signals_arrive(asio::io_context& io)
{
    bool arrived = false;
    asio::signal_set signals(io, SIGUSR1);
    signals.async_wait([&](const boost::system::error_code& failed, int) { arrived = !failed; });
    std::raise(SIGUSR1);
    io.run_for(std::chrono::seconds(10));
    io.restart();
    return arrived;
}

// Errors thrown in the library are caught outside it by their type.
bool errors_cross()
{
    try {
        coauth::oauth1::consumer app("", coauth::secret("x"));
        return false;
    } catch (const coauth::error& e) {
        return e.reason() == coauth::errc::invalid_argument;
    }
}

int main()
{
    asio::io_context io;
    bool waited = false;
    asio::co_spawn(io, wait_elsewhere(waited), asio::detached);
    io.run();
    io.restart();

    const bool at_once = dispatches_at_once(io);
    const bool signalled = signals_arrive(io);
    const bool crossed = errors_cross();
    const bool user_signed_in = signs_in();
    std::cout << "signed in " << user_signed_in << ", waited " << waited << ", dispatched at once " << at_once
              << ", signals arrive " << signalled << ", errors cross " << crossed << '\n';
    return user_signed_in && waited && at_once && signalled && crossed ? 0 : 1;
}
