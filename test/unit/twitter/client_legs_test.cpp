#include "fake_provider.hpp"

#include <coauth/oauth1/target.hpp>

using namespace coauth;
using namespace coauth::twitter;
using namespace coauth::twitter::testing;

namespace {

constexpr const char* leg_1_response = "oauth_token=t&oauth_token_secret=s&oauth_callback_confirmed=true";

} // namespace

TEST_CASE("client: leg 1 reproduces X's published request_token vector")
{
    struct row {
        const char* base;
        const char* signature;
    };
    for (const row& r : {row{"https://api.twitter.com", "F1Li3tvehgcraF8DMJ7OyxO4w9Y="},
             row{"https://api.x.com", "X9xhcB9d+NxXd/ThJ/n51vPhetM="}}) {
        client_fixture b(api_version::v2, r.base);
        b.time->set(1318467427);
        b.options.nonce = [] { return "ea9ec8429b68d6b77cd5600adbbb0456"; };
        client c(b.wire,
            oauth1::consumer("cChZNFj6T5R0TigYB9yd1w", secret("L8qq9PZyRg6ieKGEKhZolGC0vJWLw8iEJ88DRdyOg")), b.options);
        b.wire->respond(200, leg_1_response, [&](const http::request& sent) {
            CHECK(sent.method == "POST");
            CHECK(sent.origin.url() == r.base);
            CHECK(sent.target == "/oauth/request_token");
            CHECK(sent.body.empty());
            CHECK(oauth(sent, "oauth_signature") == r.signature);
            CHECK(oauth(sent, "oauth_callback") == "http://localhost/sign-in-with-twitter/");
            CHECK(oauth(sent, "oauth_consumer_key") == "cChZNFj6T5R0TigYB9yd1w");
            CHECK(oauth(sent, "oauth_nonce") == "ea9ec8429b68d6b77cd5600adbbb0456");
            CHECK(oauth(sent, "oauth_timestamp") == "1318467427");
            CHECK(oauth(sent, "oauth_version") == "1.0");
            CHECK(sent.headers.get("accept-encoding") == "identity");
            CHECK(sent.headers.get("user-agent") == "coauth/1.0.0");
            CHECK_FALSE(sent.renew);
        });
        const auto token = run(c.request_token("http://localhost/sign-in-with-twitter/"));
        REQUIRE(token);
        CHECK(token->token() == "t");
        CHECK(token->secret().matches("s"));
        CHECK(b.wire->done());
    }
}

TEST_CASE("client: leg 1 asks for an access type in a signed form")
{
    client_fixture b;
    client c = b.make();
    for (const auto& [type, body] : {std::pair(access_type::read, "x_auth_access_type=read"),
             std::pair(access_type::write, "x_auth_access_type=write")}) {
        b.wire->respond(200, leg_1_response, [expected = body](const http::request& sent) {
            CHECK(sent.body == expected);
            CHECK(sent.headers.get("content-type") == "application/x-www-form-urlencoded");
        });
        CHECK(run(c.request_token("oob", type)));
    }
}

TEST_CASE("client: leg 2's address has the token, and never the callback")
{
    client_fixture b;
    b.options.endpoints.authorize_base = "https://www.example.com/base";
    client c = b.make();
    CHECK(c.authorize_url(b.login) == "https://www.example.com/base/oauth/authorize?oauth_token=login-canary");
    authorize_options options;
    options.force_login = true;
    options.screen_name = "a b&c";
    options.lang = "de";
    CHECK(c.authenticate_url(b.login, options) ==
          "https://www.example.com/base/oauth/authenticate?oauth_token=login-canary&force_login=true&"
          "screen_name=a%20b%26c&lang=de");
}

TEST_CASE("client: leg 3 sends the verifier without the white space around it, zeros kept")
{
    client_fixture b;
    client c = b.make();
    b.wire->respond(
        200, "oauth_token=7-at&oauth_token_secret=ats&user_id=7&screen_name=ann", [](const http::request& sent) {
            CHECK(sent.method == "POST");
            CHECK(sent.target == "/oauth/access_token");
            CHECK(oauth(sent, "oauth_token") == "login-canary");
            CHECK(oauth(sent, "oauth_verifier") == "0012345");
            CHECK(oauth(sent, "oauth_signature").size() == 28);
        });
    const auto token = run(c.access_token(b.login, " \t0012345\r\n"));
    REQUIRE(token);
    CHECK(token->token() == "7-at");
    CHECK(token->extra("screen_name") == "ann");
}

