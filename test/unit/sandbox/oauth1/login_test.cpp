#include "unit/sandbox/signing_client.hpp"

#include <coauth/oauth1/callback.hpp>
#include <coauth/oauth1/legs.hpp>

#include <doctest/doctest.h>

using namespace sandbox_test;
using std::chrono::seconds;

namespace {

bool has(std::string_view text, std::string_view part)
{
    return text.find(part) != std::string_view::npos;
}

} // namespace

TEST_CASE("sandbox login: three legs by PIN, in both modes")
{
    for (const auto& o : {strict(), tolerant()}) {
        signing_client client(o);
        const auto reply = client.leg1("oob");
        CHECK(reply.status == 200);
        CHECK(reply.headers.get("Content-Type") == "text/html;charset=utf-8");
        CHECK(has(reply.body, "oauth_callback_confirmed=true"));
        const auto login = oauth1::parse_request_token_reply(reply.body).value();
        const auto pin = client.allow(login, "@user_2 ");
        CHECK(pin.size() == 7);
        const auto granted = client.leg3(login, pin);
        REQUIRE(granted.status == 200);
        CHECK(granted.headers.get("Content-Type") == "text/html;charset=utf-8");
        const auto access = oauth1::parse_access_token_reply(granted.body).value();
        CHECK(access.extra("screen_name") == "user_2");
        CHECK(access.token().starts_with(std::string(access.extra("user_id")) + '-'));
        CHECK(json_of(client.get_as(access, "/2/users/me")).at("data").at("username") == "user_2");
    }
}

TEST_CASE("sandbox login: by callback, whose own query is kept")
{
    signing_client client;
    const auto login = client.begin("https://app.example/cb?next=%2Fhome");
    const auto response = client.submit("/oauth/authenticate", "user=user_3&allow=Allow&oauth_token=" + login.token());
    CHECK(response.status == 302);
    const std::string location(response.headers.get("Location"));
    REQUIRE(location.starts_with("https://app.example/cb?next=%2Fhome&oauth_token="));
    const auto back = oauth1::parse_callback(location.substr(location.find('?') + 1)).value();
    CHECK(back.belongs_to(login));
    CHECK(client.leg3(login, std::string(back.verifier.reveal())).status == 200);
}

TEST_CASE("sandbox login: denied sends the token back and nothing else, and is the end")
{
    signing_client client;
    const auto login = client.begin("https://app.example/cb");
    const auto response = client.submit("/oauth/authorize", "user=user_1&deny=Cancel&oauth_token=" + login.token());
    CHECK(response.status == 302);
    CHECK(response.headers.get("Location") == "https://app.example/cb?denied=" + login.token());
    CHECK(client.leg3(login, "x").status == 401);
    CHECK(client.get("/oauth/authorize?oauth_token=" + login.token()).status == 403);

    const auto pin_login = client.begin();
    CHECK(client.submit("/oauth/authorize", "deny=1&oauth_token=" + pin_login.token()).status == 200);
}

TEST_CASE("sandbox login: leg 3 refuses a wrong, replayed, early or late verifier")
{
    for (const auto& o : {strict(), tolerant()}) {
        signing_client client(o);
        const auto login = client.begin();
        CHECK(client.leg3(login, "1234567").status == 401);
        CHECK(client.last_entry().at("explanation") == "the user has not allowed it yet, so no verifier was given");
        const auto pin = client.allow(login);
        const auto wrong = client.leg3(login, pin + "0");
        CHECK(wrong.status == 401);
        CHECK(wrong.body == "Error processing your OAuth request: Invalid oauth_verifier parameter");
        CHECK(client.send(client.sign(oauth1::signer(client.app, login), "POST", "/oauth/access_token")).status ==
              (o.mode == sandbox::mode::strict ? 400 : 401));
        CHECK(client.leg3(login, pin).status == 200);
        const auto repeated = client.leg3(login, pin);
        CHECK(repeated.status == 401);
        CHECK(client.last_entry().at("explanation") == "the request token was exchanged before");

        const auto late = client.begin();
        const auto late_pin = client.allow(late);
        client.now += seconds(900);
        CHECK(client.leg3(late, late_pin).status == 401);
        const auto unseen = client.begin();
        client.now += seconds(900);
        CHECK(client.get("/oauth/authorize?oauth_token=" + unseen.token()).status == 403);
    }
}

