// Lookups by the thousand, judged and counted by the sandbox.
#include "integration/session/town.hpp"

#include <boost/asio/cancellation_signal.hpp>

#include <vector>

namespace asio = boost::asio;
using namespace std::chrono_literals;
using namespace coauth;
using testing::town;
using twitter::lookup_outcome;
using twitter::user_ref;

namespace {

constexpr const char* by_name = "/2/users/by";
constexpr const char* by_id = "/2/users";

std::vector<user_ref> people(int count)
{
    std::vector<user_ref> names;
    for (int i = 1; i <= count; ++i)
        names.push_back("user_" + std::to_string(i));
    return names;
}

// How many were answered wrongly or not at all.
std::size_t wrong(const twitter::lookups& answers, const std::vector<user_ref>& asked)
{
    if (answers.outcomes.size() != asked.size())
        return asked.size();
    std::size_t count = 0;
    for (std::size_t i = 0; i < asked.size(); ++i) {
        const auto& one = answers.outcomes[i];
        count += one.asked.text() != asked[i].text() || !one.profile || one.profile->username != asked[i].text();
    }
    return count;
}

sandbox::options with_limit(std::size_t users, std::int64_t per_window)
{
    sandbox::options mood;
    mood.users = users;
    mood.rate_limits[by_name] = sandbox::route_limit(per_window, per_window);
    return mood;
}

// `count` calls of `profile` at once, each for one of ten people; returns how many were right.
asio::awaitable<void> look_up(coauth::session& session, std::string user, std::string who, int& right, int& ended)
{
    const auto p = co_await as_result(session.profile(std::move(user), who));
    right += p && p->username == who;
    ++ended;
}

int many_at_once(town& t, const std::vector<std::string>& users, int count)
{
    int right = 0;
    int ended = 0;
    for (int i = 0; i < count; ++i)
        asio::co_spawn(t.io,
            look_up(*t.session, users[static_cast<std::size_t>(i) % users.size()],
                "user_" + std::to_string(1 + i / 2 % 10), right, ended),
            [](const std::exception_ptr& e) { CHECK(e == nullptr); });
    t.run_until([&] { return ended == count; });
    return right;
}

} // namespace

TEST_CASE("a thousand concurrent lookups of ten people are one request, and under two users two")
{
    town t;
    const std::string ann = t.sign_in("user_1");
    CHECK(many_at_once(t, {ann}, 1000) == 1000);
    CHECK(t.calls(by_name) == 1);
    CHECK(t.session->stats().lookups.names_sent == 10);

    town two;
    const std::string one = two.sign_in("user_1");
    const std::string other = two.sign_in("user_2");
    CHECK(many_at_once(two, {one, other}, 1000) == 1000);
    CHECK(two.calls(by_name) == 2);
    CHECK(two.session->stats().lookups.names_sent == 20);
}

