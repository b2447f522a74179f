// A provider of OAuth 1.0a as data, against a transport that a test scripts.
#include "unit/providers/osm_fixture.hpp"

#include <coauth/oauth1/authorization_header.hpp>
#include <coauth/oauth1/stored_token.hpp>
#include <coauth/providers/login_by_pin.hpp>
#include <coauth/providers/oauth1_provider.hpp>

#include <doctest/doctest.h>

#include <sstream>

using namespace coauth;
using namespace coauth::providers::testing;

TEST_CASE("oauth1_provider: three legs and the profile, on two hosts")
{
    osm_fixture b;
    const auto provider = b.make();
    CHECK(provider->name() == "osm");
    b.answer_leg_1();
    login_request request;
    request.parameters.emplace_back("theme", "dark");
    const begun_login begun = run(provider->begin("https://app.example/callback", request)).value();
    CHECK(begun.key == "lt");
    CHECK(begun.proof.reveal() == "login-canary");
    CHECK(begun.url == "https://login.example/oauth/authorize?oauth_token=lt&theme=dark");
    CHECK(b.wire->seen.back().method == "POST");
    CHECK(b.wire->seen.back().target == "/oauth/request_token?scope=read");
    CHECK(oauth(b.wire->seen.back(), "oauth_callback") == "https://app.example/callback");
    CHECK(oauth(b.wire->seen.back(), "oauth_signature_method") == "HMAC-SHA1");

    CHECK(provider->key_of("oauth_token=lt&oauth_verifier=v").value() == "lt");
    CHECK(provider->key_of("state=1&code=2").error().reason() == errc::invalid_argument);
    b.answer_leg_3();
    b.wire->respond(200, "7 Ada");
    const auto finished =
        run(provider->finish(begun, "https://app.example/callback", "oauth_token=lt&oauth_verifier=v"));
    REQUIRE(finished);
    CHECK(finished->user.id == "7");
    CHECK(finished->held.text().reveal() == "oauth1 oauth_token=at&oauth_token_secret=token-canary");
    CHECK(oauth(b.wire->seen[1], "oauth_verifier") == "v");
    CHECK(b.wire->seen[2].origin.host == "api.example");
    CHECK(b.wire->seen[2].method == "GET");

    const auto account = provider->open(finished->held);
    CHECK(account->directory() == nullptr);
    b.wire->respond(200, "7 Ada");
    CHECK(run(account->me()).value().id == "7");
    b.wire->respond(200, "notes");
    CHECK(run(account->call(http::get("https://api.example/notes"))).value().body == "notes");
    CHECK(b.wire->done());
}

TEST_CASE("oauth1_provider: another signature method, a realm, GET for the legs, and parameters of the page")
{
    osm_fixture b;
    auto rules = osm_rules();
    rules.method = oauth1::hmac_sha256();
    rules.realm = "Photos";
    rules.leg_method = "GET";
    rules.authorize_parameters.emplace_back("name", "My App");
    const auto provider = b.make(rules);
    const begun_login begun = b.begin(provider);
    CHECK(begun.url == "https://login.example/oauth/authorize?oauth_token=lt&name=My%20App");
    CHECK(b.wire->seen.back().method == "GET");
    CHECK(oauth(b.wire->seen.back(), "oauth_signature_method") == "HMAC-SHA256");
    CHECK(b.wire->seen.back().headers.get("Authorization").find("realm=\"Photos\"") != std::string_view::npos);
    b.answer_leg_3();
    b.wire->respond(200, "7 Ada");
    REQUIRE(run(provider->finish(begun, "", "oauth_token=lt&oauth_verifier=v")));
    CHECK(b.wire->seen[1].method == "GET");
    CHECK(oauth(b.wire->seen[2], "oauth_signature_method") == "HMAC-SHA256");
}

TEST_CASE("oauth1_provider: what a refusal means depends on the step, and holds no token")
{
    struct row {
        int status;
        errc at_leg_1;
        errc at_leg_3;
        errc at_call;
    };
    for (const row& each : {row{401, errc::invalid_credentials, errc::invalid_verifier, errc::token_revoked},
             row{400, errc::invalid_credentials, errc::invalid_verifier, errc::provider_error},
             row{403, errc::forbidden, errc::forbidden, errc::forbidden},
             row{404, errc::not_found, errc::not_found, errc::not_found},
             row{429, errc::rate_limited, errc::rate_limited, errc::rate_limited},
             row{302, errc::unexpected_redirect, errc::unexpected_redirect, errc::unexpected_redirect},
             row{503, errc::provider_unavailable, errc::provider_unavailable, errc::provider_unavailable}}) {
        CAPTURE(each.status);
        osm_fixture b;
        const auto provider = b.make();
        b.wire->respond(each.status, "no\x01 way").header("Retry-After", "7");
        const auto leg_1 = run(provider->begin("oob", login_request()));
        CHECK(leg_1.error().reason() == each.at_leg_1);
        CHECK(leg_1.error().http_status() == each.status);
        CHECK(leg_1.error().retry_after() == std::chrono::seconds(7));
        CHECK(leg_1.error().provider_message() == "no way");

        const begun_login begun = b.begin(provider);
        b.wire->respond(each.status, "the oauth_token lt is refused");
        const auto leg_3 = run(provider->finish(begun, "oob", "oauth_token=lt&oauth_verifier=v"));
        CHECK(leg_3.error().reason() == each.at_leg_3);
        CHECK(leg_3.error().provider_message().empty());

        b.wire->respond(each.status, "<html>");
        const auto account = provider->open(credential(secret("oauth1 oauth_token=at&oauth_token_secret=s")));
        CHECK(run(account->me()).error().reason() == each.at_call);
    }
}

