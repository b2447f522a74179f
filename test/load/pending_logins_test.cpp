// A hundred thousand pending logins.
#include "load/resident_memory.hpp"
#include "unit/session/echo_provider.hpp"
#include "unit/session/manual_clock.hpp"

#include <coauth/coro/as_result.hpp>
#include <coauth/session/session.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <doctest/doctest.h>

#include <optional>
#include <string>

namespace asio = boost::asio;
using namespace coauth;
using testing::echo_provider;

namespace {

// The limit does not count a sanitizer's own memory.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) // g++
constexpr bool measures = false;
#elif defined(__has_feature) // clang
constexpr bool measures = !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer);
#else
constexpr bool measures = true;
#endif

// With a sanitizer fewer show the same.
constexpr std::size_t many = measures ? 100'000 : 10'000;

struct pending_logins_fixture {
    pending_logins_fixture()
    {
        session_options options;
        options.callback = "https://app.example/callback";
        options.clock = clock;
        options.login_limits.max_pending = many;
        session.emplace(io.get_executor(), provider, options);
    }

    void poll()
    {
        io.restart();
        io.poll();
    }

    asio::io_context io;
    std::shared_ptr<testing::manual_clock> clock = std::make_shared<testing::manual_clock>();
    std::shared_ptr<echo_provider> provider = std::make_shared<echo_provider>();
    std::optional<coauth::session> session;
    std::size_t begun = 0;
    std::size_t ended = 0;
    std::size_t expired = 0;
    std::optional<errc> refused;
};

asio::awaitable<void> begin(pending_logins_fixture& all)
{
    auto begun = co_await as_result(all.session->begin_login(browser_binding()));
    if (begun)
        ++all.begun;
    else
        all.refused = begun.error().reason();
}

// The handle alone is kept while it waits: the page was sent long ago.
asio::awaitable<std::shared_ptr<login::ticket>> begin_for(pending_logins_fixture& all)
{
    const login begun = co_await all.session->begin_login(browser_binding());
    ++all.begun;
    co_return begun.awaited();
}

asio::awaitable<void> begin_and_wait(pending_logins_fixture& all)
{
    auto handle = co_await begin_for(all);
    const login_outcome outcome = co_await all.session->wait(std::move(handle));
    ++all.ended;
    all.expired += outcome.status == login_status::expired;
}

asio::awaitable<void> sign_in(pending_logins_fixture& all, std::optional<login>& begun)
{
    login mine = co_await all.session->begin_login(browser_binding());
    begun.emplace(std::move(mine));
}

asio::awaitable<void> come_back(pending_logins_fixture& all, const login& begun, login_status& ended)
{
    const std::string query = begun.url.substr(begun.url.find('?') + 1) + "&oauth_verifier=7";
    const login_outcome outcome = co_await all.session->complete_login(query, begun.binding);
    ended = outcome.status;
}

void no_error(const std::exception_ptr& e)
{
    CHECK(e == nullptr);
}

// `waiting`: each login is awaited by a coroutine.
void fill_and_expire(bool waiting, std::size_t most_bytes)
{
    pending_logins_fixture all;
    std::optional<login> good;
    asio::co_spawn(all.io, sign_in(all, good), no_error);
    all.poll();
    const std::size_t before = coauth::testing::resident_bytes();

    // As a server would have them: some hundreds at a time.
    while (all.begun < many - 1) {
        for (int i = 0; i < 300 && all.begun + static_cast<std::size_t>(i) < many - 1; ++i)
            asio::co_spawn(all.io, waiting ? begin_and_wait(all) : begin(all), no_error);
        all.poll();
    }
    const std::size_t added = coauth::testing::resident_bytes() - before;
    MESSAGE(std::string(waiting ? "awaited" : "held")
            << ": " << added / 1024 / 1024 << " MiB more, " << added / many << " B each");
    if (measures)
        CHECK(added <= most_bytes);
    CHECK(all.session->stats().logins.awaited == (waiting ? many - 1 : 0));

    // One past the cap is refused before it costs a request token, and no pending one makes room.
    const std::size_t legs = all.provider->legs();
    asio::co_spawn(all.io, begin(all), no_error);
    all.poll();
    CHECK(all.refused == errc::too_many_logins);
    CHECK(all.provider->legs() == legs);

    login_status status = login_status::unknown;
    asio::co_spawn(all.io, come_back(all, *good, status), no_error);
    all.poll();
    CHECK(status == login_status::granted);

    // A second after their time all are gone, and every caller that waited has the outcome.
    all.clock->advance(session_options().login_limits.time_to_live + std::chrono::seconds(1));
    all.poll();
    CHECK(all.ended == (waiting ? many - 1 : 0));
    CHECK(all.expired == all.ended);
    CHECK(all.session->stats().logins.awaited == 0);
    CHECK(all.session->stats().logins.expired == many - 1);
    CHECK(all.clock->sleepers() == 0);
    all.refused.reset();
    asio::co_spawn(all.io, begin(all), no_error);
    all.poll();
    CHECK_FALSE(all.refused);
}

constexpr std::size_t mib = 1024 * 1024;

} // namespace

TEST_CASE("session: a hundred thousand logins pending take at most 64 MiB, and go in time")
{
    fill_and_expire(false, 64 * mib);
}

TEST_CASE("session: a hundred thousand logins awaited by a coroutine each take at most 192 MiB, and go in time")
{
    fill_and_expire(true, 192 * mib);
}
