#include <coauth/oauth2/callback.hpp>

#include <doctest/doctest.h>

#include <string>
#include <utility>

namespace oauth2 = coauth::oauth2;
using coauth::errc;

TEST_CASE("oauth2 callback: a query is a code or a refusal, with its state")
{
    const auto granted =
        oauth2::parse_callback("next=%2Fhome&code=c%2F1&state=s-1&iss=https%3A%2F%2Fh&scope=a+b").value();
    CHECK(granted.code.matches("c/1"));
    CHECK(granted.belongs_to("s-1"));
    CHECK_FALSE(granted.belongs_to("s-2"));
    CHECK_FALSE(granted.belongs_to("s-"));
    CHECK_FALSE(granted.belongs_to(""));
    CHECK(granted.issuer == "https://h");
    CHECK(granted.error.empty());
    CHECK(granted.extra == coauth::text::form{{"next", "/home"}, {"scope", "a b"}});

    const auto denied = oauth2::parse_callback("error=access_denied&error_description=The+user+said+no&error_uri=https%"
                                               "3A%2F%2Fh%2Fe&state=s&error_reason=user_denied")
                            .value();
    CHECK(denied.code.empty());
    CHECK(denied.error == "access_denied");
    CHECK(denied.error_description == "The user said no");
    CHECK(denied.error_uri == "https://h/e");
    CHECK_FALSE(denied.issuer);
    CHECK(denied.extra == coauth::text::form{{"error_reason", "user_denied"}});
    CHECK(oauth2::parse_callback("error=x&state=s&error_description=").value().error_description.empty());
    CHECK(oauth2::parse_callback("a=1&a=2&code=c&state=s").value().extra.size() == 2); // the app's own may repeat
    CHECK_FALSE(oauth2::callback().belongs_to(""));
}

TEST_CASE("oauth2 callback: what is doubled, mixed, missing, empty or malformed is refused")
{
    const std::string table[] = {"", "&", "a=b", "code=c", "state=s", "error=x", "code=c&State=s", "CODE=c&state=s",
        "iss=i&state=s", "code=&state=s", "code&state=s", "code=c&state=", "code=c&state", "error=&state=s",
        "error&state=s", "code=c&state=s&iss=", "code=c&code=c&state=s", "code=c&code=d&state=s",
        "code=&code=c&state=s", "code=c&code=&state=s", "code=c&state=s&state=s", "code=c&state=s&state=t",
        "code=c&state=&state=s", "code=c&state=s&iss=a&iss=a", "code=c&state=s&iss=a&iss=b", "error=x&error=x&state=s",
        "error=x&error=y&state=s", "error=x&error_description=a&error_description=b&state=s",
        "error=x&error_uri=a&error_uri=b&state=s", "error=x&error_description=&error_description=b&state=s",
        "code=c&error=x&state=s", "error=access_denied&code=c&state=s", "code=&error=x&state=s",
        "code=c&error=&state=s", "code=c&error_description=x&state=s", "code=c&error_uri=x&state=s",
        "error_description=x&state=s", "co%64e=c&code=d&state=s", "code=c&stat%65=s&state=s", "code=c%00&state=s",
        "code=c%0d%0aX%3A+y&state=s", "code=c%0A&state=s", "code=c&state=s%09", "code=c&state=s%7f",
        "code=c&state=s&iss=%1b", "error=x%00&state=s", "error=x&error%5fdescription%0a=a&state=s",
        "error=x&error_uri=a%0ab&state=s", "error=x&error_description=a&state=s%0d",
        "code=c&error_description=%0a&state=s", "code=c&state=s&other=%01", "code=c&state=s&oth%01er=x",
        "code=c\n&state=s", "code=%zz&state=s", "code=c&state=%", "code=c&state=%4", "code=c&state=s&x=%g0"};
    for (const std::string& query : table) {
        CAPTURE(query);
        const auto refused = oauth2::parse_callback(query);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().reason() == errc::invalid_argument);
    }
    const std::string rest = "state=s&code=";
    CHECK(oauth2::parse_callback(rest + std::string(4096 - rest.size(), 'c')).has_value());
    CHECK_FALSE(oauth2::parse_callback(rest + std::string(4097 - rest.size(), 'c')));
}

TEST_CASE("oauth2 callback: control characters in error_description are read as spaces")
{
    // Entra's, shortened.
    const auto response = oauth2::parse_callback(
        "error=access_denied&error_description=AADSTS65004%3a+declined.%0d%0aTrace+ID%3a+1%00%09%1b%7f.&state=s");
    REQUIRE(response);
    CHECK(response->state == "s");
    CHECK(response->error_description == "AADSTS65004: declined.  Trace ID: 1    .");
    CHECK(oauth2::refusal_of(*response).reason() == errc::denied);
}

