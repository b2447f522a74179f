// Work that continues without its caller.
#include "session/background.hpp"

#include <coauth/error.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <doctest/doctest.h>

#include <exception>
#include <memory>
#include <new>
#include <stdexcept>

using namespace coauth;
using sessions::background;
namespace asio = boost::asio;

namespace {

enum class wait_before { none, on_strand, posted };

template <class Exception>
asio::awaitable<void> fail(wait_before first, Exception failure)
{
    if (first == wait_before::on_strand)
        co_await background::enter_strand();
    if (first == wait_before::posted)
        co_await asio::post(asio::use_awaitable);
    throw failure;
}

asio::awaitable<void> enter_and_count(int& ended)
{
    co_await background::enter_strand();
    ++ended;
}

bool is_drained(asio::io_context& io, background& work)
{
    bool drained = false;
    asio::co_spawn(io, work.drained(), [&](const std::exception_ptr& e) { drained = e == nullptr; });
    io.restart();
    io.poll();
    return drained;
}

} // namespace

TEST_CASE("background: a cancellation and a lack of memory end with the work, any other exception leaves the context")
{
    for (const wait_before first : {wait_before::none, wait_before::on_strand, wait_before::posted}) {
        CAPTURE(static_cast<int>(first));
        asio::io_context io;
        const auto work = std::make_shared<background>(io.get_executor());
        work->start(fail(first, error(errc::cancelled)));
        work->start(fail(first, std::bad_alloc()));
        CHECK_NOTHROW(io.run());
        work->start(fail(first, std::logic_error("a mistake")));
        work->start(fail(first, error(errc::timeout)));
        io.restart();
        CHECK_THROWS_AS(io.run(), std::logic_error);
        CHECK_THROWS_AS(io.run(), error);
        CHECK_NOTHROW(io.run());
        CHECK(is_drained(io, *work));
    }
}

TEST_CASE("background: work that waits for nothing has ended when start returns, if its strand is free")
{
    asio::io_context io;
    const auto work = std::make_shared<background>(io.get_executor());
    int ended = 0;
    asio::post(io, [&] {
        work->start(enter_and_count(ended));
        CHECK(ended == 1);
    });
    CHECK(io.run() == 1); // handlers
    CHECK(is_drained(io, *work));
}
