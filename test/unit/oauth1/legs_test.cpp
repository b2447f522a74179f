#include <coauth/oauth1/callback.hpp>
#include <coauth/oauth1/legs.hpp>

#include <cstddef>
#include <string>

using namespace coauth;
using namespace coauth::oauth1;

namespace {

const consumer app("key", secret("consumer-canary"));
const moment at("nonce-1", 1700000000);

} // namespace

TEST_CASE("legs: leg 1's response has one token, one secret and the confirmed callback")
{
    const auto good = parse_request_token_reply("oauth_token=t&oauth_token_secret=s&oauth_callback_confirmed=true\n");
    REQUIRE(good);
    CHECK(good->token() == "t");
    CHECK(good->secret().matches("s"));

    struct row {
        const char* body;
        errc expected;
    };
    const row table[] = {
        {"oauth_token=t&oauth_token_secret=s", errc::callback_not_confirmed},
        {"oauth_token=t&oauth_token_secret=s&oauth_callback_confirmed=false", errc::callback_not_confirmed},
        {"oauth_token=t&oauth_token_secret=s&oauth_callback_confirmed=TRUE", errc::callback_not_confirmed},
        {"oauth_token=t&oauth_token_secret=s&oauth_callback_confirmed=true&oauth_callback_confirmed=true",
            errc::callback_not_confirmed},
        {"", errc::malformed_response},
        {"<html>hello</html>", errc::malformed_response},
        {"{\"oauth_token\":\"t\"}", errc::malformed_response},
        {"oauth_token=t", errc::malformed_response},
        {"oauth_token=t&oauth_token=u&oauth_token_secret=s&oauth_callback_confirmed=true", errc::malformed_response},
        {"oauth_token=&oauth_token_secret=s&oauth_callback_confirmed=true", errc::malformed_response},
        {"oauth_token=%zz&oauth_token_secret=s&oauth_callback_confirmed=true", errc::malformed_response},
        {"oauth_token=a%0Ab&oauth_token_secret=s&oauth_callback_confirmed=true", errc::malformed_response},
        {"oauth_token=t&oauth_token_secret=a%0Db&oauth_callback_confirmed=true", errc::malformed_response},
    };
    for (const auto& r : table) {
        CAPTURE(r.body);
        const auto reply = parse_request_token_reply(r.body);
        REQUIRE_FALSE(reply);
        CHECK(reply.error().reason() == r.expected);
    }
    CHECK_FALSE(parse_request_token_reply(std::string(70'000, 'a')));
}

TEST_CASE("legs: leg 3's response keeps its other fields")
{
    const auto reply =
        parse_access_token_reply("oauth_token=6253282-x&oauth_token_secret=s&user_id=6253282&screen_name=a_b");
    REQUIRE(reply);
    CHECK(reply->extra("user_id") == "6253282");
    CHECK(reply->extra("screen_name") == "a_b");
    CHECK(reply->extra("other").empty());
    CHECK_FALSE(parse_access_token_reply("oauth_token=t&oauth_token_secret=s&oauth_token_secret=s"));
    // A provider may give a token without a secret value.
    CHECK(parse_access_token_reply("oauth_token=t&oauth_token_secret=").has_value());
}

TEST_CASE("legs: leg 1's request has the callback and the provider's own parameters")
{
    const auto r = build_request_token_request(
        app, "https://h/oauth/request_token", "https://app/cb?x=1", at, {{"x_auth_access_type", "read"}});
    REQUIRE(r);
    CHECK(r->method == "POST");
    CHECK(r->form == "x_auth_access_type=read");
    CHECK(r->authorization.find("oauth_callback=\"https%3A%2F%2Fapp%2Fcb%3Fx%3D1\"") != std::string::npos);
    CHECK(r->authorization.find("oauth_token=") == std::string::npos);
    CHECK(build_request_token_request(app, "https://h/", "oob", at).has_value());
    CHECK(build_request_token_request(app, "https://h/", "myapp://callback", at).has_value());
    CHECK(build_request_token_request(app, "https://h/", "com.example.app:/callback", at).has_value());
    for (const char* bad :
        {"", "OOB", "callback", "/callback", ":", "http:", "https://a b/", "https://a/\r\nX: y", "1 2:x",
            "localhost:8080/cb", "127.0.0.1:80/cb", "http://", "javascript:alert(1)", "1x:/y", "https://h/%zz"}) {
        CAPTURE(bad);
        CHECK_FALSE(build_request_token_request(app, "https://h/", bad, at));
    }
}

TEST_CASE("legs: leg 2's URL has the token and the extra parameters")
{
    const request_token login("a&b", secret("s"));
    CHECK(build_authorization_url("https://h/oauth/authorize", login) == "https://h/oauth/authorize?oauth_token=a%26b");
    CHECK(build_authorization_url("https://h/a?x=1", login, {{"force_login", "true"}}) ==
          "https://h/a?x=1&oauth_token=a%26b&force_login=true");
}

TEST_CASE("legs: leg 2's URL has the token in its query, for every form of the base")
{
    const request_token login("t", secret("s"));
    CHECK(build_authorization_url("https://h/a#f", login) == "https://h/a?oauth_token=t");
    CHECK(build_authorization_url("https://h/a?", login) == "https://h/a?oauth_token=t");
    CHECK(build_authorization_url("https://h/a?b&", login) == "https://h/a?b&oauth_token=t");
}

TEST_CASE("legs: leg 3's request has the verifier")
{
    const request_token login("t", secret("s"));
    const auto r = build_access_token_request(app, "https://h/oauth/access_token", login, "0123456", at);
    REQUIRE(r);
    CHECK(r->authorization.find("oauth_verifier=\"0123456\"") != std::string::npos);
    CHECK(r->authorization.find("oauth_token=\"t\"") != std::string::npos);
    for (const std::string bad : {"", "a\n", "\r", "a\tb", "\x7f", "\x1f"})
        CHECK_FALSE(build_access_token_request(app, "https://h/", login, bad, at));
    CHECK_FALSE(build_access_token_request(app, "https://h/", login, std::string("a\0b", 3), at));
    CHECK_FALSE(build_access_token_request(app, "https://h/", login, std::string(513, '1'), at));
}

TEST_CASE("legs: leg 3's key, used once, signs as one that is kept for many requests does")
{
    const std::string long_secret(200, 's');
    for (const signature_method& method : {hmac_sha1(), hmac_sha256(), hmac_sha512(), plaintext()})
        for (const std::string& of_token : {std::string("token-secret"), long_secret, std::string("a&b %")}) {
            const request_token login("coauth-rt-1", secret(of_token));
            const access_token user("coauth-rt-1", secret(of_token));
            message m("POST", "https://h/access_token");
            m.oauth.emplace_back("oauth_verifier", "v");
            const signer once(app, login, method);
            const auto kept = signer(app, user, method).sign_request(m, at).value();
            CHECK(once.sign_request(m, at).value().authorization == kept.authorization);
            CHECK(once.sign_request(m, at).value().authorization == kept.authorization);
        }
}

TEST_CASE("legs: a verifier is any text of the provider's without control characters")
{
    struct row {
        const char* verifier;
        const char* sent;
    };
    const row table[] = {
        {"a b", "a%20b"},
        {" a ", "%20a%20"},
        {"caf\xc3\xa9", "caf%C3%A9"},
        {"100%", "100%25"},
        {"%41", "%2541"},
        {"a+b&c=d\"e,f", "a%2Bb%26c%3Dd%22e%2Cf"},
        {"\xe2\x98\x83\xf0\x9f\x98\x80", "%E2%98%83%F0%9F%98%80"},
        {"\xff", "%FF"},
        {"-._~", "-._~"},
    };
    const request_token login("t \xc3\xa9%", secret("s \xc3\xa9%"));
    for (const row& r : table) {
        CAPTURE(r.verifier);
        const auto request = build_access_token_request(app, "https://h/oauth/access_token", login, r.verifier, at);
        REQUIRE(request);
        CHECK(request->authorization.find("oauth_verifier=\"" + std::string(r.sent) + '"') != std::string::npos);
        CHECK(request->authorization.find("oauth_token=\"t%20%C3%A9%25\"") != std::string::npos);
        const auto back = parse_callback("oauth_token=t&oauth_verifier=" + std::string(r.sent));
        REQUIRE(back);
        CHECK(back->verifier.reveal() == r.verifier);
    }
    for (const char* body : {"oauth_token=t%20%C3%A9%25&oauth_token_secret=s%20%C3%A9%25&oauth_callback_confirmed=true",
             "oauth_token=t+%C3%A9%25&oauth_token_secret=s+%C3%A9%25&oauth_callback_confirmed=true"}) {
        const auto token = parse_request_token_reply(body);
        REQUIRE(token);
        CHECK(token->token() == "t \xc3\xa9%");
        CHECK(token->secret().matches("s \xc3\xa9%"));
        CHECK(parse_access_token_reply(body).has_value());
    }
}

TEST_CASE("callback: a query is a token with a verifier or a refusal, and nothing else")
{
    const request_token login("token-1", secret("s"));

    const auto granted = parse_callback("next=%2Fhome&oauth_token=token-1&oauth_verifier=v%2B1").value();
    CHECK(granted.belongs_to(login));
    CHECK(granted.verifier.reveal() == "v+1");
    CHECK_FALSE(granted.denied);
    CHECK(*find(granted.extra, "next") == "/home");

    const auto denied = parse_callback("denied=token-1").value();
    CHECK(denied.denied);
    CHECK(denied.belongs_to(login));
    CHECK(denied.verifier.empty());
    CHECK_FALSE(parse_callback("denied=token-2").value().belongs_to(login));
    CHECK_FALSE(parse_callback("denied=token-").value().belongs_to(login));

    const char* refused[] = {"", "a=b", "oauth_token=t", "oauth_verifier=v", "oauth_token=&oauth_verifier=v",
        "oauth_token=t&oauth_verifier=", "oauth_token=t&oauth_token=t&oauth_verifier=v",
        "oauth_token=t&oauth_token=u&oauth_verifier=v", "oauth_token=t&oauth_verifier=v&oauth_verifier=w",
        "oauth_token=t&oauth_verifier=v&denied=t", "denied=t&oauth_token=t", "denied=t&oauth_verifier=v",
        "denied=t&denied=t", "denied=", "denied", "oauth_token=t&oauth_verifier=v&oauth_callback_confirmed=true",
        "oauth_problem=user_refused", "oauth_token=t%00&oauth_verifier=v", "oauth_token=t&oauth_verifier=v%0d%0aX",
        "oauth_token=t&oauth_verifier=v&x=%7f", "oauth_token=%zz&oauth_verifier=v", "oauth_token=t&oauth_verifier=%",
        "OAUTH_TOKEN=t&OAUTH_VERIFIER=v"};
    for (const char* query : refused) {
        CAPTURE(query);
        const auto r = parse_callback(query);
        REQUIRE_FALSE(r);
        CHECK(r.error().reason() == errc::invalid_argument);
    }
    CHECK(parse_callback("oauth_token=t&oauth_verifier=" + std::string(2048 - 29, 'v')).has_value());
    CHECK_FALSE(parse_callback("oauth_token=t&oauth_verifier=" + std::string(2048 - 28, 'v')));
}

TEST_CASE("credentials: are checked when they are made")
{
    const auto refused = [](auto make) {
        try {
            make();
            return false;
        } catch (const error& e) {
            CHECK(std::string(e.what()).find("canary") == std::string::npos);
            return e.reason() == errc::invalid_argument;
        }
    };
    for (const std::string key : {"", "a\n", "\ta", "a\x7f"}) {
        CAPTURE(key);
        CHECK(refused([&] { consumer(key, secret("s")); }));
        CHECK(refused([&] { request_token(key, secret("s")); }));
        CHECK(refused([&] { access_token(key, secret("s")); }));
    }
    for (std::size_t place = 0; place < 40; ++place) {
        std::string key(40, 'k');
        key[place] = '\x7f';
        CHECK(refused([&] { consumer(key, secret("s")); }));
    }
    for (const char* bad : {"canary\n", "canary\r\n", "can\tary"}) {
        CAPTURE(bad);
        CHECK(refused([&] { consumer("k", secret(bad)); }));
        CHECK(refused([&] { access_token("t", secret(bad)); }));
    }
    CHECK_FALSE(refused([] { consumer("k", secret()); }));
    CHECK_FALSE(refused([] { consumer("k", secret("with space and %&=+")); }));
}

TEST_CASE("callback: what a provider needs of it is its token, and the verifier of its login")
{
    const request_token login("token-1", secret("s"));
    CHECK(callback_token("oauth_token=token-1&oauth_verifier=v").value() == "token-1");
    CHECK(callback_token("denied=token-1").value() == "token-1");
    CHECK(callback_token("oauth_token=token-1").error().reason() == errc::invalid_argument);
    CHECK(callback_verifier("oauth_token=token-1&oauth_verifier=v%2B1", login).value().reveal() == "v+1");
    CHECK(callback_verifier("denied=token-1", login).error().reason() == errc::denied);
    CHECK(callback_verifier("state=1&code=2", login).error().reason() == errc::invalid_argument);
    for (const char* other : {"oauth_token=token-2&oauth_verifier=v", "denied=token-2"})
        CHECK(callback_verifier(other, login).error().reason() == errc::invalid_argument);
}