TEST_CASE("oauth2 callback: an error tells nothing of the code or the state")
{
    for (const char* query :
        {"code=canary&code=canary&state=s", "code=c&error=x&state=canary", "code=canary%00&state=s"}) {
        const auto refused = oauth2::parse_callback(query);
        REQUIRE_FALSE(refused);
        CHECK(std::string(refused.error().what()).find("canary") == std::string::npos);
    }
}

TEST_CASE("issuer: a callback is of the provider that the login began at, to the letter")
{
    const auto of = [](const std::string& iss) { return oauth2::parse_callback("code=c&state=s&iss=" + iss).value(); };
    const auto without = oauth2::parse_callback("code=c&state=s").value();
    const auto refusal = oauth2::parse_callback("error=access_denied&state=s&iss=https://evil").value();
    CHECK(oauth2::check_issuer(of("https://h"), "https://h", true));
    CHECK(oauth2::check_issuer(of("https://h"), "https://h", false));
    CHECK(oauth2::check_issuer(without, "https://h", false));
    CHECK(oauth2::check_issuer(without, "", false));
    CHECK_FALSE(oauth2::check_issuer(of("https://h"), "", false)); // a provider that has none does not send one
    CHECK_FALSE(oauth2::check_issuer(without, "https://h", true));
    for (const bool announced : {true, false}) {
        CHECK_FALSE(oauth2::check_issuer(refusal, "https://h", announced));
        for (const char* other : {"https://h/", "https://H", "HTTPS://h", "https://h:443", "http://h", "h",
                 "https://evil", "https://h.evil", "https://h%2F", "https://h%20"}) {
            CAPTURE(other);
            const auto refused = oauth2::check_issuer(of(other), "https://h", announced);
            REQUIRE_FALSE(refused);
            CHECK(refused.error().reason() == errc::invalid_argument);
        }
    }
}

TEST_CASE("oauth2 callback: Facebook's number and words are a refusal where nothing else is")
{
    const auto refused = oauth2::parse_callback("error_code=1349126&error_message=App+not+active%0a&state=s").value();
    const auto error = oauth2::refusal_of(refused);
    CHECK(error.reason() == errc::provider_error);
    CHECK(error.provider_error() == "1349126");
    CHECK(error.provider_message() == "App not active ");
    CHECK(oauth2::parse_callback("error_code=7&state=s").value().error == "7");
    CHECK(oauth2::parse_callback("error=access_denied&error_code=200&state=s").value().error == "access_denied");
    CHECK(oauth2::parse_callback("code=c&error_code=200&state=s").value().error.empty());
    CHECK_FALSE(oauth2::parse_callback("error_code=&state=s"));
    CHECK_FALSE(oauth2::parse_callback("error_message=words&state=s"));
    CHECK_FALSE(oauth2::parse_callback("error_code=7"));
}

TEST_CASE("oauth2 callback: a refusal has the code that fits, and the provider's own")
{
    const std::pair<const char*, errc> table[] = {
        {"access_denied", errc::denied},
        {"user_denied", errc::denied},
        {"user_cancelled_login", errc::denied},
        {"user_cancelled_authorize", errc::denied},
        {"invalid_scope", errc::invalid_scope},
        {"unauthorized_client", errc::invalid_credentials},
        {"invalid_client", errc::invalid_credentials},
        {"server_error", errc::provider_unavailable},
        {"temporarily_unavailable", errc::provider_unavailable},
        {"login_required", errc::login_required},
        {"consent_required", errc::login_required},
        {"interaction_required", errc::login_required},
        {"redirect_uri_mismatch", errc::callback_refused},
        {"invalid_request", errc::provider_error},
        {"invalid_grant", errc::provider_error},
        {"unsupported_response_type", errc::provider_error},
        {"application_suspended", errc::provider_error},
        {"%3Cscript%3E", errc::provider_error},
        {"ACCESS_DENIED", errc::provider_error},
    };
    for (const auto& [each_code, expected] : table) {
        const auto& code = each_code; // clang 14 can't capture a binding
        CAPTURE(code);
        const auto response =
            oauth2::parse_callback(std::string("state=s&error_description=words&error=") + code).value();
        const auto error = oauth2::refusal_of(response);
        CHECK(error.reason() == expected);
        CHECK(error.provider_error() == response.error);
        CHECK(error.provider_message() == "words");
        CHECK_FALSE(error.http_status());
    }
}
