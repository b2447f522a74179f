#include "load/resident_memory.hpp"
#include "suites.hpp"
#include "unit/session/echo_provider.hpp"
#include "wire.hpp"

#include <coauth/session/session.hpp>
#include <coauth/store/memory_store.hpp>
#include <coauth/twitter/provider.hpp>

#include <boost/asio/co_spawn.hpp>

#include <algorithm>
#include <iostream>
#include <malloc.h>
#include <optional>
#include <thread>

namespace asio = boost::asio;
using namespace coauth;
using testing::echo_provider;

namespace bench {

namespace {

void rethrow(const std::exception_ptr& failed)
{
    if (failed)
        std::rethrow_exception(failed);
}

// A session whose provider responds at once, without a wire.
class wireless {
public:
    explicit wireless(session_options options = session_options())
    {
        provider->turns = 0;
        provider->forgetful = true;
        options.callback = "https://app.example/callback";
        session.emplace(io.get_executor(), provider, std::move(options));
        run(session->add_user("7", echo_provider::token_of("7")));
    }

    void run(asio::awaitable<void> operation)
    {
        asio::co_spawn(io, std::move(operation), rethrow);
        io.restart();
        io.run();
    }

    asio::io_context io;
    std::shared_ptr<echo_provider> provider = std::make_shared<echo_provider>();
    std::optional<coauth::session> session;
};

asio::awaitable<void> look_up_one(coauth::session& session, std::string name)
{
    const auto found = co_await session.profile("7", user_ref(std::move(name)));
    keep(found);
}

asio::awaitable<void> look_up_often(coauth::session& session, std::uint64_t count)
{
    for (std::uint64_t i = 0; i < count; ++i) {
        const auto found = co_await session.profile("7", "jack");
        keep(found);
    }
}

asio::awaitable<void> look_up_all(coauth::session& session, std::vector<user_ref> users)
{
    const auto all = co_await session.profiles("7", std::move(users));
    keep(all);
}

void cache_hits(const arguments& given)
{
    constexpr std::uint64_t hits = 10'000;
    wireless on;
    measure(
        given, "cached", "hit", [&](std::uint64_t) { on.run(look_up_often(*on.session, hits)); }, hits);

    // Two contexts, each with a thread of its own, on one session.
    measure(
        given, "cached", "hit_2_threads",
        [&](std::uint64_t) {
            const auto look_up = [&] {
                asio::io_context io;
                asio::co_spawn(io, look_up_often(*on.session, hits), rethrow);
                io.run();
            };
            std::thread other(look_up);
            look_up();
            other.join();
        },
        2 * hits);
}

void joined_lookups(const arguments& given)
{
    session_options options;
    options.max_cached_lookups = 0;
    wireless on(options);
    constexpr std::uint64_t calls = 1'000;
    measure(
        given, "cached", "joined",
        [&](std::uint64_t) {
            for (std::uint64_t i = 0; i < calls; ++i)
                asio::co_spawn(on.io, look_up_one(*on.session, "jack"), rethrow);
            on.io.restart();
            on.io.run();
        },
        calls);
}

std::size_t heap()
{
    const auto used = ::mallinfo2();
    return used.uordblks + used.hblkhd;
}

// Logins of one session, of a browser each.
class many_logins {
public:
    many_logins(std::size_t count, bool awaited) : count_(count), awaited_(awaited)
    {
        store::login_limits limits;
        limits.max_pending = 2 * count;
        provider->turns = 0;
        provider->forgetful = true;
        session_options options;
        options.callback = "https://app.example/callback";
        options.login_limits = limits;
        options.share_login_for = std::chrono::milliseconds(0);
        session.emplace(io.get_executor(), provider, std::move(options));
        begun_.reserve(count);
        for (std::size_t i = 0; i < count; ++i)
            browsers_.push_back(browser_binding::random());
    }

    void begin()
    {
        for (std::size_t i = 0; i < count_; ++i) {
            asio::co_spawn(io, begin_one(i), rethrow);
            poll();
        }
    }

