#include "twitter/read_error.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace coauth;
using namespace coauth::twitter;

namespace {

const std::chrono::sys_seconds now(std::chrono::seconds(1700000000)); // Tue, 14 Nov 2023 22:13:20 GMT

http::response response_of(int status, std::string body)
{
    http::response r;
    r.status = status;
    r.body = std::move(body);
    return r;
}

error read(const http::response& r, step at = step::call, bool writes = false)
{
    circumstances when;
    when.at = at;
    when.writes = writes;
    when.machine_now = now;
    when.provider_now = now;
    return read_error(r, when);
}

std::string coded(int code)
{
    return R"({"errors":[{"code":)" + std::to_string(code) + R"(,"message":"words"}]})";
}

bool hints(const error& e, std::string_view words)
{
    return e.hint() && e.hint()->find(words) != std::string::npos;
}

void add_window(http::response& r, const std::string& prefix, const char* remaining, std::int64_t reset)
{
    r.headers.add(prefix + "limit", "900");
    r.headers.add(prefix + "remaining", remaining);
    r.headers.add(prefix + "reset", std::to_string(reset));
}

} // namespace

TEST_CASE("read_error: each of the provider's codes has its meaning")
{
    struct row {
        int code;
        int status;
        errc expected;
        const char* hint;
    };
    const row table[] = {
        {17, 404, errc::not_found, ""},
        {32, 401, errc::invalid_credentials, "access token"},
        {34, 404, errc::not_found, ""},
        {50, 404, errc::not_found, ""},
        {63, 403, errc::suspended, ""},
        {64, 403, errc::suspended, "belongs to"},
        {68, 410, errc::provider_error, "v2"},
        {87, 403, errc::forbidden, "app"},
        {88, 429, errc::rate_limited, "wait"},
        {89, 401, errc::token_revoked, "sign in again"},
        {92, 403, errc::provider_error, "https"},
        {93, 403, errc::access_level, "portal"},
        {99, 403, errc::invalid_credentials, "key"},
        {130, 503, errc::provider_unavailable, ""},
        {131, 500, errc::provider_unavailable, ""},
        {135, 401, errc::clock_skew, "set the clock"},
        {136, 403, errc::forbidden, "blocked"},
        {144, 404, errc::not_found, ""},
        {161, 403, errc::forbidden, "follow"},
        {179, 403, errc::forbidden, "not shown"},
        {185, 403, errc::rate_limited, "in a day"},
        {344, 403, errc::rate_limited, "in a day"},
        {186, 403, errc::provider_error, "longer"},
        {187, 403, errc::duplicate, "already"},
        {215, 400, errc::invalid_credentials, "key"},
        {220, 403, errc::forbidden, "other credentials"},
        {226, 403, errc::forbidden, "automated"},
        {231, 403, errc::forbidden, "confirm"},
        {261, 403, errc::access_level, "portal"},
        {326, 403, errc::account_locked, "unlock"},
        {415, 403, errc::callback_refused, "register"},
        {416, 401, errc::invalid_credentials, "suspended"},
        {417, 401, errc::callback_refused, "oob"},
        {453, 403, errc::access_level, "portal"},
        // By their HTTP class.
        {38, 403, errc::forbidden, ""},
        {44, 400, errc::provider_error, ""},
        {251, 410, errc::provider_error, ""},
        {9999, 401, errc::invalid_credentials, "key"},
        {9999, 500, errc::provider_unavailable, ""},
    };
    for (const row& r : table) {
        CAPTURE(r.code);
        const error e = read(response_of(r.status, coded(r.code)));
        CHECK(e.reason() == r.expected);
        CHECK(e.provider_code() == r.code);
        CHECK(e.http_status() == r.status);
        CHECK(e.provider_message() == "words");
        if (*r.hint)
            CHECK_MESSAGE(hints(e, r.hint), e.what());
    }
}

TEST_CASE("read_error: the HTTP status counts if nothing else does")
{
    struct row {
        int status;
        errc expected;
    };
    const row table[] = {
        {301, errc::unexpected_redirect},
        {302, errc::unexpected_redirect},
        {304, errc::unexpected_redirect},
        {307, errc::unexpected_redirect},
        {308, errc::unexpected_redirect},
        {400, errc::provider_error},
        {401, errc::invalid_credentials},
        {402, errc::access_level},
        {403, errc::forbidden},
        {404, errc::not_found},
        {406, errc::provider_error},
        {410, errc::provider_error},
        {420, errc::rate_limited},
        {422, errc::provider_error},
        {429, errc::rate_limited},
        {500, errc::provider_unavailable},
        {502, errc::provider_unavailable},
        {503, errc::provider_unavailable},
        {599, errc::provider_unavailable},
        {199, errc::provider_error},
    };
    for (const row& r : table)
        for (const char* body : {"", "<html>x</html>", "garbage \xff", "{}"}) {
            CAPTURE(r.status);
            CHECK(read(response_of(r.status, body)).reason() == r.expected);
        }
}

