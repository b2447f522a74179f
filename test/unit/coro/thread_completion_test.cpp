#include "coro/thread_completion.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <thread>

using namespace coauth;
namespace asio = boost::asio;

namespace {

asio::awaitable<void> wait_for(std::shared_ptr<thread_completion> done, std::shared_ptr<int> in_frame)
{
    co_await thread_completion::wait(done);
    ++*in_frame;
}

} // namespace

TEST_CASE("thread_completion: it resumes its coroutine, whether completed before it is awaited or after")
{
    for (const bool before : {true, false}) {
        CAPTURE(before);
        asio::io_context io;
        const auto done = std::make_shared<thread_completion>();
        const auto resumed = std::make_shared<int>(0);
        if (before)
            done->complete();
        asio::co_spawn(io, wait_for(done, resumed), asio::detached);
        io.poll();
        CHECK(*resumed == (before ? 1 : 0));
        done->complete();
        io.restart();
        io.poll();
        CHECK(*resumed == 1);
    }
}

TEST_CASE("thread_completion: a context that is destroyed before destroys its coroutine, and nothing is resumed")
{
    const auto done = std::make_shared<thread_completion>();
    const auto resumed = std::make_shared<int>(0);
    {
        asio::io_context io;
        asio::co_spawn(io, wait_for(done, resumed), asio::detached);
        io.poll();
        CHECK(resumed.use_count() == 2);
    }
    CHECK(resumed.use_count() == 1);
    done->complete();
    CHECK(*resumed == 0);
}

// What is wrong here is seen by the thread sanitizer.
TEST_CASE("thread_completion: a context may be destroyed as soon as its coroutine was resumed, while the other thread "
          "completes")
{
    for (int round = 0; round < 500; ++round) {
        std::optional<asio::io_context> io(std::in_place);
        const auto done = std::make_shared<thread_completion>();
        const auto resumed = std::make_shared<int>(0);
        asio::co_spawn(*io, wait_for(done, resumed), asio::detached);
        std::thread other([done] { done->complete(); });
        io->run();
        io.reset();
        REQUIRE(*resumed == 1);
        other.join();
    }
}
