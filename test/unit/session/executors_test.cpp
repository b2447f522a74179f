// A session on the executors that programs have: of a context, of a pool of threads, and strands of both.
#include "unit/session/logins/fake_login_provider.hpp"

#include <coauth/coro/as_result.hpp>
#include <coauth/session/session.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace coauth;
namespace asio = boost::asio;
using testing::fake_login_provider;

namespace {

asio::awaitable<login_status> sign_in(session& on)
{
    const login begun = co_await on.begin_login(browser_binding());
    std::string query = "oauth_token=" + begun.url.substr(begun.url.find('=') + 1) + "&oauth_verifier=v";
    const login_outcome outcome = co_await on.complete_login(std::move(query), begun.binding);
    co_return outcome.status;
}

asio::awaitable<errc> failure_of_begin(session& on)
{
    const result<login> begun = co_await as_result(on.begin_login(browser_binding()));
    co_return begun ? errc::unknown : begun.error().reason();
}

session_options with_callback()
{
    session_options options;
    options.callback = "https://app.example/callback";
    return options;
}

// On each kind of executor, of a pool of two threads.
void on_each_executor(const std::function<void(const asio::any_io_executor&)>& check)
{
    asio::io_context context;
    asio::thread_pool pool(2);
    const auto work = asio::make_work_guard(context);
    std::thread runner([&] { context.run(); });
    const std::vector<asio::any_io_executor> all = {context.get_executor(), asio::make_strand(context),
        asio::make_strand(asio::any_io_executor(context.get_executor())), pool.get_executor(), asio::make_strand(pool)};
    for (const auto& executor : all)
        check(executor);
    context.stop();
    runner.join();
    pool.join();
}

} // namespace

TEST_CASE("session: logins begin and end on every kind of executor, and a caller on another one")
{
    on_each_executor([](const asio::any_io_executor& executor) {
        session sut(executor, std::make_shared<fake_login_provider>(), with_callback());
        CHECK(asio::co_spawn(executor, sign_in(sut), asio::use_future).get() == login_status::granted);
        asio::io_context other;
        auto ended = asio::co_spawn(other, sign_in(sut), asio::use_future);
        const auto work = asio::make_work_guard(other);
        while (ended.wait_for(std::chrono::seconds(0)) != std::future_status::ready)
            other.poll();
        CHECK(ended.get() == login_status::granted);
    });
}

TEST_CASE("session: destroyed on every kind of executor, it ends a first leg in flight")
{
    on_each_executor([](const asio::any_io_executor& executor) {
        auto provider = std::make_shared<fake_login_provider>();
        provider->begins.hold();
        std::optional<session> sut(std::in_place, executor, provider, with_callback());
        auto ended = asio::co_spawn(executor, failure_of_begin(*sut), asio::use_future);
        while (provider->begun == 0)
            std::this_thread::yield();
        sut.reset();
        CHECK(ended.get() == errc::cancelled);
    });
}