TEST_CASE("read_error: bodies of every other shape have a meaning")
{
    struct row {
        step at;
        int status;
        const char* body;
        errc expected;
    };
    const row table[] = {
        {step::access_token, 401, "Error processing your OAuth request: Invalid oauth_verifier parameter",
            errc::invalid_verifier},
        {step::access_token, 401, "Invalid request token.", errc::expired},
        {step::access_token, 401, "<hash><error>Invalid / expired Token</error></hash>", errc::expired},
        {step::access_token, 401, R"({"errors":[{"code":89,"message":"Invalid or expired token"}]})", errc::expired},
        {step::call, 401, "<hash><error>Invalid / expired Token</error></hash>", errc::token_revoked},
        {step::request_token, 401, "Failed to validate oauth signature and token", errc::invalid_credentials},
        {step::request_token, 403, "<errors><error code=\"415\">Callback URL not approved</error></errors>",
            errc::callback_refused},
        {step::request_token, 403, "Callback URL not approved for this client application.", errc::callback_refused},
        {step::request_token, 401,
            "<hash><error>Desktop applications only support the oauth_callback value 'oob'</error></hash>",
            errc::callback_refused},
        {step::request_token, 400, "error=invalid_request&error_description=Timestamp+given+is+invalid",
            errc::clock_skew},
        {step::request_token, 404, "", errc::provider_error},
        {step::access_token, 404, "<html></html>", errc::provider_error},
        {step::call, 401, R"({"title":"Unauthorized","type":"about:blank","status":401,"detail":"Unauthorized"})",
            errc::invalid_credentials},
        {step::call, 429,
            R"({"title":"Too Many Requests","detail":"Too Many Requests","type":"about:blank","status":429})",
            errc::rate_limited},
        // Not a rate limit: no wait helps.
        {step::call, 429, R"({"title":"UsageCapExceeded","type":"https://api.x.com/2/problems/usage-capped"})",
            errc::access_level},
        {step::call, 429, R"({"title":"UsageCapExceeded","detail":"Usage cap exceeded: Monthly product cap"})",
            errc::access_level},
        {step::call, 403,
            R"({"title":"Forbidden","detail":"Your account is suspended and is not permitted to access this feature.","type":"about:blank"})",
            errc::suspended},
        {step::call, 403,
            R"({"errors":[{"message":"To protect our users from spam, this account is temporarily locked."}]})",
            errc::account_locked},
        {step::call, 403, R"({"title":"Forbidden","detail":"Forbidden","type":"about:blank"})", errc::forbidden},
        {step::call, 403, "<html><title>Your account is suspended</title></html>", errc::forbidden},
        {step::call, 404,
            R"({"errors":[{"value":"signature","detail":"User has been suspended: [signature].","title":"Forbidden","type":"https://api.x.com/2/problems/resource-not-found"}]})",
            errc::suspended},
        {step::call, 403,
            R"({"detail":"You are not allowed to create a Tweet with duplicate content.","type":"about:blank","title":"Forbidden","status":403})",
            errc::duplicate},
        {step::call, 403,
            R"({"title":"Client Forbidden","reason":"client-not-enrolled","type":"https://api.twitter.com/2/problems/client-forbidden"})",
            errc::access_level},
        {step::call, 403,
            R"({"title":"Forbidden","detail":"Your client app is not configured with the appropriate oauth1 app permissions for this endpoint.","type":"https://api.twitter.com/2/problems/oauth1-permissions"})",
            errc::access_level},
        {step::call, 403,
            R"({"title":"Unsupported Authentication","type":"https://api.twitter.com/2/problems/unsupported-authentication"})",
            errc::forbidden},
        {step::call, 404,
            R"({"errors":[{"value":"1","detail":"User has been suspended: [1].","title":"Forbidden","type":"https://api.x.com/2/problems/resource-not-found"}]})",
            errc::suspended},
        {step::call, 404,
            R"({"errors":[{"value":"1","detail":"Could not find","title":"Not Found Error","type":"https://api.x.com/2/problems/resource-not-found"}]})",
            errc::not_found},
        {step::call, 400,
            R"({"errors":[{"message":"bad since_id"}],"title":"Invalid Request","type":"https://api.x.com/2/problems/invalid-request"})",
            errc::provider_error},
        {step::call, 503, "Over capacity", errc::provider_unavailable},
    };
    for (const row& r : table) {
        CAPTURE(r.body);
        CHECK(read(response_of(r.status, r.body), r.at).reason() == r.expected);
    }
}

