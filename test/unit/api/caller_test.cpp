// The driver of calls with a bearer token: no protocol's signatures, no clock.
#include "api/caller.hpp"
#include "api/revoke_on_failure.hpp"
#include "unit/twitter/fake_provider.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <utility>

using namespace coauth;
using coauth::twitter::testing::fake_clock;
using coauth::twitter::testing::fake_transport;
using coauth::twitter::testing::run;
using namespace std::chrono_literals;

namespace {

constexpr const char* bearer_ten_minutes_on = "Tue, 14 Nov 2023 22:23:20 GMT"; // of the fake clock's time

struct bearer_fixture {
    std::shared_ptr<const api::caller> make()
    {
        options.clock = time;
        return std::make_shared<const api::caller>(wire, options);
    }

    static std::shared_ptr<api::call> get()
    {
        auto call = std::make_shared<api::call>();
        call->request = http::get("https://api.example/user");
        call->request.headers.add("Authorization", "Bearer token-canary");
        call->repeatable = true;
        call->retry_budget = 5s;
        call->hidden.emplace_back("token-canary");
        return call;
    }

    static std::shared_ptr<api::call> token_request()
    {
        auto call = std::make_shared<api::call>();
        call->at = api::step::access_token;
        call->request = http::get("https://login.example/token");
        call->request.method = "POST";
        call->request.headers.add("Content-Type", "application/x-www-form-urlencoded");
        call->request.headers.add("Accept", "application/json");
        call->request.body = "code=code-canary";
        call->retry_budget = 5s;
        call->hidden.emplace_back("code-canary");
        return call;
    }

    std::shared_ptr<fake_clock> time = std::make_shared<fake_clock>();
    std::shared_ptr<fake_transport> wire = std::make_shared<fake_transport>();
    api::caller_options options;
};

} // namespace

TEST_CASE("caller: a request with a bearer token is sent as it is, with the headers that it lacks")
{
    bearer_fixture b;
    b.options.user_agent = "app/1";
    b.options.deadline = 9s;
    b.wire->respond(200, "{}").respond(200, "{}");
    const http::response response = run(api::perform(b.make(), bearer_fixture::get())).value();
    CHECK(response.body == "{}");
    const http::request& sent = b.wire->seen.at(0);
    CHECK(sent.headers.get("Authorization") == "Bearer token-canary");
    CHECK(sent.headers.get("Accept") == "*/*");
    CHECK(sent.headers.get("Accept-Encoding") == "identity");
    CHECK(sent.headers.get("User-Agent") == "app/1");
    CHECK(sent.deadline == 9s);
    CHECK_FALSE(sent.renew); // nothing is made anew

    auto post = bearer_fixture::token_request();
    post->request.headers.add("User-Agent", "its own");
    post->request.headers.add("Accept-Encoding", "gzip");
    post->request.deadline = 2s;
    post->request.renew = [](http::request&) {};
    CHECK(run(api::perform(b.make(), post)));
    const http::request& posted = b.wire->seen.at(1);
    CHECK(posted.body == "code=code-canary");
    CHECK(posted.headers.get("Accept") == "application/json");
    CHECK(posted.headers.get("User-Agent") == "its own");
    CHECK(posted.headers.get("Accept-Encoding") == "identity");
    CHECK(posted.headers.size() == 4);
    CHECK(posted.deadline == 2s);
    CHECK_FALSE(posted.renew);
}

TEST_CASE("caller: without timestamps no refusal corrects the clock")
{
    for (const errc reason : {errc::clock_skew, errc::invalid_credentials, errc::token_revoked}) {
        bearer_fixture b;
        b.options.read = [reason](const http::response& response, const api::circumstances&) {
            return error(reason).with_http_status(response.status);
        };
        b.wire->respond(401, "").header("Date", bearer_ten_minutes_on);
        const auto app = b.make();
        const auto refused = run(api::perform(app, bearer_fixture::get()));
        REQUIRE_FALSE(refused);
        CHECK(refused.error().reason() == reason);
        CHECK(b.wire->seen.size() == 1);
        CHECK(app->clock()->ahead() == 0s);
    }
}

TEST_CASE("caller: a GET is repeated within its budget while the provider is down, and a POST never")
{
    bearer_fixture b;
    b.wire->respond(503, "").header("Retry-After", "2").respond(500, "").respond(200, "{}");
    CHECK(run(api::perform(b.make(), bearer_fixture::get())));
    REQUIRE(b.time->sleeps.size() == 2);
    CHECK(b.time->sleeps[0] == 2s);

    bearer_fixture budget;
    for (int i = 0; i < 3; ++i)
        budget.wire->respond(503, "").header("Retry-After", "2");
    CHECK(run(api::perform(budget.make(), bearer_fixture::get())).error().reason() == errc::provider_unavailable);
    CHECK(budget.wire->done());

    bearer_fixture once;
    auto without_budget = bearer_fixture::get();
    without_budget->retry_budget = 0ms;
    once.wire->respond(503, "").respond(503, "").respond(429, "").header("Retry-After", "1");
    CHECK_FALSE(run(api::perform(once.make(), without_budget)));
    CHECK_FALSE(run(api::perform(once.make(), bearer_fixture::token_request())));
    CHECK_FALSE(run(api::perform(once.make(), bearer_fixture::get()))); // a limit is its caller's to wait for
    CHECK(once.wire->done());
    CHECK(once.time->sleeps.empty());
}

