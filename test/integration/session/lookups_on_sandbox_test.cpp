// Thousands of lookups, verified and counted by the sandbox.
#include "integration/session/sandbox_fixture.hpp"

#include <boost/asio/cancellation_signal.hpp>

#include <vector>

namespace asio = boost::asio;
using namespace std::chrono_literals;
using namespace coauth;
using coauth::lookup_outcome;
using coauth::user_ref;
using testing::sandbox_fixture;

namespace {

constexpr const char* by_name = "/2/users/by";
constexpr const char* by_id = "/2/users";

std::vector<user_ref> numbered_users(int count)
{
    std::vector<user_ref> names;
    for (int i = 1; i <= count; ++i)
        names.push_back("user_" + std::to_string(i));
    return names;
}

// How many results are wrong or missing.
std::size_t wrong(const coauth::lookups& results, const std::vector<user_ref>& users)
{
    if (results.outcomes.size() != users.size())
        return users.size();
    std::size_t count = 0;
    for (std::size_t i = 0; i < users.size(); ++i) {
        const auto& lookup = results.outcomes[i];
        count +=
            lookup.asked.text() != users[i].text() || !lookup.profile || lookup.profile->username != users[i].text();
    }
    return count;
}

sandbox::options with_limit(std::size_t users, std::int64_t per_window)
{
    sandbox::options sandbox_options;
    sandbox_options.users = users;
    sandbox_options.rate_limits[by_name] = sandbox::route_limit(per_window, per_window);
    return sandbox_options;
}

// `count` calls of `profile` at once, each for one of ten users; returns how many were right.
asio::awaitable<void> look_up(coauth::session& session, std::string user, std::string name, int& right, int& ended)
{
    const auto p = co_await as_result(session.profile(std::move(user), name));
    right += p && p->username == name;
    ++ended;
}

int many_at_once(sandbox_fixture& f, const std::vector<std::string>& users, int count)
{
    int right = 0;
    int ended = 0;
    for (int i = 0; i < count; ++i)
        asio::co_spawn(f.io,
            look_up(*f.session, users[static_cast<std::size_t>(i) % users.size()],
                "user_" + std::to_string(1 + i / 2 % 10), right, ended),
            [](const std::exception_ptr& e) { CHECK(e == nullptr); });
    f.run_until([&] { return ended == count; });
    return right;
}

} // namespace

TEST_CASE("session.profile: a thousand concurrent lookups of ten users are one request, and with two tokens two")
{
    sandbox_fixture f;
    const std::string ann = f.sign_in("user_1");
    CHECK(many_at_once(f, {ann}, 1000) == 1000);
    CHECK(f.calls(by_name) == 1);
    CHECK(f.session->stats().lookups.names_sent == 10);

    sandbox_fixture second;
    const std::string ann_2 = second.sign_in("user_1");
    const std::string bob_2 = second.sign_in("user_2");
    CHECK(many_at_once(second, {ann_2, bob_2}, 1000) == 1000);
    CHECK(second.calls(by_name) == 2);
    CHECK(second.session->stats().lookups.names_sent == 20);
}