    void end()
    {
        for (std::size_t i = 0; i < count_; ++i) {
            asio::co_spawn(io, end_one(i), rethrow);
            poll();
        }
        begun_.clear();
    }

private:
    // The session's alarm stays set.
    void poll()
    {
        io.restart();
        io.poll();
    }

    asio::awaitable<void> begin_one(std::size_t number)
    {
        login begun = co_await session->begin_login(browsers_[number]);
        begun_.push_back(begun.url.substr(begun.url.find('?') + 1));
        if (awaited_)
            asio::co_spawn(io, wait_for(begun.awaited()), rethrow);
    }

    asio::awaitable<void> wait_for(std::shared_ptr<login::ticket> awaited)
    {
        const login_outcome outcome = co_await session->wait(std::move(awaited));
        keep(outcome);
    }

    asio::awaitable<void> end_one(std::size_t number)
    {
        const auto outcome = co_await session->complete_login(begun_[number] + "&oauth_verifier=7", browsers_[number]);
        if (outcome.status != login_status::granted)
            throw std::runtime_error("a login was not granted");
    }

    const std::size_t count_;
    const bool awaited_;
    asio::io_context io;
    std::shared_ptr<echo_provider> provider = std::make_shared<echo_provider>();
    std::optional<coauth::session> session;
    std::vector<browser_binding> browsers_;
    std::vector<std::string> begun_;
};

} // namespace

void cached(const arguments& given, const server&)
{
    cache_hits(given);
    joined_lookups(given);
}

void batch(const arguments& given, const server& at)
{
    if (!at.is_sandbox) {
        std::cerr << "batch: a harness's server knows one user; run it alone\n";
        return;
    }
    asio::io_context io;
    session_options options;
    options.max_cached_lookups = 0;
    coauth::session session(io.get_executor(), twitter::provider(at.client(io.get_executor(), at.pool())), options);
    asio::co_spawn(io, session.add_user("7", twitter::credential_of(at.user)), rethrow);
    io.run();
    // Equal questions at the same time would share a response.
    const std::size_t names = std::min(given.names, at.user_names.size());
    std::vector<std::vector<user_ref>> groups(at.user_names.size() / names);
    for (std::size_t i = 0; i < groups.size() * names; ++i)
        groups[i / names].push_back(user_ref(at.user_names[i]));
    std::size_t next = 0;
    wire(io).run(
        given, "batch", "profiles_" + std::to_string(names), in_flight(8), 50,
        [&] { return look_up_all(session, groups[next++ % groups.size()]); }, names);
}

void pending(const arguments& given, const server&)
{
    const std::size_t count = given.count != 0 ? given.count : 100'000;
    for (const bool awaited : {false, true}) {
        const char* const name = awaited ? "login_awaited" : "login";
        if (!given.wants(name))
            continue;
        many_logins logins(count, awaited);
        ::mallopt(M_TRIM_THRESHOLD, 1 << 30); // pages stay, so that warm rounds take no faults
        const auto each = [count](double number) { return std::to_string(number / static_cast<double>(count)); };
        const auto resident_before = testing::resident_bytes();
        const auto heap_before = heap();
        const double begun = processor_seconds();
        logins.begin();
        const double all_begun = processor_seconds();
        const auto resident = static_cast<double>(testing::resident_bytes() - resident_before);
        const auto held = static_cast<double>(heap() - heap_before);
        logins.end();
        const double ended = processor_seconds();
        const meter started;
        logins.begin();
        logins.end();
        started.report("pending", name, count,
            "\"rss_bytes_per_op\":" + each(resident) + ",\"heap_bytes_per_op\":" + each(held) +
                ",\"cold_spawn_cpu_ns\":" + each((all_begun - begun) * 1e9) +
                ",\"cold_wake_cpu_ns\":" + each((ended - all_begun) * 1e9));
    }
}

} // namespace bench