TEST_CASE("sandbox login: parameters in two places are refused, unless mode x tolerates it")
{
    for (const auto& o : {strict(), tolerant()}) {
        signing_client client(o);
        const auto login = client.begin();
        const auto pin = client.allow(login);
        // The header's other parameters, and the verifier in the form body: as X's own example has it.
        oauth1::parameters oauth;
        oauth.emplace_back("oauth_verifier", pin);
        auto r = client.sign(oauth1::signer(client.app, login), "POST", "/oauth/access_token", std::move(oauth));
        auto header = std::string(r.headers.get("Authorization"));
        const auto part = "oauth_verifier=\"" + pin + '"';
        const auto at = header.find(part);
        REQUIRE(at != std::string::npos);
        header.erase(at, part.size());
        header.erase(header.find(",", at == header.size() ? at - 2 : at), 1);
        r.headers.set("Authorization", header);
        r.headers.set("Content-Type", "application/x-www-form-urlencoded");
        r.body = "oauth_verifier=" + pin;
        CAPTURE(header);
        CHECK(client.send(r).status == (o.mode == sandbox::mode::strict ? 400 : 200));
    }
}

TEST_CASE("sandbox login: the request token's secret must be used, unless mode x tolerates it")
{
    for (const auto& o : {strict(), tolerant()}) {
        signing_client client(o);
        const auto login = client.begin();
        const auto pin = client.allow(login);
        const oauth1::request_token without(login.token(), coauth::secret(""));
        CHECK(client.leg3(without, pin).status == (o.mode == sandbox::mode::strict ? 401 : 200));
    }
}

TEST_CASE("sandbox login: leg 1 wants a callback that the app may use")
{
    auto o = strict();
    o.seed = R"({"consumers":[{"key":"listed","secret":"s","callbacks":["https://app.example/cb"]},
                              {"key":"desktop","secret":"s","callbacks":[]}]})";
    signing_client client(o);
    CHECK(code_of(client.send(client.sign(oauth1::signer(client.app), "POST", "/oauth/request_token"))) == 38);
    const auto refused = client.leg1("javascript:alert(1)");
    CHECK(refused.status == 403);
    CHECK(code_of(refused) == 415);
    CHECK(client.leg1("OOB").status == 403);

    client.app = oauth1::consumer("listed", coauth::secret("s"));
    CHECK(client.leg1("https://app.example/cb").status == 200);
    CHECK(code_of(client.leg1("https://app.example/cb/")) == 415);
    client.app = oauth1::consumer("desktop", coauth::secret("s"));
    CHECK(client.leg1("oob").status == 200);
    const auto only_oob = client.leg1("https://app.example/cb");
    CHECK(only_oob.status == 401);
    CHECK(code_of(only_oob) == 417);

    auto x = tolerant();
    x.seed = o.seed;
    signing_client tolerated(x);
    CHECK(has(tolerated.leg1("data:x").body, "<error code=\"415\">"));
    tolerated.app = client.app;
    CHECK(has(tolerated.leg1("https://app.example/cb").body, "<hash>"));
}

TEST_CASE("sandbox login: a token has no place in leg 1")
{
    signing_client client;
    const auto access = client.sign_in();
    oauth1::parameters oauth;
    oauth.emplace_back("oauth_callback", "oob");
    const auto response =
        client.send(client.sign(oauth1::signer(client.app, access), "POST", "/oauth/request_token", std::move(oauth)));
    CHECK(response.status == 401);
    CHECK(code_of(response) == 89);
}

TEST_CASE("sandbox login: tokens of one kind are not taken for the other")
{
    signing_client client;
    const auto login = client.begin();
    const oauth1::access_token disguised(login.token(), login.secret());
    CHECK(code_of(client.get_as(disguised, "/1.1/account/verify_credentials.json")) == 89);
    const auto access = client.sign_in();
    const oauth1::request_token other_way(access.token(), access.secret());
    CHECK(client.leg3(other_way, "x").body == "Invalid request token.");
}

