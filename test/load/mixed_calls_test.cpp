// A million calls of all kinds from eight threads on one session (with COAUTH_TEST_PEOPLE fewer); every response is an
// echo of who asked.
#include "load/load_size.hpp"
#include "unit/session/echo_provider.hpp"

#include <coauth/coro/as_result.hpp>
#include <coauth/session/session.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <random>
#include <thread>
#include <vector>

namespace asio = boost::asio;
using namespace coauth;
using coauth::user_ref;
using testing::echo_provider;

namespace {

constexpr int threads = 8;
constexpr int call_loops = 200;
const int calls_of_each = coauth::testing::users_of_load() * 5 / 2; // 5 000
constexpr int users = 20;

struct tally {
    std::atomic<std::uint64_t> calls = 0;
    std::atomic<std::uint64_t> responses = 0;
    std::atomic<std::uint64_t> signed_out = 0; ///< Calls for a user who had just signed out.
    std::atomic<std::uint64_t> logins = 0;
    std::atomic<std::uint64_t> wrong = 0;
    std::atomic<int> ended = 0;
};

void check(const result<coauth::profile>& p, const std::string& user, const user_ref& asked_for, tally& all)
{
    if (p)
        all.wrong += !echo_provider::is_echo(*p, user, asked_for);
    else if (p.error().reason() == errc::unknown_user)
        ++all.signed_out;
    else
        all.wrong += !(p.error().reason() == errc::not_found && asked_for.text().starts_with("missing"));
    ++all.responses;
}

void check_many(
    const result<coauth::lookups>& r, const std::string& user, const std::vector<user_ref>& users, tally& all)
{
    if (!r) {
        all.wrong += r.error().reason() != errc::unknown_user;
        ++all.signed_out;
        return;
    }
    all.wrong += r->outcomes.size() != users.size();
    for (std::size_t i = 0; i < users.size(); ++i) {
        const coauth::lookup& outcome = r->outcomes[i];
        if (outcome.profile)
            all.wrong += !echo_provider::is_echo(*outcome.profile, user, users[i]);
        else if (outcome.why && outcome.why->reason() == errc::unknown_user)
            ++all.signed_out;
        else
            all.wrong += !users[i].text().starts_with("missing");
        ++all.responses;
    }
}

asio::awaitable<void> sign_in(coauth::session& session, std::string user, tally& all)
{
    auto begun = co_await as_result(session.begin_login(browser_binding()));
    if (!begun) {
        ++all.wrong;
        co_return;
    }
    const std::string token = begun->url.substr(begun->url.find('?') + 1);
    const std::string query = token + "&oauth_verifier=" + user;
    const auto outcome = co_await as_result(session.complete_login(query, begun->binding));
    const auto heard = co_await as_result(session.wait(*begun));
    all.wrong += !outcome || outcome->status != login_status::granted || outcome->user.id != user;
    all.wrong += !heard || heard->user.id != user;
    const auto repeated = co_await as_result(session.complete_login(query, begun->binding));
    all.wrong += !repeated || repeated->status != login_status::replayed;
    ++all.logins;
}

user_ref someone(std::mt19937& dice)
{
    const std::string number = std::to_string(1 + dice() % 100);
    switch (dice() % 8) {
    case 0:
        return user_ref::id(number);
    case 1:
        return "missing_" + number;
    case 2:
        return "NAME_" + number;
    default:
        return "name_" + number;
    }
}

asio::awaitable<void> call_at_random(coauth::session& session, unsigned seed, tally& all)
{
    std::mt19937 dice(seed);
    for (int i = 0; i < calls_of_each; ++i) {
        const std::string user = std::to_string(1 + dice() % users);
        const auto draw = dice() % 1000;
        if (draw < 950) {
            user_ref asked_for = someone(dice);
            const auto p = co_await as_result(session.profile(user, asked_for));
            check(p, user, asked_for, all);
        } else if (draw < 990) {
            std::vector<user_ref> many;
            for (int n = 0; n < 5; ++n)
                many.push_back(someone(dice));
            const auto r = co_await as_result(session.profiles(user, many));
            check_many(r, user, many, all);
        } else if (draw < 994) {
            co_await sign_in(session, user, all);
        } else if (draw < 996) {
            const auto gone = co_await as_result(session.sign_out(user));
            all.wrong += !gone && gone.error().reason() != errc::unknown_user;
            const auto back = co_await as_result(session.add_user(user, echo_provider::token_of(user)));
            all.wrong += !back;
        } else {
            all.wrong += session.stats().lookups.questions == 0 && i > 100;
        }
        ++all.calls;
    }
    ++all.ended;
}

} // namespace

TEST_CASE("session: of a million mixed calls from eight threads each gets the response for its own user")
{
    asio::io_context io(threads);
    const auto provider = std::make_shared<echo_provider>();
    provider->forgetful = true;
    session_options options;
    options.callback = "https://app.example/callback";
    options.max_cached_lookups = 4'000; // fewer than there are, so that responses come in all ways
    options.cache_for = std::chrono::seconds(1);
    coauth::session session(io.get_executor(), provider, options);
    tally all;
    for (int user = 1; user <= users; ++user)
        asio::co_spawn(io, session.add_user(std::to_string(user), echo_provider::token_of(std::to_string(user))),
            [](const std::exception_ptr&) {});
    io.run();
    io.restart();
    for (unsigned n = 0; n < call_loops; ++n)
        asio::co_spawn(asio::make_strand(io), call_at_random(session, n, all),
            [&all](const std::exception_ptr& e) { all.wrong += e != nullptr; });
    std::vector<std::thread> workers;
    for (int n = 0; n < threads; ++n)
        workers.emplace_back([&io] { io.run(); });
    for (std::thread& thread : workers)
        thread.join();

    CHECK(all.ended == call_loops);
    CHECK(all.calls == std::uint64_t(call_loops) * static_cast<std::uint64_t>(calls_of_each));
    CHECK(all.wrong == 0);
    CHECK(provider->exchanges == all.logins);
    const auto counts = session.stats().lookups;
    CHECK(counts.cache_hits > 0);
    CHECK(counts.joined > 0);
    CHECK(counts.names_sent <= counts.questions - counts.cache_hits - counts.joined);
    MESSAGE("responses " << all.responses.load() << ", from the cache " << counts.cache_hits << ", joined "
                         << counts.joined << ", requests " << counts.requests << ", logins " << all.logins.load()
                         << ", signed out " << all.signed_out.load());
}