TEST_CASE("read_error: the code may be in a header")
{
    http::response r = response_of(401, "");
    r.headers.add("WWW-Authenticate", "OAuth realm=\"https://api.x.com\", api_error_code=89");
    CHECK(read(r).reason() == errc::token_revoked);
    CHECK(read(r).provider_code() == 89);
    r.headers.set("www-authenticate", "OAuth api_error_code=x");
    CHECK_FALSE(read(r).provider_code());
}

TEST_CASE("read_error: a refusal of the credentials says which ones, by what was being done")
{
    const http::response r = response_of(401, coded(32));
    CHECK(hints(read(r, step::request_token), "consumer key"));
    CHECK_FALSE(hints(read(r, step::request_token), "access token"));
    CHECK(hints(read(r, step::access_token), "new login"));
    CHECK(hints(read(r, step::call), "access token"));
}

TEST_CASE("read_error: a clock that differs is named, with the direction")
{
    http::response r = response_of(401, coded(135));
    r.headers.add("date", "Tue, 14 Nov 2023 22:20:12 GMT");
    CHECK(read(r).hint() == "the clock of this machine is 412 s behind the provider's");
    r.headers.set("date", "Tue, 14 Nov 2023 20:13:20 GMT");
    CHECK(read(r).hint() == "the clock of this machine is 7200 s ahead of the provider's");
    r.body = coded(32);
    CHECK(hints(read(r), "7200 s ahead"));
    r.headers.set("date", "Tue, 14 Nov 2023 22:14:20 GMT"); // exactly a minute
    CHECK_FALSE(hints(read(r), "clock"));
    r.body = coded(135);
    r.headers.set("date", "Tue, 14 Nov 2023 22:13:20 GMT");
    CHECK(hints(read(r), "agrees"));
}

TEST_CASE("read_error: the wait after an exhausted rate limit is that of the latest exhausted window")
{
    http::response r = response_of(429, coded(88));
    CHECK_FALSE(read(r).retry_after());

    add_window(r, "x-rate-limit-", "0", 1700000100);
    CHECK(read(r).retry_after() == std::chrono::seconds(100));
    CHECK(hints(read(r), "100 s"));
    add_window(r, "x-app-limit-24hour-", "5", 1700009999); // not exhausted
    CHECK(read(r).retry_after() == std::chrono::seconds(100));
    add_window(r, "x-user-limit-24hour-", "0", 1700005000);
    CHECK(read(r).retry_after() == std::chrono::seconds(5000));
    r.headers.add("retry-after", "6000");
    CHECK(read(r).retry_after() == std::chrono::seconds(6000));
    // By the provider's clock, where it tells it.
    r.headers.add("date", "Tue, 14 Nov 2023 23:13:20 GMT");
    r.headers.set("retry-after", "x");
    CHECK(read(r).retry_after() == std::chrono::seconds(1400));

    http::response day_exhausted = response_of(429, "");
    add_window(day_exhausted, "x-rate-limit-", "899", 1700000100);
    add_window(day_exhausted, "x-user-limit-24hour-", "0", 1700005000);
    CHECK(read(day_exhausted).retry_after() == std::chrono::seconds(5000));
}

TEST_CASE("read_error: a nonsensical wait is bounded")
{
    http::response r = response_of(429, coded(88));
    add_window(r, "x-rate-limit-", "0", 1700000001);
    CHECK(read(r).retry_after() == std::chrono::seconds(1));
    r.headers.set("x-rate-limit-reset", "200000000000");
    CHECK(read(r).retry_after() == std::chrono::seconds(86460));
    r.headers.set("x-rate-limit-reset", "1700000001");
    r.headers.set("retry-after", "9223372036854775807");
    CHECK(read(r).retry_after() == std::chrono::seconds(86460));
}