TEST_CASE("caller: the provider's reader gets the response, the step, the times and what to hide")
{
    bearer_fixture b;
    bool was_read = false;
    b.options.read = [&was_read](const http::response& response, const api::circumstances& when) {
        was_read = true;
        CHECK(response.status == 400);
        CHECK(response.body == "authorization_pending");
        CHECK(when.at == api::step::access_token);
        CHECK(when.writes);
        CHECK(when.machine_now == std::chrono::sys_seconds(1700000000s));
        CHECK(when.provider_now == when.machine_now);
        REQUIRE_FALSE(when.hidden.empty());
        CHECK(when.hidden[0].reveal() == "code-canary");
        return error(errc::denied);
    };
    b.wire->respond(400, "authorization_pending").respond(400, "authorization_pending");
    const auto app = b.make();
    const api::outcome outcome = run(api::exchange(app, bearer_fixture::token_request())).value();
    CHECK(was_read);
    CHECK(outcome.response.body == "authorization_pending");
    REQUIRE(outcome.refused);
    CHECK(outcome.refused->reason() == errc::denied);
    CHECK(run(api::perform(app, bearer_fixture::token_request())).error().reason() == errc::denied);
}

TEST_CASE("caller: without a reader a refusal is read by its status, and shows nothing that was sent")
{
    bearer_fixture b;
    b.wire->respond(400, "the code code-canary is used").respond(401, "no");
    const auto refused = run(api::perform(b.make(), bearer_fixture::token_request()));
    CHECK(refused.error().reason() == errc::invalid_verifier);
    CHECK(refused.error().provider_message().empty());
    CHECK(run(api::perform(b.make(), bearer_fixture::get())).error().reason() == errc::token_revoked);
}

TEST_CASE("caller: an encoded success is an error, an encoded refusal keeps its status and says nothing")
{
    bearer_fixture b;
    b.wire->respond(200, "\x1f\x8b").header("Content-Encoding", "gzip");
    b.wire->respond(403, "\x1f\x8b").header("Content-Encoding", "br");
    b.wire->respond(200, "{}").header("Content-Encoding", "identity");
    CHECK(run(api::perform(b.make(), bearer_fixture::get())).error().reason() == errc::malformed_response);
    const auto refused = run(api::perform(b.make(), bearer_fixture::get()));
    CHECK(refused.error().reason() == errc::forbidden);
    CHECK(refused.error().provider_message().empty());
    CHECK(run(api::perform(b.make(), bearer_fixture::get())));
}

namespace {

// Its header has the time.
class dated_authorization final : public api::authorization {
public:
    void append_header(const http::request&, std::chrono::sys_seconds time, std::string& value) const override
    {
        value += std::to_string(time.time_since_epoch().count());
    }

    std::vector<secret> hidden(std::string_view value) const override
    {
        return {secret("made-canary" + std::string(value))};
    }
};

class no_key final : public api::authorization {
public:
    void append_header(const http::request&, std::chrono::sys_seconds, std::string&) const override
    {
        throw error(errc::invalid_argument, "no key");
    }

    std::vector<secret> hidden(std::string_view) const override { return {}; }
};

} // namespace

TEST_CASE("caller: what authorizes gets the provider's time, and its failure ends the call before anything is sent")
{
    bearer_fixture b;
    auto call = bearer_fixture::get();
    call->credential = std::make_shared<const dated_authorization>();
    b.wire->respond(403, "made-canary1700000000").respond(200, "");
    const auto refused = run(api::perform(b.make(), call));
    CHECK(refused.error().provider_message().empty());
    CHECK(run(api::perform(b.make(), call)));
    CHECK(b.wire->seen[1].headers.get("Authorization") == "1700000000");
    CHECK(b.wire->seen[1].headers.count("Authorization") == 1);
    http::request renewed = b.wire->seen[1];
    b.time->pass(2s);
    renewed.renew(renewed);
    CHECK(renewed.headers.get("Authorization") == "1700000002");
    CHECK(renewed.headers.count("Authorization") == 1);

    call->credential = std::make_shared<const no_key>();
    CHECK(run(api::perform(b.make(), call)).error().reason() == errc::invalid_argument);
    CHECK(b.wire->seen.size() == 2);
    CHECK_THROWS_AS(api::caller(nullptr, api::caller_options()), error);
}

namespace {

boost::asio::awaitable<int> count_or_fail(bool fails)
{
    if (fails)
        throw error(errc::not_found);
    co_return 7;
}

boost::asio::awaitable<void> count_revocations(int& count, bool fails)
{
    ++count;
    if (fails)
        throw error(errc::provider_unavailable);
    co_return;
}

} // namespace

TEST_CASE("revoke_on_failure: it revokes after a failure only, and a failed revocation does not replace that error")
{
    int count = 0;
    CHECK(run(api::revoke_on_failure(count_or_fail(false), count_revocations(count, false))).value() == 7);
    CHECK(count == 0);
    for (const bool fails : {false, true})
        CHECK(run(api::revoke_on_failure(count_or_fail(true), count_revocations(count, fails))).error().reason() ==
              errc::not_found);
    CHECK(count == 2);
}