TEST_CASE("session.profiles: ten thousand names in a window of 300 requests are 100 requests, and none is refused")
{
    sandbox_fixture f(with_limit(10'000, 300));
    const std::string ann = f.sign_in("user_1");
    const auto users = numbered_users(10'000);
    const auto results = f.run(f.session->profiles(ann, users));
    REQUIRE(results);
    CHECK(wrong(*results, users) == 0);
    CHECK(f.calls(by_name) == 100);
    CHECK(f.responses(by_name, 429) == 0);
    CHECK(f.clock->skipped() == 0s);
    const auto counts = f.session->stats().lookups;
    CHECK(counts.requests == 100);
    CHECK(counts.profiles == 10'000);
    CHECK(counts.cost_micros == 100'000'000); // $100
}

TEST_CASE("session.profiles: ten thousand names in windows of 20 requests take at most 2 % too long, none is refused")
{
    session_options options;
    options.max_cached_lookups = 0;
    sandbox_fixture f(with_limit(10'000, 20), options);
    const std::string ann = f.sign_in("user_1");
    const auto users = numbered_users(10'000);
    const auto results = f.run(f.session->profiles(ann, users));
    REQUIRE(results);
    CHECK(wrong(*results, users) == 0);
    CHECK(f.calls(by_name) == 100);
    CHECK(f.responses(by_name, 429) == 0);
    // Five windows: four waits for a reset, of 900 s at most.
    constexpr auto least = 4 * 900s;
    CHECK(f.clock->skipped() >= least - 30s); // the first window began a little earlier
    CHECK(f.clock->skipped() <= least * 102 / 100);
    CHECK(f.session->stats().lookups.waited >= least - 30s);
}

TEST_CASE("session.profiles: a window that another program uses, too, costs a refusal and loses no name")
{
    sandbox_fixture f(with_limit(1'000, 5));
    const std::string ann = f.sign_in("user_1");
    const auto token = f.sandbox.issue_access_token("user_1");
    REQUIRE(f.run(f.session->add_user(ann, twitter::credential_of(token))));
    const auto first = numbered_users(100);
    REQUIRE(f.run(f.session->profiles(ann, first)));
    for (int i = 0; i < 4; ++i) // another program with the same token
        REQUIRE(f.run(f.client->for_user(token).profiles(first)));
    const auto users = numbered_users(1'000);
    const auto results = f.run(f.session->profiles(ann, users));
    REQUIRE(results);
    CHECK(wrong(*results, users) == 0);
    CHECK(f.responses(by_name, 429) >= 1);
    CHECK(f.responses(by_name, 429) <= 4);
}

TEST_CASE("session.profiles: windows of a day are learnt from their headers")
{
    sandbox::options sandbox_options;
    sandbox_options.users = 300;
    sandbox_options.rate_limits[by_name] = sandbox::route_limit(300, 300, 2);
    session_options options;
    options.max_wait = std::chrono::hours(25);
    sandbox_fixture f(sandbox_options, options);
    const std::string ann = f.sign_in("user_1");
    const auto users = numbered_users(300);
    const auto results = f.run(f.session->profiles(ann, users));
    REQUIRE(results);
    CHECK(wrong(*results, users) == 0);
    CHECK(f.responses(by_name, 429) == 0);
    CHECK(f.clock->skipped() >= std::chrono::hours(24) - 60s);
    CHECK(f.clock->skipped() <= std::chrono::hours(24) + 60s);
}

TEST_CASE("session.profile: with max_wait 0 the error has the time of the reset, at once")
{
    session_options options;
    options.max_wait = 0ms;
    sandbox_fixture f(with_limit(200, 1), options);
    const std::string ann = f.sign_in("user_1");
    CHECK(f.run(f.session->profile(ann, "user_1")));
    const auto second = f.run(f.session->profile(ann, "user_2"));
    REQUIRE_FALSE(second);
    CHECK(second.error().reason() == errc::rate_limited);
    CHECK(second.error().retry_after() > 800s);
    CHECK(f.run(f.session->profile(ann, "user_1"))); // the cache still knows
    CHECK(f.calls(by_name) == 1);
    CHECK(f.clock->skipped() == 0s);
}

TEST_CASE("session.profiles: names, ids, missing and suspended users in one call, each with its outcome, in both APIs")
{
    for (const auto api : {twitter::api_version::v2, twitter::api_version::v1_1}) {
        CAPTURE(static_cast<int>(api));
        sandbox::options sandbox_options;
        sandbox_options.seed = R"({"users":[
            {"id":"1","username":"ann"},{"id":"2","username":"bob","suspended":true},
            {"id":"3","username":"cid","protected":true},{"id":"4","username":"007"},{"id":"7","username":"dan"}]})";
        sandbox_fixture f(sandbox_options, session_options(), api);
        const std::string ann = f.sign_in("ann");
        CHECK(ann == "1");
        std::vector<user_ref> users{
            "ANN", "bob", "cid", "007", user_ref::id("7"), "missing", user_ref::id("99"), "not a name", "ann"};
        const auto results = f.run(f.session->profiles(ann, users));
        REQUIRE(results);
        const auto& all = results->outcomes;
        REQUIRE(all.size() == users.size());
        CHECK(all[0].profile->id == "1");
        CHECK(all[0].asked.text() == "ANN");
        CHECK_FALSE(all[1].profile); // API 1.1 leaves suspended users out: not found
        CHECK((all[1].outcome == lookup_outcome::suspended || all[1].outcome == lookup_outcome::not_found));
        CHECK(all[2].profile->is_protected == true);
        CHECK(all[3].profile->id == "4");
        CHECK(all[4].profile->username == "dan");
        CHECK(all[5].outcome == lookup_outcome::not_found);
        CHECK(all[6].outcome == lookup_outcome::not_found);
        CHECK(all[7].why->reason() == errc::invalid_argument);
        CHECK(all[8].profile->id == "1");
        CHECK(f.session->stats().lookups.names_sent == 7);
        CHECK(f.run(f.session->profile(ann, "missing")).error().reason() == errc::not_found);
        CHECK(f.run(f.session->profile(ann, "not a name")).error().reason() == errc::invalid_argument);
        CHECK(f.run(f.session->profile("99", "ann")).error().reason() == errc::unknown_user);
        CHECK(f.session->stats().lookups.requests == 2);
    }
}

TEST_CASE("session.profile: a token that the provider has revoked is reported, removed and not tried again")
{
    sandbox_fixture f;
    const std::string ann = f.sign_in("user_1");
    std::vector<session_event> events;
    const auto token = f.sandbox.issue_access_token("user_2");
    const std::string bob = f.run(f.client->for_user(token).me()).value().id;
    REQUIRE(f.run(f.session->add_user(bob, twitter::credential_of(token))));
    REQUIRE(f.run(f.client->for_user(token).invalidate_token()));
    CHECK(f.run(f.session->profile(bob, "user_1")).error().reason() == errc::token_revoked);
    CHECK(f.run(f.session->profile(bob, "user_1")).error().reason() == errc::unknown_user);
    CHECK(f.calls(by_name) == 1);
    CHECK(f.run(f.session->profile(ann, "user_1")));
}

TEST_CASE("session.sign_out: forgets the token here, and at the provider if requested")
{
    sandbox_fixture f;
    const std::string ann = f.sign_in("user_1");
    CHECK(f.run(f.session->profile(ann, "user_2")));
    REQUIRE(f.run(f.session->sign_out(ann)));
    CHECK(f.run(f.session->profile(ann, "user_2")).error().reason() == errc::unknown_user);
    CHECK(f.run(f.session->sign_out(ann)).error().reason() == errc::unknown_user);

    const auto token = f.sandbox.issue_access_token("user_1");
    REQUIRE(f.run(f.session->add_user(ann, twitter::credential_of(token))));
    REQUIRE(f.run(f.session->sign_out(ann, session::at_provider::revoke)));
    CHECK(f.run(f.client->for_user(token).me()).error().reason() == errc::token_revoked);
}

TEST_CASE("session.profile: transient failures are retried with new signatures, and counted")
{
    sandbox::options sandbox_options;
    sandbox_options.faults = R"([{"route":"/2/users/by","nth":1,"times":2,"status":503},
                      {"route":"/2/users","nth":1,"action":"drop"}])";
    sandbox_fixture f(sandbox_options);
    const std::string ann = f.sign_in("user_1");
    CHECK(f.run(f.session->profile(ann, "user_2")));
    CHECK(f.responses(by_name, 503) == 2);
    CHECK(f.responses(by_name, 200) == 1);
    CHECK(f.session->stats().lookups.retries == 2);
    CHECK(f.run(f.session->profile(ann, user_ref::id(ann))));
    CHECK(f.responses(by_id, 200) == 1);
}