TEST_CASE("client: a PIN is sent without white space of any kind")
{
    for (const std::string blank : {" ", "\t", "\v", "\u0085", "\u00a0", "\u1680", "\u2003", "\u2028", "\u202f",
             "\u3000", "\u200b", "\u2060", "\ufeff"}) {
        CAPTURE(blank);
        client_fixture b;
        client c = b.make();
        b.wire->respond(200, "oauth_token=7-at&oauth_token_secret=ats",
            [](const http::request& sent) { CHECK(oauth(sent, "oauth_verifier") == "0012345"); });
        CHECK(run(c.access_token(b.login, blank + "001" + blank + blank + "2345" + blank)));
        CHECK(run(c.access_token(b.login, blank)).error().reason() == errc::invalid_argument);
    }
}

TEST_CASE("client: a verifier that is not a PIN is sent unchanged")
{
    const std::pair<const char*, const char*> table[] = {{"a b", "a%20b"},
        {" caf\xc3\xa9 100% ", "%20caf%C3%A9%20100%25%20"}, {"a b\r\n", "a%20b"}, {" 0012 ", "0012"},
        {"00a 12", "00a%2012"}, {"\xc2\xa0zero\xc2\xa0", "%C2%A0zero%C2%A0"}};
    for (const auto& row : table) {
        const auto* const verifier = row.first;
        CAPTURE(verifier);
        client_fixture b;
        client c = b.make();
        const std::string expected = "oauth_verifier=\"" + std::string(row.second) + '"';
        b.wire->respond(200, "oauth_token=7-at&oauth_token_secret=ats", [expected](const http::request& request) {
            CHECK(request.headers.get("Authorization").find(expected) != std::string_view::npos);
        });
        CHECK(run(c.access_token(b.login, verifier)));
    }
}

TEST_CASE("client: the user who signed in has an exact id or none, and a name that can be shown")
{
    struct row {
        const char* extra;
        const char* id;
        const char* name;
    };
    const row table[] = {
        {"&user_id=7&screen_name=ann", "7", "ann"},
        {"&user_id=7&screen_name=twenty_letters_name_", "7", "twenty_letters_name_"},
        {"&user_id=7&screen_name=a%00n%FF%1b%5b2J", "7", "an\xef\xbf\xbd[2J"},
        {"&user_id=7&screen_name=ann&screen_name=bob", "7", ""},
        {"&user_id=7&user_id=7&screen_name=ann", "", "ann"},
        {"&user_id=7&user_id=8&screen_name=ann", "", "ann"},
        {"&user_id=007&screen_name=ann", "", "ann"},
        {"&user_id=7%00&screen_name=ann", "", "ann"},
        {"&user_id=ann&screen_name=", "", ""},
        {"", "", ""},
    };
    for (const row& r : table) {
        CAPTURE(r.extra);
        client_fixture b;
        client c = b.make();
        b.wire->respond(200, "oauth_token=7-at&oauth_token_secret=ats&x_more=1" + std::string(r.extra));
        const auto token = run(c.access_token(b.login, "1"));
        REQUIRE(token);
        CHECK(token->token() == "7-at");
        CHECK(token->secret().matches("ats"));
        CHECK(token->extra("user_id") == r.id);
        CHECK(token->extra("screen_name") == r.name);
        CHECK(token->extra("x_more") == "1");
    }
}

TEST_CASE("client: an endpoint below a path is signed and sent with it")
{
    client_fixture b(api_version::v2, "http://127.0.0.1:8080/prefix");
    client c = b.make();
    b.wire->respond(200, leg_1_response, [](const http::request& sent) {
        CHECK(sent.target == "/prefix/oauth/request_token");
        CHECK_FALSE(sent.origin.https);
        CHECK(sent.origin.port == 8080);
    });
    CHECK(run(c.request_token("oob")));
}