TEST_CASE("read_error: a time that has passed, or can't be read, is not a time to retry at")
{
    struct row {
        const char* remaining;
        const char* reset;
        const char* retry_after;
        std::optional<std::chrono::seconds> expected;
    };
    using std::chrono::seconds;
    const row rows[] = {
        {"0", "1600000000", "", {}},
        {"0", "1700000000", "", {}}, // now
        {"0", "0", "", {}},
        {"0", "-1", "", {}},
        {"0", "x", "", {}},
        {"0", "1700000100.5", "", {}},
        {"0", "1000000000000000000", "", {}},
        {"-5", "1700000100", "", seconds(100)},
        {"x", "1700000100", "", {}},
        {"0", "1600000000", "0", {}},
        {"0", "1600000000", "-7", {}},
        {"0", "1600000000", "7", seconds(7)},
        {"0", "1700000100", "0", seconds(100)},
        {"5", "1700000100", "0", {}},
        {"5", "1700000100", "Tue, 14 Nov 2023 22:13:10 GMT", {}},
        {"5", "1700000100", "Tue, 14 Nov 2023 22:13:30 GMT", seconds(10)},
    };
    for (const row& given : rows) {
        CAPTURE(given.remaining);
        CAPTURE(given.reset);
        CAPTURE(given.retry_after);
        http::response r = response_of(429, coded(88));
        r.headers.add("x-rate-limit-remaining", given.remaining); // without a limit
        r.headers.add("x-rate-limit-reset", given.reset);
        r.headers.add("retry-after", given.retry_after);
        CHECK(read(r).retry_after() == given.expected);
        r.status = 503;
        r.body.clear();
        const auto busy = read(r).retry_after();
        CHECK((!busy || busy->count() > 0));
    }
}

TEST_CASE("read_error: a wrong verifier is named even if a bad token's code comes with it")
{
    http::response r = response_of(401, "Error processing your OAuth request: Invalid oauth_verifier parameter");
    r.headers.add("www-authenticate", R"(OAuth realm="https://api.x.com", api_error_code=89)");
    const error e = read(r, step::access_token);
    CHECK(e.reason() == errc::invalid_verifier);
    CHECK(whose_fault(e.reason()) == fault::login);
    CHECK(hints(e, "ask for the PIN again"));
}

TEST_CASE("read_error: Retry-After counts for an unavailable provider, as seconds or a date, and for nothing else")
{
    const auto wait = [](const char* text) {
        http::response r = response_of(503, "");
        r.headers.add("retry-after", text);
        return read(r).retry_after().value_or(std::chrono::seconds(-1)).count();
    };
    for (const char* date : {"Tue, 14 Nov 2023 22:13:50 GMT", "Tue Nov 14 22:13:50 2023"})
        CHECK_MESSAGE(wait(date) == 30, date);
    for (const auto& [text, seconds] : {std::pair("7", 7), std::pair("1.5", 2), std::pair("0.001", 1),
             std::pair("1.0", 1), std::pair("86459.5", 86460), std::pair("99999999999999999999", 86460)})
        CHECK(wait(text) == seconds);
    for (const char* bad : {"", "-1", "+1", "0.0", ".5", "1.5.0", "1,5", "1e3", "soon", "7 s", "."})
        CHECK_MESSAGE(wait(bad) == -1, bad);
    http::response not_found = response_of(404, "");
    not_found.headers.add("retry-after", "7");
    CHECK_FALSE(read(not_found).retry_after());
}

TEST_CASE("read_error: a token that may only read explains a refused write")
{
    http::response r = response_of(403, "");
    r.headers.add("x-access-level", "read");
    CHECK(read(r, step::call, true).reason() == errc::access_level);
    CHECK(hints(read(r, step::call, true), "read only"));
    CHECK(read(r, step::call, false).reason() == errc::forbidden);
    r.headers.set("x-access-level", "read-write");
    CHECK(read(r, step::call, true).reason() == errc::forbidden);
}

TEST_CASE("read_error: what the provider repeats of the request is not shown")
{
    std::vector<secret> hidden{secret("token/canary=1"), secret("123"), secret()};
    CHECK(without_secrets("bad token/canary=1 here", hidden) == "bad [hidden] here");
    CHECK(without_secrets("bad token%2Fcanary%3D1, token/canary=1", hidden) == "bad [hidden], [hidden]");
    CHECK(without_secrets("code 123", hidden) == "code 123");
    CHECK(without_secrets("you sent oauth_nonce=\"a\", oauth_token=\"b\"", hidden) == "you sent [hidden]");
    CHECK(without_secrets("base GET&https%3A%2F%2Fh&oauth_token%3Db", hidden) == "base GET&https%3A%2F%2Fh&[hidden]");
    CHECK(without_secrets("Invalid oauth_verifier parameter", hidden) == "Invalid oauth_verifier parameter");
    CHECK(without_secrets("ends in oauth_", hidden) == "ends in oauth_");
}

TEST_CASE("read_error: a page from something before the provider is named as one")
{
    const error e = read(response_of(403, "<html><title>Blocked</title></html>"));
    CHECK(e.reason() == errc::forbidden);
    CHECK(hints(e, "HTML page"));
    CHECK(e.provider_message() == "Blocked");
    // Its words are not the provider's.
    CHECK(read(response_of(403, "<html><title>bad signature timestamp</title></html>")).reason() == errc::forbidden);
}
