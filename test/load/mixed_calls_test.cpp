// A million calls of all kinds from eight threads on one session (with COAUTH_TEST_PEOPLE fewer); every answer is an
// echo of who asked.
#include "load/people.hpp"
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
constexpr int parties = 200;
const int calls_of_each = coauth::testing::people_of_load() * 5 / 2; // 5 000
constexpr int people = 20;

struct tally {
    std::atomic<std::uint64_t> calls = 0;
    std::atomic<std::uint64_t> answers = 0;
    std::atomic<std::uint64_t> strangers = 0; ///< Asked by someone who had just signed out.
    std::atomic<std::uint64_t> logins = 0;
    std::atomic<std::uint64_t> wrong = 0;
    std::atomic<int> ended = 0;
};

void check(const result<coauth::profile>& p, const std::string& user, const user_ref& who, tally& all)
{
    if (p)
        all.wrong += !echo_provider::is_echo(*p, user, who);
    else if (p.error().reason() == errc::unknown_user)
        ++all.strangers;
    else
        all.wrong += !(p.error().reason() == errc::not_found && who.text().starts_with("missing"));
    ++all.answers;
}

void check_many(const result<coauth::lookups>& r, const std::string& user, const std::vector<user_ref>& who, tally& all)
{
    if (!r) {
        all.wrong += r.error().reason() != errc::unknown_user;
        ++all.strangers;
        return;
    }
    all.wrong += r->outcomes.size() != who.size();
    for (std::size_t i = 0; i < who.size(); ++i) {
        const coauth::lookup& one = r->outcomes[i];
        if (one.profile)
            all.wrong += !echo_provider::is_echo(*one.profile, user, who[i]);
        else if (one.why && one.why->reason() == errc::unknown_user)
            ++all.strangers;
        else
            all.wrong += !who[i].text().starts_with("missing");
        ++all.answers;
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
    const auto again = co_await as_result(session.complete_login(query, begun->binding));
    all.wrong += !again || again->status != login_status::replayed;
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

asio::awaitable<void> party(coauth::session& session, unsigned seed, tally& all)
{
    std::mt19937 dice(seed);
    for (int i = 0; i < calls_of_each; ++i) {
        const std::string user = std::to_string(1 + dice() % people);
        const auto what = dice() % 1000;
        if (what < 950) {
            user_ref who = someone(dice);
            const auto p = co_await as_result(session.profile(user, who));
            check(p, user, who, all);
        } else if (what < 990) {
            std::vector<user_ref> many;
            for (int n = 0; n < 5; ++n)
                many.push_back(someone(dice));
            const auto r = co_await as_result(session.profiles(user, many));
            check_many(r, user, many, all);
        } else if (what < 994) {
            co_await sign_in(session, user, all);
        } else if (what < 996) {
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

TEST_CASE("a million mixed calls from eight threads: every answer is its asker's")
{
    asio::io_context io(threads);
    const auto provider = std::make_shared<echo_provider>();
    provider->forgetful = true;
    session_options options;
    options.callback = "https://app.example/callback";
    options.max_cached_lookups = 4'000; // fewer than there are, so that answers come in all ways
    options.cache_for = std::chrono::seconds(1);
    coauth::session session(io.get_executor(), provider, options);
    tally all;
    for (int user = 1; user <= people; ++user)
        asio::co_spawn(io, session.add_user(std::to_string(user), echo_provider::token_of(std::to_string(user))),
            [](const std::exception_ptr&) {});
    io.run();
    io.restart();
    for (unsigned n = 0; n < parties; ++n)
        asio::co_spawn(asio::make_strand(io), party(session, n, all),
            [&all](const std::exception_ptr& e) { all.wrong += e != nullptr; });
    std::vector<std::thread> crew;
    for (int n = 0; n < threads; ++n)
        crew.emplace_back([&io] { io.run(); });
    for (std::thread& one : crew)
        one.join();

    CHECK(all.ended == parties);
    CHECK(all.calls == std::uint64_t(parties) * static_cast<std::uint64_t>(calls_of_each));
    CHECK(all.wrong == 0);
    CHECK(provider->exchanges == all.logins);
    const auto counts = session.stats().lookups;
    CHECK(counts.cache_hits > 0);
    CHECK(counts.joined > 0);
    CHECK(counts.names_sent <= counts.questions - counts.cache_hits - counts.joined);
    MESSAGE("answers " << all.answers.load() << ", from the cache " << counts.cache_hits << ", joined " << counts.joined
                       << ", requests " << counts.requests << ", logins " << all.logins.load() << ", strangers "
                       << all.strangers.load());
}