TEST_CASE("sandbox login: what is wrong with a signature is said in the documented codes")
{
    for (const auto& o : {strict(), tolerant()}) {
        signing_client client(o);
        const bool is_strict = o.mode == sandbox::mode::strict;
        const oauth1::consumer wrong_secret(client.app.key(), coauth::secret("wrong"));
        const oauth1::consumer unknown("absent", coauth::secret("x"));
        oauth1::parameters oob;
        oob.emplace_back("oauth_callback", "oob");

        const auto bad = client.send(client.sign(oauth1::signer(wrong_secret), "POST", "/oauth/request_token", oob));
        CHECK(bad.status == 401);
        CHECK(code_of(bad) == 32);
        CHECK(has(bad.headers.get("www-authenticate"), "api_error_code=32"));
        CHECK(client.last_entry().at("refused") == "bad_signature");
        CHECK_FALSE(client.last_entry().at("explanation").is_null());
        CHECK(has(client.last_entry().at("base_string").as_string(), "POST&https%3A%2F%2F127.0.0.1%3A4000%2Foauth"));
        CHECK(client.last_entry().at("oauth").at("oauth_signature") == "***");

        CHECK(code_of(client.send(client.sign(oauth1::signer(unknown), "POST", "/oauth/request_token", oob))) == 32);

        const auto nothing = client.submit("/oauth/request_token", "");
        CHECK(nothing.status == (is_strict ? 401 : 400));
        CHECK(code_of(nothing) == 215);

        auto replayed = client.sign(oauth1::signer(client.app), "POST", "/oauth/request_token", oob);
        CHECK(client.send(replayed).status == 200);
        const auto second = client.send(replayed);
        CHECK(second.status == 401);
        CHECK(code_of(second) == 32);
        CHECK(client.last_entry().at("refused") == "nonce_used");

        auto twice = client.sign(oauth1::signer(client.app), "POST", "/oauth/request_token", oob);
        twice.headers.add("Authorization", std::string(twice.headers.get("Authorization")));
        CHECK(client.send(twice).status == 400);
    }
}

TEST_CASE("sandbox login: a client whose clock is off gets the sandbox's time")
{
    signing_client client;
    for (const auto off : {seconds(301), seconds(-301)}) {
        client.client_behind = off;
        const auto response = client.leg1("oob");
        CHECK(response.status == 401);
        CHECK(code_of(response) == 135);
        CHECK(response.headers.get("Date") == "Fri, 15 Jan 2027 08:00:00 GMT");
    }
    client.client_behind = seconds(300);
    CHECK(client.leg1("oob").status == 200);

    client.engine.set_clock_skew(seconds(7200));
    client.client_behind = seconds(0);
    const auto skewed = client.leg1("oob");
    CHECK(code_of(skewed) == 135);
    CHECK(skewed.headers.get("Date") == "Fri, 15 Jan 2027 10:00:00 GMT");
    CHECK(client.get("/").headers.get("Date") == "Fri, 15 Jan 2027 10:00:00 GMT");
}

TEST_CASE("sandbox login: the signature is checked for the host that the client used")
{
    signing_client client;
    oauth1::parameters oob;
    oob.emplace_back("oauth_callback", "oob");
    auto r = client.sign(oauth1::signer(client.app), "POST", "/oauth/request_token", oob);
    r.headers.set("Host", "api.x.com");
    CHECK(code_of(client.send(r)) == 32);

    oauth1::message m("POST", "https://api.x.com/oauth/request_token");
    m.oauth = oob;
    const auto built_in =
        oauth1::signer(client.app).sign_request(m, oauth1::moment("n", client.now.time_since_epoch().count())).value();
    r.headers.set("Authorization", built_in.authorization);
    CHECK(client.send(r).status == 200);
}

TEST_CASE("sandbox login: the page asks, refuses other browsers and unknown users, and can be used once")
{
    signing_client client;
    const auto login = client.begin("https://app.example/cb");
    const auto page = client.get("/oauth/authorize?oauth_token=" + login.token() + "&screen_name=user_4");
    CHECK(page.status == 200);
    CHECK(has(page.body, "value=\"user_4\""));
    CHECK(has(page.body, "Sandbox App"));
    CHECK(client.get("/oauth/authorize").status == 403);
    CHECK(client.get("/oauth/authorize?oauth_token=x").status == 403);
    CHECK(client.get("/oauth/authorize?oauth_token=" + login.token() + "&oauth_token=" + login.token()).status == 403);

    auto foreign = client.bare("POST", "/oauth/authorize", "allow=1&user=user_1&oauth_token=" + login.token(),
        "application/x-www-form-urlencoded");
    foreign.headers.add("Origin", "https://evil.example");
    CHECK(client.send(foreign).status == 400);
    CHECK(client.submit("/oauth/authorize", "user=user_1&oauth_token=" + login.token()).status == 400);
    CHECK(client.submit("/oauth/authorize", "allow=1&deny=1&oauth_token=" + login.token()).status == 400);
    CHECK(client.submit("/oauth/authorize", "allow=1&user=user_1").status == 403);
    const auto unknown = client.submit("/oauth/authorize", "allow=1&user=%3Cb%3E&oauth_token=" + login.token());
    CHECK(unknown.status == 200);
    CHECK(has(unknown.body, "No user is called @&lt;b&gt;"));

    CHECK(client.submit("/oauth/authorize", "allow=1&user=user_1&oauth_token=" + login.token()).status == 302);
    CHECK(client.submit("/oauth/authorize", "allow=1&user=user_1&oauth_token=" + login.token()).status == 403);
}

