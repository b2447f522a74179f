// The exit codes of a program that is one coroutine.
#include <coauth/coro/run.hpp>
#include <coauth/error.hpp>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <doctest/doctest.h>

#include <csignal>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <string>

namespace asio = boost::asio;

namespace {

// What is written to standard error while it lives.
class captured_errors {
public:
    captured_errors() : before_(std::cerr.rdbuf(text_.rdbuf())) {}
    ~captured_errors() { std::cerr.rdbuf(before_); }
    captured_errors(const captured_errors&) = delete;
    captured_errors& operator=(const captured_errors&) = delete;

    std::string text() const { return text_.str(); }

private:
    std::ostringstream text_;
    std::streambuf* before_;
};

asio::awaitable<void> end_after_a_turn(bool& ended)
{
    asio::steady_timer timer(co_await asio::this_coro::executor, std::chrono::nanoseconds(0));
    co_await timer.async_wait(asio::use_awaitable);
    ended = true;
}

template <class Exception>
asio::awaitable<void> fail_with(Exception problem)
{
    throw problem;
    co_return;
}

// Gets the signal once, waits, and gets it again if it is to ignore the first.
asio::awaitable<void> raise_and_wait(int number, bool ignores)
{
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    if (ignores)
        co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    std::raise(number);
    if (ignores)
        std::raise(number);
    asio::steady_timer for_ever(executor, std::chrono::hours(1));
    co_await for_ever.async_wait(asio::use_awaitable);
}

} // namespace

TEST_CASE("run: a task that ends is 0, with any number of threads")
{
    for (const unsigned threads : {0U, 1U, 3U}) {
        bool ended = false;
        const captured_errors errors;
        CHECK(coauth::run(end_after_a_turn(ended), threads) == 0);
        CHECK(ended);
        CHECK(errors.text().empty());
    }
}

TEST_CASE("run: a task that fails is 1, and the error is described")
{
    const auto text_of = [](asio::awaitable<void> task) {
        const captured_errors errors;
        CHECK(coauth::run(std::move(task)) == 1);
        return errors.text();
    };
    const coauth::error refused = coauth::error(coauth::errc::invalid_verifier).with_hint("ask again");
    CHECK(text_of(fail_with(refused)) == coauth::describe(refused));
    CHECK(text_of(fail_with(boost::system::system_error(asio::error::connection_reset)))
              .starts_with("error: connection_lost: "));
    CHECK(text_of(fail_with(std::runtime_error("of mine"))) == "error: of mine\n");
    CHECK(text_of(fail_with(std::bad_alloc())) == "error: out of memory\n");
    CHECK(text_of(fail_with(7)).starts_with("error: "));
}

TEST_CASE("run: a signal cancels the task, and a second one does not wait for it")
{
    for (const int number : {SIGINT, SIGTERM})
        for (const bool ignores : {false, true}) {
            const captured_errors errors;
            CHECK(coauth::run(raise_and_wait(number, ignores)) == 128 + number);
            CHECK(errors.text().empty());
        }
}