TEST_CASE("oauth1_provider: words of a refusal that repeat a token, verifier or signature are not shown")
{
    osm_fixture b;
    const auto provider = b.make();
    const begun_login begun = b.begin(provider);
    const auto message_for = [&](const std::string& words) {
        b.wire->respond(401, words);
        const auto ended = run(provider->finish(begun, "oob", "oauth_token=lt&oauth_verifier=verifier-canary%2F1"));
        return ended.error().provider_message();
    };
    CHECK(message_for("no such login") == "no such login");
    CHECK(message_for("oauth_problem=verifier_invalid") == "oauth_problem=verifier_invalid");
    CHECK(message_for("the verifier verifier-canary/1 is wrong").empty());
    CHECK(message_for("the verifier verifier-canary%2F1 is wrong").empty());
    CHECK(message_for("bad oauth_signature").empty());

    const auto account = provider->open(credential(secret("oauth1 oauth_token=token-canary&oauth_token_secret=s")));
    b.wire->respond(401, "token-canary has expired");
    CHECK(run(account->me()).error().provider_message().empty());
}

TEST_CASE("oauth1_provider: a denied callback, one of another login, and a profile without an id end the login")
{
    osm_fixture b;
    const auto provider = b.make();
    const begun_login begun = b.begin(provider);
    CHECK(run(provider->finish(begun, "", "denied=lt")).error().reason() == errc::denied);
    CHECK(run(provider->finish(begun, "", "oauth_token=other&oauth_verifier=v")).error().reason() ==
          errc::invalid_argument);
    CHECK(b.wire->done());
    for (const char* body : {"", "odd"}) {
        b.answer_leg_3();
        b.wire->respond(200, body);
        const auto ended = run(provider->finish(begun, "", "oauth_token=lt&oauth_verifier=v"));
        CHECK(ended.error().reason() == errc::malformed_response);
    }
}

TEST_CASE("oauth1_provider: rules that can't be used are refused")
{
    osm_fixture b;
    const std::vector<std::function<void(providers::oauth1_rules&)>> faults = {
        [](auto& rules) { rules.name = "Two Words"; },
        [](auto& rules) { rules.name = ""; },
        [](auto& rules) { rules.request_token_url = "http://login.example/"; },
        [](auto& rules) { rules.authorize_url = ""; },
        [](auto& rules) { rules.access_token_url = "/relative"; },
        [](auto& rules) { rules.user_url = ""; },
        [](auto& rules) { rules.read_user = nullptr; },
        [](auto& rules) { rules.method = nullptr; },
        [](auto& rules) { rules.leg_method = "PUT"; },
    };
    for (const auto& spoil : faults) {
        auto rules = osm_rules();
        spoil(rules);
        CHECK_THROWS_AS(b.make(rules), error);
    }
    const auto provider = b.make();
    CHECK_THROWS_AS(provider->open(credential(secret("oauth2 at"))), error);
    const auto account = provider->open(credential(secret("oauth1 oauth_token=at&oauth_token_secret=s")));
    CHECK_THROWS_AS(static_cast<void>(account->call(http::get("https://elsewhere.example/"))), error);
    CHECK_THROWS_AS(static_cast<void>(account->look_up({})), error);
}

TEST_CASE("login_by_pin: it shows the page, reads a line, and takes white space around the PIN away")
{
    osm_fixture b;
    b.answer_leg_1();
    b.answer_leg_3();
    b.wire->respond(200, "7 Ada");
    std::istringstream in(" 0123 \n");
    std::ostringstream out;
    const auto finished = run(providers::login_by_pin(b.make(), in, out));
    REQUIRE(finished);
    CHECK(out.str() == "https://login.example/oauth/authorize?oauth_token=lt\nPIN: ");
    CHECK(oauth(b.wire->seen[0], "oauth_callback") == "oob");
    CHECK(oauth(b.wire->seen[1], "oauth_verifier") == "0123");

    b.answer_leg_1();
    std::istringstream nothing;
    CHECK(run(providers::login_by_pin(b.make(), nothing, out)).error().reason() == errc::denied);
}

TEST_CASE("stored_token: what is stored comes back, and any other text is a credential of another kind")
{
    oauth1::parameters extra;
    extra.emplace_back("user_id", "7");
    extra.emplace_back("odd name", "a&b=c%");
    const oauth1::access_token access("t/+ ", secret("s&=\xc3\xa9"), extra);
    const secret text = oauth1::stored_text(access);
    CHECK(text.reveal().starts_with("oauth1 oauth_token=t%2F%2B%20&oauth_token_secret="));
    const auto back = oauth1::parse_stored_text(text.reveal());
    REQUIRE(back);
    CHECK(back->token() == "t/+ ");
    CHECK(back->secret().reveal() == "s&=\xc3\xa9");
    CHECK(back->extra() == extra);
    for (const char* other :
        {"", "oauth1", "oauth1 ", "oauth1 oauth_token=t", "oauth2 oauth_token=t&oauth_token_secret=s"})
        CHECK(oauth1::parse_stored_text(other).error().reason() == errc::token_revoked);
}
