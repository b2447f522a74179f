// What a lookup costs inside the session: from the cache, joined, batched; and a login. The provider
// responds at once, so that the network is not in the figures.
#include "unit/session/echo_provider.hpp"

#include <coauth/session/session.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <benchmark/benchmark.h>

#include <optional>
#include <string>
#include <vector>

namespace asio = boost::asio;
using namespace coauth;
using coauth::user_ref;
using testing::echo_provider;

namespace {

// The CPU time of one of `count` in each iteration.
void tell_each(benchmark::State& state, double count)
{
    using benchmark::Counter;
    state.counters["each"] = Counter(count, Counter::kIsIterationInvariantRate | Counter::kInvert);
}

struct session_fixture {
    explicit session_fixture(session_options options = session_options())
    {
        provider->turns = 0;
        provider->forgetful = true;
        options.callback = "https://app.example/callback";
        session.emplace(io.get_executor(), provider, std::move(options));
        spawn(session->add_user("7", echo_provider::token_of("7")));
        run();
    }

    void spawn(asio::awaitable<void> op) { asio::co_spawn(io, std::move(op), rethrow); }

    void run()
    {
        io.restart();
        io.run();
    }

    static void rethrow(const std::exception_ptr& e)
    {
        if (e)
            std::rethrow_exception(e);
    }

    asio::io_context io;
    std::shared_ptr<echo_provider> provider = std::make_shared<echo_provider>();
    std::optional<coauth::session> session;
};

asio::awaitable<void> ask_many_times(benchmark::State& state, coauth::session& session)
{
    for (auto _ : state) {
        auto p = co_await session.profile("7", "jack");
        benchmark::DoNotOptimize(p);
    }
}

void cache_hit(benchmark::State& state)
{
    session_fixture at;
    at.spawn(ask_many_times(state, *at.session));
    at.run();
    tell_each(state, 1);
}
BENCHMARK(cache_hit);

asio::awaitable<void> ask(coauth::session& session, user_ref user)
{
    auto p = co_await session.profile("7", std::move(user));
    benchmark::DoNotOptimize(p);
}

session_options without_cache()
{
    session_options options;
    options.max_cached_lookups = 0;
    return options;
}

// A thousand calls for one user: one request, 999 join. A call includes its coroutine.
void joined_lookup(benchmark::State& state)
{
    session_fixture at(without_cache());
    constexpr int calls = 1'000;
    for (auto _ : state) {
        for (int i = 0; i < calls; ++i)
            at.spawn(ask(*at.session, "jack"));
        at.run();
    }
    tell_each(state, calls);
}
BENCHMARK(joined_lookup);

// A hundred calls for a hundred users: one request.
void batched_lookup(benchmark::State& state)
{
    session_fixture at(without_cache());
    constexpr int calls = 100;
    std::vector<std::string> names;
    for (int i = 0; i < calls; ++i)
        names.push_back("name_" + std::to_string(i));
    for (auto _ : state) {
        for (const std::string& name : names)
            at.spawn(ask(*at.session, name));
        at.run();
    }
    tell_each(state, calls);
}
BENCHMARK(batched_lookup);

asio::awaitable<void> ask_all(coauth::session& session, std::vector<user_ref> users)
{
    auto all = co_await session.profiles("7", std::move(users));
    benchmark::DoNotOptimize(all);
}

// One call for a hundred users. Each is a name.
void profiles_of_a_hundred(benchmark::State& state)
{
    session_fixture at(without_cache());
    std::vector<user_ref> names;
    for (int i = 0; i < 100; ++i)
        names.push_back("name_" + std::to_string(i));
    for (auto _ : state) {
        at.spawn(ask_all(*at.session, names));
        at.run();
    }
    tell_each(state, 100);
}
BENCHMARK(profiles_of_a_hundred);

asio::awaitable<void> sign_in(coauth::session& session)
{
    const login begun = co_await session.begin_login(browser_binding());
    const std::string query = begun.url.substr(begun.url.find('?') + 1) + "&oauth_verifier=7";
    const login_outcome outcome = co_await session.complete_login(query, begun.binding);
    benchmark::DoNotOptimize(outcome);
}

void login_without_the_wire(benchmark::State& state)
{
    session_fixture at;
    for (auto _ : state) {
        at.spawn(sign_in(*at.session));
        // The alarm of the login's time stays set for a while: only as far as there is something to do.
        at.io.restart();
        at.io.poll();
    }
    tell_each(state, 1);
}
BENCHMARK(login_without_the_wire);

} // namespace

BENCHMARK_MAIN();
