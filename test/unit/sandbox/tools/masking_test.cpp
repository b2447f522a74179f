#include "sandbox/oauth2/parameters.hpp"
#include "sandbox/tools/journal.hpp"
#include "sandbox/tools/masking.hpp"

#include <boost/json.hpp>

#include <doctest/doctest.h>

using namespace coauth::sandbox;

TEST_CASE("sandbox masking: tokens are shortened, secrets are gone, the rest stays")
{
    CHECK(shortened("1500000000000000001-abcdef") == "1500...");
    CHECK(shortened("short") == "...");
    CHECK(shortened("") == "");
    CHECK(masked_value("oauth_signature", "abc") == "***");
    CHECK(masked_value("oauth_verifier", "1234567") == "***");
    CHECK(masked_value("oauth_nonce", "n") == "n");
    CHECK(masked_target("/a?oauth_token=abcdefghijklmnop&x=1&oauth_verifier=v") ==
          "/a?oauth_token=abcd...&x=1&oauth_verifier=***");
    CHECK(masked_target("/a?%6fauth_verifier=secret&b") == "/a?%6fauth_verifier=***&b");
    for (const auto* name : {"code", "code_verifier", "client_secret", "access_token", "refresh_token", "id_token",
             "token", "device_code", "user_code", "appsecret_proof", "id_token_hint", "client_assertion",
             "fb_exchange_token", "input_token", "assertion", "subject_token", "Client_Secret"})
        CHECK(masked_target("/a?" + std::string(name) + "=secret") == "/a?" + std::string(name) + "=***");
    for (const auto* name : {"code_challenge", "code_challenge_method", "token_type_hint", "response_type"})
        CHECK(masked_target("/a?" + std::string(name) + "=plain") == "/a?" + std::string(name) + "=plain");
    CHECK(masked_target("/a") == "/a");
    CHECK(masked_target("/a?oauth_token") == "/a?oauth_token");
    CHECK(masked_base_string(
              "POST&https%3A%2F%2Fx%2Fa&oauth_nonce%3Dn%26oauth_token%3Dabcdefghijklmnop%26oauth_verifier%3Dpin") ==
          "POST&https%3A%2F%2Fx%2Fa&oauth_nonce%3Dn%26oauth_token%3Dabcd...%26oauth_verifier%3D***");
    CHECK(masked_base_string("no base string") == "");
}

TEST_CASE("sandbox journal: keeps the last requests, newest last, and counts all")
{
    journal j(2);
    for (int i = 1; i <= 3; ++i) {
        journal_entry e;
        e.method = "GET";
        e.target = "/" + std::to_string(i);
        e.route = i == 3 ? "" : "/2/users/me";
        e.status = i == 2 ? 401 : 200;
        e.refused = i == 2 ? "bad_signature" : "";
        e.fault = i == 1 ? "delay" : "";
        j.record(std::move(e));
    }
    const auto requests = boost::json::parse(j.requests()).as_array();
    REQUIRE(requests.size() == 2);
    CHECK(requests[0].at("target") == "/2");
    CHECK(requests[1].at("target") == "/3");
    CHECK(requests[1].at("refused").is_null());
    const auto counters = boost::json::parse(j.counters());
    CHECK(counters.at("requests") == 3);
    CHECK(counters.at("faults") == 1);
    CHECK(counters.at("refused").at("bad_signature") == 1);
    CHECK(counters.at("routes").at("/2/users/me").at("calls") == 2);
    CHECK(counters.at("routes").at("/2/users/me").at("statuses").at("401") == 1);
    CHECK(counters.at("routes").at("other").at("calls") == 1);
    j.clear();
    CHECK(j.requests() == "[]");
    CHECK(boost::json::parse(j.counters()).at("requests") == 0);
}

TEST_CASE("sandbox masking: the token of a page is no secret")
{
    CHECK(masked_target("/2/users/1/mentions?pagination_token=abcdefghijklmno&code_challenge=x&token_type_hint=t") ==
          "/2/users/1/mentions?pagination_token=abcdefghijklmno&code_challenge=x&token_type_hint=t");
    CHECK(
        masked_target("/x?fb_exchange_token=LEAK&Client_Secret=LEAK") == "/x?fb_exchange_token=***&Client_Secret=***");
}

TEST_CASE("sandbox masking: tokens in a path, and pairs behind a second ?")
{
    CHECK(masked_target("/user/gho_abc/x") == "/user/***/x");
    CHECK(masked_target("/applications/x/tokens/abc?y=1") == "/applications/x/tokens/***?y=1");
    CHECK(masked_target("/2/oauth2/token?x=1") == "/2/oauth2/token?x=1");
    CHECK(masked_target("/.well-known/oauth-authorization-server/oidc") ==
          "/.well-known/oauth-authorization-server/oidc");
    CHECK(masked_target("/me;access_token=abc?x=1?code=abc&y=2?z") == "/me;access_token=***?x=1?code=***&y=2?z");
    CHECK(masked_target("/x?state=EAAabc&request=eyJhbGciOiJub25lIn0.e30.") == "/x?state=***&request=***");
    CHECK(masked_base_string("GET&https%3A%2F%2Fx%2Ftokens%2Fabc%2Fd&a%3D1") ==
          "GET&https%3A%2F%2Fx%2Ftokens%2F%2A%2A%2A%2Fd&a%3D1");
}

TEST_CASE("sandbox masking: a body in another form than it says shows none of its secrets")
{
    const auto shown = masked({{"{\"client_secret\":\"LEAK\",\"redirect_uri\":\"https://a.example/?x", "1\"}"},
        {std::string(65, 'n'), "v"}, {"client_id", "app"}});
    CHECK(shown == oauth1::parameters{{"(an odd name)", "***"}, {"(an odd name)", "***"}, {"client_id", "app"}});
    const auto reading = read_parameters_of("", "{\n\"client_secret\": \"LEAK\"}");
    CHECK(reading.malformed == "the body looks like JSON, and its Content-Type says that it is a form");
    CHECK(read_parameters_of("", "a\x01LEAK=1").malformed.value_or("LEAK").find("LEAK") == std::string::npos);
}

TEST_CASE("sandbox journal: a log line is one line")
{
    journal_entry e;
    e.method = "GET";
    e.target = "/x\r\n2026 forged \x1b[2J";
    e.status = 404;
    e.explanation = "a\nb";
    const auto line = log_line(e);
    CHECK(line.find_first_of("\r\n\x1b") == std::string::npos);
}