TEST_CASE("ten thousand names in a window of 300 requests are 100 requests, and none is refused")
{
    town t(with_limit(10'000, 300));
    const std::string ann = t.sign_in("user_1");
    const auto asked = people(10'000);
    const auto answers = t.run(t.session->profiles(ann, asked));
    REQUIRE(answers);
    CHECK(wrong(*answers, asked) == 0);
    CHECK(t.calls(by_name) == 100);
    CHECK(t.answers(by_name, 429) == 0);
    CHECK(t.clock->skipped() == 0s);
    const auto counts = t.session->stats().lookups;
    CHECK(counts.requests == 100);
    CHECK(counts.profiles == 10'000);
    CHECK(counts.cost_micros == 100'000'000); // $100
}

TEST_CASE("ten thousand names in windows of 20 requests take hardly longer than they must, and none is refused")
{
    session_options options;
    options.max_cached_answers = 0;
    town t(with_limit(10'000, 20), options);
    const std::string ann = t.sign_in("user_1");
    const auto asked = people(10'000);
    const auto answers = t.run(t.session->profiles(ann, asked));
    REQUIRE(answers);
    CHECK(wrong(*answers, asked) == 0);
    CHECK(t.calls(by_name) == 100);
    CHECK(t.answers(by_name, 429) == 0);
    // Five windows: four waits for a reset, of 900 s at most.
    constexpr auto least = 4 * 900s;
    CHECK(t.clock->skipped() >= least - 30s); // the first window began a little earlier
    CHECK(t.clock->skipped() <= least * 102 / 100);
    CHECK(t.session->stats().lookups.waited >= least - 30s);
}

TEST_CASE("a window that others spend, too, costs a refusal and loses no name")
{
    town t(with_limit(1'000, 5));
    const std::string ann = t.sign_in("user_1");
    const auto token = t.sandbox.issue_access_token("user_1");
    REQUIRE(t.run(t.session->add_user(ann, token)));
    const auto first = people(100);
    REQUIRE(t.run(t.session->profiles(ann, first)));
    for (int i = 0; i < 4; ++i) // another program with the same token
        REQUIRE(t.run(t.client->for_user(token).profiles(first)));
    const auto asked = people(1'000);
    const auto answers = t.run(t.session->profiles(ann, asked));
    REQUIRE(answers);
    CHECK(wrong(*answers, asked) == 0);
    CHECK(t.answers(by_name, 429) >= 1);
    CHECK(t.answers(by_name, 429) <= 4);
}

TEST_CASE("windows of a day are learnt from their headers")
{
    sandbox::options mood;
    mood.users = 300;
    mood.rate_limits[by_name] = sandbox::route_limit(300, 300, 2);
    session_options options;
    options.max_wait = std::chrono::hours(25);
    town t(mood, options);
    const std::string ann = t.sign_in("user_1");
    const auto asked = people(300);
    const auto answers = t.run(t.session->profiles(ann, asked));
    REQUIRE(answers);
    CHECK(wrong(*answers, asked) == 0);
    CHECK(t.answers(by_name, 429) == 0);
    CHECK(t.clock->skipped() >= std::chrono::hours(24) - 60s);
    CHECK(t.clock->skipped() <= std::chrono::hours(24) + 60s);
}

TEST_CASE("whoever does not want to wait is told until when, at once")
{
    session_options options;
    options.max_wait = 0ms;
    town t(with_limit(200, 1), options);
    const std::string ann = t.sign_in("user_1");
    CHECK(t.run(t.session->profile(ann, "user_1")));
    const auto second = t.run(t.session->profile(ann, "user_2"));
    REQUIRE_FALSE(second);
    CHECK(second.error().reason() == errc::rate_limited);
    CHECK(second.error().retry_after() > 800s);
    CHECK(t.run(t.session->profile(ann, "user_1"))); // the cache still knows
    CHECK(t.calls(by_name) == 1);
    CHECK(t.clock->skipped() == 0s);
}

TEST_CASE("names, ids, missing and suspended people in one call, each with its outcome, in both APIs")
{
    for (const auto api : {twitter::api_version::v2, twitter::api_version::v1_1}) {
        CAPTURE(static_cast<int>(api));
        sandbox::options mood;
        mood.seed = R"({"users":[
            {"id":"1","username":"ann"},{"id":"2","username":"bob","suspended":true},
            {"id":"3","username":"cid","protected":true},{"id":"4","username":"007"},{"id":"7","username":"dan"}]})";
        town t(mood, session_options(), api);
        const std::string ann = t.sign_in("ann");
        CHECK(ann == "1");
        std::vector<user_ref> asked{
            "ANN", "bob", "cid", "007", user_ref::id("7"), "nobody", user_ref::id("99"), "not a name", "ann"};
        const auto answers = t.run(t.session->profiles(ann, asked));
        REQUIRE(answers);
        const auto& all = answers->outcomes;
        REQUIRE(all.size() == asked.size());
        CHECK(all[0].profile->id == "1");
        CHECK(all[0].asked.text() == "ANN");
        CHECK_FALSE(all[1].profile); // API 1.1 leaves suspended people out: not found
        CHECK((all[1].outcome == lookup_outcome::suspended || all[1].outcome == lookup_outcome::not_found));
        CHECK(all[2].profile->is_protected == true);
        CHECK(all[3].profile->id == "4");
        CHECK(all[4].profile->username == "dan");
        CHECK(all[5].outcome == lookup_outcome::not_found);
        CHECK(all[6].outcome == lookup_outcome::not_found);
        CHECK(all[7].why->reason() == errc::invalid_argument);
        CHECK(all[8].profile->id == "1");
        CHECK(t.session->stats().lookups.names_sent == 7);
        CHECK(t.run(t.session->profile(ann, "nobody")).error().reason() == errc::not_found);
        CHECK(t.run(t.session->profile(ann, "not a name")).error().reason() == errc::invalid_argument);
        CHECK(t.run(t.session->profile("99", "ann")).error().reason() == errc::unknown_user);
        CHECK(t.session->stats().lookups.requests == 2);
    }
}

TEST_CASE("a token that the provider has revoked is reported, dropped and not tried again")
{
    town t;
    const std::string ann = t.sign_in("user_1");
    std::vector<session_event> told;
    const auto token = t.sandbox.issue_access_token("user_2");
    const std::string bob = t.run(t.client->for_user(token).me()).value().id;
    REQUIRE(t.run(t.session->add_user(bob, token)));
    REQUIRE(t.run(t.client->for_user(token).invalidate_token()));
    CHECK(t.run(t.session->profile(bob, "user_1")).error().reason() == errc::token_revoked);
    CHECK(t.run(t.session->profile(bob, "user_1")).error().reason() == errc::unknown_user);
    CHECK(t.calls(by_name) == 1);
    CHECK(t.run(t.session->profile(ann, "user_1")));
}

TEST_CASE("signing out forgets here, and there if asked")
{
    town t;
    const std::string ann = t.sign_in("user_1");
    CHECK(t.run(t.session->profile(ann, "user_2")));
    REQUIRE(t.run(t.session->sign_out(ann)));
    CHECK(t.run(t.session->profile(ann, "user_2")).error().reason() == errc::unknown_user);
    CHECK(t.run(t.session->sign_out(ann)).error().reason() == errc::unknown_user);

    const auto token = t.sandbox.issue_access_token("user_1");
    REQUIRE(t.run(t.session->add_user(ann, token)));
    REQUIRE(t.run(t.session->sign_out(ann, session::at_provider::invalidate)));
    CHECK(t.run(t.client->for_user(token).me()).error().reason() == errc::token_revoked);
}

TEST_CASE("a provider in trouble is asked again, with new signatures, and seen in the statistics")
{
    sandbox::options mood;
    mood.faults = R"([{"route":"/2/users/by","nth":1,"times":2,"status":503},
                      {"route":"/2/users","nth":1,"action":"drop"}])";
    town t(mood);
    const std::string ann = t.sign_in("user_1");
    CHECK(t.run(t.session->profile(ann, "user_2")));
    CHECK(t.answers(by_name, 503) == 2);
    CHECK(t.answers(by_name, 200) == 1);
    CHECK(t.session->stats().lookups.retries == 2);
    CHECK(t.run(t.session->profile(ann, user_ref::id(ann))));
    CHECK(t.answers(by_id, 200) == 1);
}
