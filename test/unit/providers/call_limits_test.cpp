// What a call's response says of limits and permissions: GitHub's headers, Facebook's numbers.
#include "unit/providers/social_fixture.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace coauth;
using namespace coauth::providers::testing;

namespace {

// A response with the headers that are written as "name: value".
http::response limited_response(int status, const std::vector<std::string>& headers, std::string body)
{
    http::response response;
    response.status = status;
    for (const std::string& line : headers)
        response.headers.add(line.substr(0, line.find(':')), line.substr(line.find(':') + 2));
    response.body = std::move(body);
    return response;
}

} // namespace

TEST_CASE("github: the limits of a response that is a success are its caller's, of the second request the later ones")
{
    social_fixture f;
    f.github_responds(github_ada, 200, "[]");
    const auto provider = f.github();
    const auto account = provider->open(f.sign_in(provider).value().held);
    CHECK_FALSE(run(account->me()).value().limits.window);
    const std::vector<std::string> first = {
        "X-RateLimit-Limit: 60", "x-ratelimit-remaining: 2", "x-ratelimit-reset: 1700000090"};
    f.wire->forget(github_user);
    f.wire->respond(github_user, limited_response(200, first, github_ada));
    rate_limits limits = run(account->me()).value().limits;
    REQUIRE(limits.window);
    CHECK(limits.window->limit == 60);
    CHECK(limits.window->remaining == 2);
    CHECK(limits.window->reset == std::chrono::sys_seconds(std::chrono::seconds(1'700'000'090)));
    const std::vector<std::string> later = {"x-ratelimit-remaining: 1", "Date: Tue, 14 Nov 2023 22:13:21 GMT"};
    for (const int status : {200, 404}) {
        f.wire->forget(github_emails);
        f.wire->respond(github_emails, limited_response(status, later, "[]"));
        limits = run(account->me()).value().limits;
        REQUIRE(limits.window);
        CHECK(limits.window->remaining == 1);
        CHECK_FALSE(limits.window->reset);
        CHECK(limits.at == std::chrono::sys_seconds(std::chrono::seconds(1'700'000'001)));
    }
    const std::string repositories = "https://api.github.com/user/repos";
    f.wire->respond(repositories, limited_response(200, {"x-ratelimit-remaining: 0", "x-ratelimit-reset: odd"}, "[]"));
    limits = run(account->call(http::get(repositories))).value().limits;
    REQUIRE(limits.window);
    CHECK(limits.window->remaining == 0);
    CHECK_FALSE(limits.window->reset);
}

TEST_CASE("github: its primary and secondary limits are rate_limited, with 403 and 429, at the list of addresses too")
{
    struct row {
        std::vector<std::string> headers;
        const char* body;
        std::optional<int> wait;
    };
    const row rows[] = {
        {{"x-ratelimit-remaining: 0", "x-ratelimit-reset: 1700000090"},
            R"({"message":"API rate limit exceeded for user"})", 90},
        {{"x-ratelimit-remaining: 0", "x-ratelimit-reset: 1700000090", "Retry-After: 7"}, "{}", 7},
        {{"x-ratelimit-remaining: -1"}, "{}", std::nullopt},
        {{"x-ratelimit-remaining: 4999", "retry-after: 60"},
            R"({"message":"You have exceeded a secondary rate limit."})", 60},
        {{"x-ratelimit-remaining: 4999", "x-ratelimit-reset: 1700000090"},
            R"({"message":"You have exceeded a secondary rate limit. Please wait a few minutes before you try again."})",
            std::nullopt},
        {{}, R"({"message":"You have triggered an abuse detection mechanism."})", std::nullopt},
        {{}, R"({"error":{"code":403,"message":"Rate Limit Exceeded","status":"X"}})", std::nullopt}, // Google
    };
    social_fixture f;
    f.github_responds(github_ada, 200, "[]");
    const auto provider = f.github();
    const auto account = provider->open(f.sign_in(provider).value().held);
    for (const char* address : {github_user, github_emails})
        for (const row& each : rows)
            for (const int status : {403, 429}) {
                CAPTURE(address);
                CAPTURE(each.body);
                CAPTURE(status);
                f.github_responds(github_ada, 200, "[]");
                f.wire->forget(address);
                f.wire->respond(address, limited_response(status, each.headers, each.body));
                const auto refused = run(account->me());
                REQUIRE_FALSE(refused);
                CHECK(refused.error().reason() == errc::rate_limited);
                CHECK(refused.error().http_status() == status);
                CHECK(refused.error().retry_after().has_value() == each.wait.has_value());
                if (each.wait)
                    CHECK(refused.error().retry_after() == std::chrono::seconds(*each.wait));
            }
    f.github_responds(github_ada, 200, "[]");
    f.wire->forget(github_user);
    for (const char* body : {R"({"message":"Resource not accessible by integration"})", R"({"message":7})",
             "rate limit", R"({"error":"access_denied","error_description":"no rate limit"})"})
        f.wire->respond(github_user, limited_response(403, {"x-ratelimit-remaining: 1"}, body));
    for (const errc expected : {errc::forbidden, errc::forbidden, errc::forbidden, errc::denied})
        CHECK(run(account->me()).error().reason() == expected);
}

TEST_CASE("facebook: a call's number is a limit, a missing permission, a token that ended, or passing trouble")
{
    const std::pair<std::vector<int>, errc> rows[] = {
        {{4, 17, 32, 341, 613, 80000, 80004, 80014}, errc::rate_limited},
        {{3, 10, 200, 210, 299}, errc::access_level},
        {{102, 190}, errc::token_revoked},
        {{1, 2}, errc::provider_unavailable},
        {{368}, errc::forbidden},
        {{506}, errc::duplicate},
        {{0, 5, 9, 11, 16, 18, 31, 33, 100, 103, 189, 199, 300, 340, 342, 612, 614, 79999, 80015},
            errc::provider_error},
    };
    social_fixture f;
    f.facebook_responds(R"({"id":"10221"})");
    const auto provider = f.facebook();
    const auto account = provider->open(f.sign_in(provider).value().held);
    for (const auto& [each_numbers, each_expected] : rows)
        for (const int each_number : each_numbers) {
            const int number = each_number; // clang 14 can't capture a binding
            const errc expected = each_expected;
            CAPTURE(number);
            f.wire->forget(graph_me);
            f.wire->respond(graph_me, 400,
                R"({"error":{"message":"m","type":"OAuthException","code":)" + std::to_string(number) + "}}");
            const auto refused = run(account->me());
            REQUIRE_FALSE(refused);
            CHECK(refused.error().reason() == expected);
            CHECK(refused.error().provider_code() == number);
            CHECK(refused.error().http_status() == 400);
        }
}
