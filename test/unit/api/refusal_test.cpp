#include "api/refusal.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace coauth;
using namespace coauth::api;

namespace {

const std::chrono::sys_seconds refusal_time(std::chrono::seconds(1700000000)); // Tue, 14 Nov 2023 22:13:20 GMT

error read_plain_refusal(int status, std::string body, step at, std::vector<secret> hidden = {})
{
    http::response response;
    response.status = status;
    response.body = std::move(body);
    circumstances when;
    when.at = at;
    when.machine_now = refusal_time;
    when.provider_now = refusal_time;
    when.hidden = hidden;
    return read_by_status(response, when);
}

} // namespace

TEST_CASE("read_by_status: each status has a meaning by the step of the flow")
{
    struct row {
        int status;
        errc request_token, access_token, renewal, call;
    };
    using enum errc;
    const row table[] = {
        {199, provider_error, provider_error, provider_error, provider_error},
        {302, unexpected_redirect, unexpected_redirect, unexpected_redirect, unexpected_redirect},
        {304, unexpected_redirect, unexpected_redirect, unexpected_redirect, unexpected_redirect},
        {400, invalid_credentials, invalid_verifier, provider_error, provider_error},
        {401, invalid_credentials, invalid_verifier, invalid_credentials, token_revoked},
        {402, provider_error, provider_error, provider_error, provider_error},
        {403, forbidden, forbidden, forbidden, forbidden},
        {404, not_found, not_found, not_found, not_found},
        {405, provider_error, provider_error, provider_error, provider_error},
        {429, rate_limited, rate_limited, rate_limited, rate_limited},
        {500, provider_unavailable, provider_unavailable, provider_unavailable, provider_unavailable},
        {503, provider_unavailable, provider_unavailable, provider_unavailable, provider_unavailable},
        {599, provider_unavailable, provider_unavailable, provider_unavailable, provider_unavailable},
    };
    for (const row& each : table)
        for (const char* body : {"", "{}", "<html>x</html>", "garbage \xff"}) {
            CAPTURE(each.status);
            CHECK(read_plain_refusal(each.status, body, step::request_token).reason() == each.request_token);
            CHECK(read_plain_refusal(each.status, body, step::access_token).reason() == each.access_token);
            CHECK(read_plain_refusal(each.status, body, step::renewal).reason() == each.renewal);
            const error e = read_plain_refusal(each.status, body, step::call);
            CHECK(e.reason() == each.call);
            CHECK(e.http_status() == each.status);
        }
}

TEST_CASE("read_by_status: redirects, trouble of the provider and HTML pages have a hint")
{
    const auto hint = [](int status, const char* body) {
        return read_plain_refusal(status, body, step::call).hint().value_or("");
    };
    CHECK(hint(302, "").find("base URL") != std::string::npos);
    CHECK(hint(503, "<html>") == "try again later");
    CHECK(hint(403, "<!doctype html><title>x") == page_hint);
    CHECK(hint(403, "no") == "");
}

TEST_CASE("read_by_status: words are one short line, and none if they are a page or repeat what is hidden")
{
    const auto words = [](std::string body, std::vector<secret> hidden = {}) {
        return read_plain_refusal(403, std::move(body), step::call, std::move(hidden)).provider_message();
    };
    CHECK(words("no\x01 way") == "no way");
    CHECK(words("") == "");
    CHECK(words(std::string(1000, 'a')) == std::string(200, 'a'));
    CHECK(words("<html>no</html>") == "");
    const std::vector<secret> hidden{secret("token/canary=1"), secret("x7"), secret()};
    CHECK(words("no", hidden) == "no");
    CHECK(words("bad token/canary=1 here", hidden) == "");
    CHECK(words("bad token%2Fcanary%3D1 here", hidden) == "");
    CHECK(words("the code x7", hidden) == "");
    CHECK(words(std::string(1000, 'a') + "token/canary=1", hidden) == "");
}

TEST_CASE("read_by_status: Retry-After is bounded, and one that has passed does not count")
{
    using std::chrono::seconds;
    const auto wait = [](int status, const char* text, const char* date = "") {
        http::response response;
        response.status = status;
        response.headers.add("Retry-After", text);
        if (*date)
            response.headers.add("Date", date);
        circumstances when;
        when.machine_now = refusal_time;
        when.provider_now = refusal_time + seconds(5);
        return read_by_status(response, when).retry_after().value_or(seconds(-1)).count();
    };
    CHECK(wait(429, "7") == 7);
    CHECK(wait(503, "1.5") == 2);
    CHECK(wait(403, "7") == 7);
    CHECK(wait(429, "99999999999999999999") == 86460);
    CHECK(wait(429, "Tue, 14 Nov 2023 22:13:50 GMT") == 25); // by what was learnt of the provider's clock
    CHECK(wait(429, "Tue, 14 Nov 2023 22:13:50 GMT", "Tue, 14 Nov 2023 22:13:40 GMT") == 10);
    for (const char* none : {"", "0", "0.0", "-1", "+1", "soon", "1e3", "7 s", "Tue, 14 Nov 2023 22:13:10 GMT"})
        CHECK_MESSAGE(wait(429, none) == -1, none);
}

TEST_CASE("with_clock_hint: the clock is named for a refused timestamp, and for credentials if it is over a minute off")
{
    http::fields headers;
    CHECK(with_clock_hint("h", errc::clock_skew, headers, refusal_time).starts_with("set the clock"));
    CHECK(with_clock_hint("h", errc::invalid_credentials, headers, refusal_time) == "h");
    headers.add("Date", "Tue, 14 Nov 2023 22:20:12 GMT");
    constexpr const char* behind = "the clock of this machine is 412 s behind the provider's";
    CHECK(with_clock_hint("h", errc::clock_skew, headers, refusal_time) == behind);
    CHECK(with_clock_hint("", errc::invalid_credentials, headers, refusal_time) == behind);
    CHECK(with_clock_hint("h", errc::invalid_credentials, headers, refusal_time) == std::string("h; ") + behind);
    CHECK(with_clock_hint("h", errc::token_revoked, headers, refusal_time) == "h");
}
