#include "suites.hpp"
#include "unit/session/echo_provider.hpp"
#include "wire.hpp"

#include <coauth/session/session.hpp>
#include <coauth/twitter/provider.hpp>

#include <boost/asio/co_spawn.hpp>

#include <algorithm>
#include <iostream>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>

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

// The least that a cache can do: its one profile, copied while a mutex is held; `ask` takes what a question takes, too, and
// `look_up` finds the user's credential and the profile by them.
class bare_cache {
public:
    explicit bare_cache(profile kept) : kept_(std::move(kept))
    {
        users_.emplace("7", 1);
        profiles_.emplace("jack", kept_);
    }

    asio::awaitable<profile> find()
    {
        const std::lock_guard lock(mutex_);
        co_return kept_;
    }

    asio::awaitable<profile> ask(std::string user_id, user_ref user)
    {
        keep(user_id);
        keep(user);
        const std::lock_guard lock(mutex_);
        co_return kept_;
    }

    asio::awaitable<profile> look_up(std::string user_id, user_ref user)
    {
        const std::lock_guard lock(mutex_);
        keep(users_.at(user_id));
        co_return profiles_.at(user.text());
    }

private:
    std::mutex mutex_;
    const profile kept_;
    std::unordered_map<std::string, int> users_;
    std::unordered_map<std::string, profile> profiles_;
};

asio::awaitable<void> copy_often(bare_cache& cache, std::uint64_t count)
{
    for (std::uint64_t i = 0; i < count; ++i) {
        const auto found = co_await cache.find();
        keep(found);
    }
}

asio::awaitable<void> ask_often(bare_cache& cache, std::uint64_t count)
{
    for (std::uint64_t i = 0; i < count; ++i) {
        const auto found = co_await cache.ask("7", "jack");
        keep(found);
    }
}

asio::awaitable<void> look_up_often(bare_cache& cache, std::uint64_t count)
{
    for (std::uint64_t i = 0; i < count; ++i) {
        const auto found = co_await cache.look_up("7", "jack");
        keep(found);
    }
}

asio::awaitable<void> take_one(coauth::session& session, std::optional<profile>& taken)
{
    profile found = co_await session.profile("7", "jack");
    taken.emplace(std::move(found));
}

void cache_hits(const arguments& given)
{
    constexpr std::uint64_t hits = 10'000;
    wireless on;
    std::optional<profile> jack;
    on.run(take_one(*on.session, jack));
    bare_cache bare(*jack);
    measure(
        given, "cached", "bare_copy", [&](std::uint64_t) { on.run(copy_often(bare, hits)); }, hits, {}, "floor");
    measure(
        given, "cached", "bare_copy_asked", [&](std::uint64_t) { on.run(ask_often(bare, hits)); }, hits, {}, "floor");
    measure(
        given, "cached", "bare_look_up", [&](std::uint64_t) { on.run(look_up_often(bare, hits)); }, hits, {}, "floor");
    measure(
        given, "cached", "hit", [&](std::uint64_t) { on.run(look_up_often(*on.session, hits)); }, hits);

    // Two contexts, each with a thread of its own, on one session.
    measure(
        given, "cached", "hit_two_threads",
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

// A hundred names, without a wire: a call each, and in one call.
void batched_lookups(const arguments& given)
{
    session_options options;
    options.max_cached_lookups = 0;
    wireless on(options);
    std::vector<user_ref> users;
    for (int i = 0; i < 100; ++i)
        users.push_back(user_ref("name_" + std::to_string(i)));
    measure(
        given, "cached", "batched",
        [&](std::uint64_t) {
            for (const user_ref& user : users)
                asio::co_spawn(on.io, look_up_one(*on.session, user.text()), rethrow);
            on.io.restart();
            on.io.run();
        },
        users.size());
    measure(
        given, "cached", "profiles", [&](std::uint64_t) { on.run(look_up_all(*on.session, users)); }, users.size());
}

} // namespace

void cached(const arguments& given, const server&)
{
    cache_hits(given);
    joined_lookups(given);
    batched_lookups(given);
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

} // namespace bench
