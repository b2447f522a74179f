// Callbacks that no provider sent, and return paths that lead to other sites.
#include "programs/login_server/site_fixture.hpp"
#include "unit/site/hostile_return_paths.hpp"

#include <coauth/text/percent_encoding.hpp>

using namespace testing;

TEST_CASE("login_server callback: a malformed one is a 4xx page, costs no exchange and harms no login")
{
    site_fixture s(approving());
    browser ada(s);
    const std::string good = ada.allow();
    const auto part = [&good](const char* name) {
        const auto at = good.find(name);
        return good.substr(at, good.find('&', at) - at);
    };
    const std::string token = part("oauth_token=");
    const std::string verifier = part("oauth_verifier=");
    const std::string value = token.substr(token.find('=') + 1);
    const std::string long_text(2'100, 'a');
    const std::vector<std::string> queries = {"", "?", "?&", "?=", "?a=b", "?" + token, "?" + verifier,
        "?" + token + "&oauth_verifier=", "?oauth_token=&" + verifier, "?oauth_token&oauth_verifier",
        "?" + token + "&" + token + "&" + verifier, "?" + token + "&" + verifier + "&" + verifier,
        "?" + token + "&" + verifier + "&denied=" + value, "?" + token + "&denied=" + value, "?denied=", "?denied",
        "?denied=" + value + "&denied=" + value, "?denied=" + value + "x", "?" + token + "x&" + verifier,
        "?oauth_token=x&" + verifier, "?oauth_token=" + long_text + "&" + verifier,
        "?" + token + "&oauth_verifier=" + long_text, "?" + token + "&" + verifier + "&oauth_extra=1",
        "?" + token + "&" + verifier + "&oauth_callback_confirmed=true", "?" + token + "&" + verifier + "&%",
        "?" + token + "&" + verifier + "&a=%zz", "?" + token + "%00&" + verifier, "?" + token + "%0d%0a&" + verifier,
        "?" + token + "&oauth_verifier=%0a", "?oauth_token=%3Cscript%3Ealert(1)%3C/script%3E&" + verifier,
        "?error=access_denied", "?code=1&state=2", "?Oauth_Token=" + value + "&Oauth_Verifier=1",
        "?" + token + ";" + verifier, "?" + token + "?" + verifier, "?oauth_token[]=" + value + "&" + verifier,
        "?denied=" + value.substr(1), "?denied=%00", "?denied=" + long_text, "?oauth_verifier=1&oauth_verifier=2"};
    CHECK(queries.size() >= 40);
    for (const auto& query : queries) {
        CAPTURE(query);
        const response refused = ada.ask(ada.get("/callback" + query));
        CHECK(refused.status >= 400);
        CHECK(refused.status < 500);
        CHECK(has(refused.body, "<h1>"));
        CHECK(has(refused.body, "action=\"/login\""));
        CHECK_FALSE(has(refused.body, "script"));
        CHECK_FALSE(has(refused.body, value));
        CHECK(header(refused, "Cache-Control") == "no-store");
        CHECK(ada.jar.count("coauth_session") == 0);
    }
    CHECK(s.exchanges() == 0);
    CHECK(s.logged.empty());
    CHECK(ada.ask(ada.get(good)).status == 303);
}

TEST_CASE(
    "login_server callback: a changed verifier is refused by the provider, and is not logged as an error of the site")
{
    site_fixture s(approving());
    browser ada(s);
    const response refused = ada.ask(ada.get(ada.allow() + "x"));
    CHECK(refused.status == 400);
    CHECK(has(refused.body, "did not accept"));
    CHECK(s.logged.empty());
    CHECK_FALSE(ada.signed_in());
    ada.sign_in();
    CHECK(ada.signed_in());
}

TEST_CASE("login_server callback: a preview of it finishes nothing")
{
    site_fixture s(approving());
    browser ada(s);
    const std::string callback = ada.allow();
    request head = ada.get(callback);
    head.method = "HEAD";
    CHECK(ada.ask(head).status == 405);
    CHECK(ada.ask(ada.post(callback)).status == 405);
    CHECK(s.exchanges() == 0);
    CHECK(ada.ask(ada.get(callback)).status == 303);
}

TEST_CASE("login_server return path: every one stays on this site, and the good ones are kept")
{
    site_fixture s(approving());
    for (const std::string path : {"/", "/profile", "/profile?a=b&c=d", "/a/b/c", "/profile?next=%2Fx"}) {
        CAPTURE(path);
        browser ada(s);
        CHECK(ada.sign_in("/login?return=" + coauth::text::percent_encode(path)) == origin + path);
    }
    const auto all = hostile_return_paths();
    CHECK(all.size() >= 400);
    for (const auto& path : all) {
        CAPTURE(path);
        browser ada(s);
        CHECK(ada.sign_in("/login?return=" + coauth::text::percent_encode(path)) == origin + "/profile");
    }
    for (const char* query :
        {"?return=", "?return", "?return=/a&return=/b", "?return=/a&return=//b", "?RETURN=//b", "?return[]=//b"}) {
        CAPTURE(std::string(query));
        browser ada(s);
        CHECK(ada.sign_in(std::string("/login") + query) == origin + "/profile");
    }
    browser ada(s);
    CHECK(ada.ask(ada.post("/login?return=%")).status == 400);
    // A path that leaves no room for what goes with it.
    const response pressed = ada.ask(ada.post("/login?return=/" + std::string(1'020, 'a'), "page=abcdefgh"));
    REQUIRE(pressed.status == 303);
    const response back = ada.ask(ada.get("/callback?" + s.browse(header(pressed, "Location"))));
    CHECK(header(back, "Location") == origin + "/profile");
}