TEST_CASE("client: a leg's response that is not a token is a typed error with its status")
{
    struct row {
        const char* body;
        errc expected;
    };
    const row table[] = {
        {"oauth_token=t&oauth_token_secret=s", errc::callback_not_confirmed},
        {"oauth_token=t&oauth_token_secret=s&oauth_callback_confirmed=false", errc::callback_not_confirmed},
        {"", errc::malformed_response},
        {"<html><body>Welcome to the hotel</body></html>", errc::malformed_response},
        {R"({"errors":[]})", errc::malformed_response},
    };
    for (const row& r : table) {
        client_fixture b;
        b.wire->respond(200, r.body);
        const auto token = run(b.make().request_token("oob"));
        REQUIRE_FALSE(token);
        CHECK(token.error().reason() == r.expected);
        CHECK(token.error().http_status() == 200);
    }
    client_fixture b;
    b.wire->respond(
        200, "oauth_token=t&oauth_token_secret=s&oauth_callback_confirmed=true&x=" + std::string(70'000, 'a'));
    CHECK(run(b.make().request_token("oob")).error().reason() == errc::response_too_large);

    client_fixture page;
    page.wire->respond(200, "<html>");
    const auto refused = run(page.make().access_token(page.login, "1234567"));
    REQUIRE_FALSE(refused);
    REQUIRE(refused.error().hint());
    CHECK(refused.error().hint()->find("proxy") != std::string::npos);
}

TEST_CASE("client: each refusal of a leg has its name")
{
    struct row {
        bool third;
        int status;
        const char* body;
        errc expected;
    };
    const row table[] = {
        {false, 401, R"({"errors":[{"code":32,"message":"Could not authenticate you."}]})", errc::invalid_credentials},
        {false, 403, R"({"errors":[{"code":415,"message":"Callback URL not approved"}]})", errc::callback_refused},
        {false, 302, "", errc::unexpected_redirect},
        {false, 503, "", errc::provider_unavailable},
        {false, 429, R"({"errors":[{"code":88,"message":"Rate limit exceeded"}]})", errc::rate_limited},
        {true, 401, "Error processing your OAuth request: Invalid oauth_verifier parameter", errc::invalid_verifier},
        {true, 401, "Invalid request token.", errc::expired},
        {true, 500, "<html></html>", errc::provider_unavailable},
    };
    for (const row& r : table) {
        CAPTURE(r.body);
        client_fixture b;
        b.wire->respond(r.status, r.body);
        std::optional<error> e;
        if (r.third) {
            const auto refused = run(b.make().access_token(b.login, "1234567"));
            REQUIRE_FALSE(refused);
            e = refused.error();
        } else {
            const auto refused = run(b.make().request_token("oob"));
            REQUIRE_FALSE(refused);
            e = refused.error();
        }
        CHECK(e->reason() == r.expected);
        CHECK(e->http_status() == r.status);
        CHECK(b.wire->seen.size() == 1);
    }
}

TEST_CASE("client: what can't be used is refused before a byte is sent")
{
    client_fixture b;
    client c = b.make();
    for (const char* callback : {"", "/relative", "example.com", "OOB", "https://a b", "http://h/\n"}) {
        CAPTURE(callback);
        const auto refused = run(c.request_token(callback));
        REQUIRE_FALSE(refused);
        CHECK(refused.error().reason() == errc::invalid_argument);
    }
    for (const char* verifier : {"", "  \n", "a\nb", "a\tb", "1\x7f"}) {
        CAPTURE(verifier);
        const auto refused = run(c.access_token(b.login, verifier));
        REQUIRE_FALSE(refused);
        CHECK(refused.error().reason() == errc::invalid_argument);
    }
    CHECK(b.wire->seen.empty());
}

TEST_CASE("client: a client with unusable settings is not made")
{
    const auto fails = [](auto change) {
        client_fixture b;
        change(b.options);
        try {
            b.make();
            return false;
        } catch (const error& e) {
            return e.reason() == errc::invalid_argument;
        }
    };
    CHECK_FALSE(fails([](client_options&) {}));
    CHECK(fails([](client_options& o) { o.endpoints.api_base = "http://api.example.com"; }));
    CHECK(fails([](client_options& o) { o.endpoints.api_base = "api.example.com"; }));
    CHECK(fails([](client_options& o) { o.endpoints.authorize_base = "javascript:alert(1)"; }));
    CHECK(fails([](client_options& o) { o.endpoints.authorize_base = "http://example.com"; }));
    CHECK(fails([](client_options& o) { o.endpoints.request_token_path = "oauth/request_token"; }));
    CHECK(fails([](client_options& o) { o.endpoints.access_token_path = "/a b"; }));
    CHECK(fails([](client_options& o) { o.endpoints.authorize_path = ""; }));
    CHECK(fails([](client_options& o) { o.deadline = std::chrono::milliseconds(-1); }));
    CHECK(fails([](client_options& o) { o.retry_budget = std::chrono::milliseconds(-1); }));
    client_fixture b;
    CHECK_THROWS_AS(client(nullptr, oauth1::consumer("k", secret("s")), b.options), error);
}