TEST_CASE("sandbox login: authenticate returns at once for a browser that allowed before, authorize never")
{
    signing_client client;
    const auto first = client.begin("https://app.example/cb");
    const auto allowed = client.submit("/oauth/authenticate", "allow=1&user=user_2&oauth_token=" + first.token());
    const std::string cookie(allowed.headers.get("Set-Cookie"));
    REQUIRE(has(cookie, "HttpOnly"));
    const auto open = [&](const std::string& path, const std::string& extra) {
        const auto login = client.begin("https://app.example/cb");
        auto r = client.bare("GET", path + "?oauth_token=" + login.token() + extra);
        r.headers.add("Cookie", cookie.substr(0, cookie.find(';')));
        return client.send(r).status;
    };
    CHECK(open("/oauth/authenticate", "") == 302);
    CHECK(open("/oauth/authenticate", "&force_login=true") == 200);
    CHECK(open("/oauth/authorize", "") == 200);
    client.engine.reset();
    CHECK(open("/oauth/authenticate", "") == 200);
}

TEST_CASE("sandbox login: auto-approve redirects at once, or shows the PIN")
{
    auto o = strict();
    o.auto_approve = "user_3";
    signing_client client(o);
    const auto login = client.begin("https://app.example/cb");
    const auto response = client.get("/oauth/authenticate?oauth_token=" + login.token());
    CHECK(response.status == 302);
    CHECK(has(response.headers.get("Location"), "oauth_verifier="));
    const auto by_pin = client.begin();
    CHECK(has(client.get("/oauth/authorize?oauth_token=" + by_pin.token()).body, "<code>"));
}

TEST_CASE("sandbox login: a read-only login may not write, and the same grant is given again")
{
    signing_client client;
    const auto reader = client.sign_in("user_1", "x_auth_access_type=read");
    const auto writer = client.sign_in("user_1");
    CHECK(reader.token() != writer.token());
    CHECK(client.sign_in("user_1").token() == writer.token());
    CHECK(code_of(client.post_as(reader, "/1.1/statuses/update.json", "status=hi")) == 261);
    const auto problem = client.json_as(reader, "POST", "/2/tweets", R"({"text":"hi"})");
    CHECK(problem.status == 403);
    CHECK(has(problem.body, "oauth1-permissions"));
    CHECK(client.get_as(reader, "/2/users/me").headers.get("x-access-level") == "read");
    CHECK(client.post_as(writer, "/1.1/statuses/update.json", "status=hi").status == 200);
    CHECK(code_of(client.leg1("oob", "x_auth_access_type=admin")) == 44);
}

TEST_CASE("sandbox login: an invalidated token is gone, and the next login gets another")
{
    signing_client client;
    const auto access = client.sign_in();
    const auto response = client.post_as(access, "/1.1/oauth/invalidate_token.json", "");
    CHECK(response.status == 200);
    CHECK(text(json_of(response).at("access_token")) == access.token());
    const auto after = client.get_as(access, "/1.1/account/verify_credentials.json");
    CHECK(after.status == 401);
    CHECK(code_of(after) == 89);
    CHECK(client.get_as(access, "/2/users/me").status == 401);
    CHECK(client.sign_in().token() != access.token());
}

TEST_CASE("sandbox login: nothing that is written down holds a secret")
{
    signing_client client;
    const auto login = client.begin("https://app.example/cb");
    const auto verifier = client.allow(login);
    client.leg3(login, verifier + "x");
    const auto access = oauth1::parse_access_token_reply(client.leg3(login, verifier).body).value();
    auto spoilt = client.sign(oauth1::signer(client.app, access), "GET", "/2/users/me?x=1");
    spoilt.target = "/2/users/me?x=2&oauth_verifier=" + verifier;
    client.send(spoilt);
    client.get("/oauth/authorize?oauth_token=" + login.token());
    const auto all = client.engine.seen().requests();
    const std::vector<std::string> secrets = {login.token(), std::string(login.secret().reveal()), verifier,
        access.token(), std::string(access.secret().reveal()), std::string(client.app.secret().reveal())};
    for (const auto& secret : secrets)
        CHECK_FALSE(has(all, secret));
}
