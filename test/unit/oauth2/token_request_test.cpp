#include "oauth2/endpoint.hpp"

#include <coauth/oauth2/authorization_url.hpp>
#include <coauth/oauth2/pkce.hpp>
#include <coauth/oauth2/revocation.hpp>
#include <coauth/oauth2/token_request.hpp>

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <utility>

namespace oauth2 = coauth::oauth2;
using coauth::errc;
using coauth::secret;
using oauth2::client_authentication;

namespace {

template <class Make>
std::optional<errc> refusal_of_making(Make make)
{
    try {
        make();
        return std::nullopt;
    } catch (const coauth::error& e) {
        CHECK(std::string(e.what()).find("canary") == std::string::npos);
        CHECK((e.hint().has_value() || !e.message().empty()));
        return e.reason();
    }
}

const secret verifier_of_vector("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");

oauth2::authorization_request vector_request()
{
    oauth2::authorization_request out;
    out.redirect_uri = "https://app.example/cb?a=b&c";
    out.state = "state-1";
    out.code_challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    return out;
}

} // namespace

TEST_CASE("app: without a secret it is public, and with one it authenticates")
{
    CHECK(oauth2::app("id").is_public());
    CHECK(oauth2::app("id").authentication() == client_authentication::none);
    CHECK(oauth2::app("id", secret("s")).authentication() == client_authentication::basic);
    CHECK(oauth2::app("id", secret("s"), client_authentication::post).authentication() == client_authentication::post);
    CHECK(oauth2::app("id", secret(), client_authentication::none).is_public());
    for (const auto way : {client_authentication::basic, client_authentication::post})
        CHECK(refusal_of_making([way] { oauth2::app("id", secret(), way); }) == errc::invalid_argument);
    CHECK(refusal_of_making([] { oauth2::app("id", secret("s"), client_authentication::none); }) ==
          errc::invalid_argument);
}

TEST_CASE("app: a key that was copied with more than itself is refused")
{
    for (const std::string& key : {std::string("canary\n"), std::string("\tcanary"), std::string("canary "),
             std::string(" canary"), std::string("\"canary\""), std::string("'canary'"), std::string("\ufeffcanary"),
             std::string("canary\u00a0"), std::string("can\0ary", 7), std::string("canary\r\n"),
             std::string("can\x7f"
                         "ary"),
             std::string("\u201ccanary\u201d")}) {
        CAPTURE(key);
        CHECK(refusal_of_making([&] { oauth2::app(key, secret("s")); }) == errc::invalid_argument);
        CHECK(refusal_of_making([&] { oauth2::app("id", secret(key)); }) == errc::invalid_argument);
    }
    CHECK(refusal_of_making([] { oauth2::app(""); }) == errc::invalid_argument);
    CHECK_FALSE(refusal_of_making([] { oauth2::app("an id: with %&=+~", secret("a secret: with %&=+~\"")); }));
}

TEST_CASE("token request: the code goes with its redirect URI and verifier, and the app authenticates as registered")
{
    const secret code("co/de+1 =&");
    const std::string rest =
        "grant_type=authorization_code&code=co%2Fde%2B1%20%3D%26&redirect_uri=https%3A%2F%2Fh%2Fcb%3Fx%3D1"
        "&code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const auto request = [&](const oauth2::app& client) {
        return oauth2::code_request(client, code, "https://h/cb?x=1", verifier_of_vector);
    };
    const auto none = request(oauth2::app("a client"));
    CHECK(none.body.reveal() == rest + "&client_id=a%20client");
    CHECK(none.authorization.empty());
    const auto post = request(oauth2::app("id", secret("s&t"), client_authentication::post));
    CHECK(post.body.reveal() == rest + "&client_id=id&client_secret=s%26t");
    CHECK(post.authorization.empty());
    const auto basic = request(oauth2::app("id", secret("s")));
    CHECK(basic.body.reveal() == rest);
    CHECK(basic.authorization.reveal() == "Basic aWQ6cw=="); // id:s
}

TEST_CASE("token request: Basic encodes id and secret as a form before it joins them")
{
    const std::pair<oauth2::app, const char*> table[] = {
        {oauth2::app("s6BhdRkqt3", secret("gX1fBat3bV")),
            "Basic czZCaGRSa3F0MzpnWDFmQmF0M2JW"},                                           // RFC 6749, section 2.3.1
        {oauth2::app("a:b", secret("c:d")), "Basic YSUzQWI6YyUzQWQ="},                       // a%3Ab:c%3Ad
        {oauth2::app("a b", secret("%+")), "Basic YSUyMGI6JTI1JTJC"},                        // a%20b:%25%2B
        {oauth2::app("\xc3\xa9", secret("\xe2\x82\xac")), "Basic JUMzJUE5OiVFMiU4MiVBQw=="}, // %C3%A9:%E2%82%AC
    };
    for (const auto& [client, each_header] : table) {
        const auto& header = each_header; // clang 14 can't capture a binding
        CAPTURE(header);
        CHECK(oauth2::client_credentials_request(client).authorization.reveal() == header);
    }
}

TEST_CASE("token request: each grant has its parameters, and what is empty is left out")
{
    const oauth2::app client("id");
    CHECK(oauth2::refresh_request(client, secret("r+1")).body.reveal() ==
          "grant_type=refresh_token&refresh_token=r%2B1&client_id=id");
    CHECK(oauth2::refresh_request(client, secret("r"), "a b").body.reveal() ==
          "grant_type=refresh_token&refresh_token=r&scope=a%20b&client_id=id");
    CHECK(oauth2::client_credentials_request(client, "a").body.reveal() ==
          "grant_type=client_credentials&scope=a&client_id=id");
    CHECK(oauth2::device_token_request(client, secret("d")).body.reveal() ==
          "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&device_code=d&client_id=id");
    CHECK(oauth2::revocation_request(client, secret("t")).body.reveal() == "token=t&client_id=id");
    CHECK(oauth2::revocation_request(client, secret("t"), oauth2::token_type_hint::refresh_token).body.reveal() ==
          "token=t&token_type_hint=refresh_token&client_id=id");
    CHECK(oauth2::revocation_request(client, secret("t"), oauth2::token_type_hint::access_token).body.reveal() ==
          "token=t&token_type_hint=access_token&client_id=id");
}

TEST_CASE("token request: a provider's own parameters follow, but none may be given twice")
{
    const oauth2::app basic("id", secret("s"));
    CHECK(oauth2::refresh_request(basic, secret("r"), "", {{"client_id", "id"}, {"resource", "a/b"}, {"empty", ""}})
              .body.reveal() == "grant_type=refresh_token&refresh_token=r&client_id=id&resource=a%2Fb");
    const oauth2::app client("id");
    for (const coauth::text::form& extra : {coauth::text::form{{"grant_type", "password"}}, {{"refresh_token", "x"}},
             {{"client_id", "other"}}, {{"scope", "x"}}, {{"a", "1"}, {"a", "2"}}, {{"", "x"}}}) {
        CAPTURE(extra[0].first);
        CHECK(refusal_of_making([&] { oauth2::refresh_request(client, secret("r"), "", extra); }) ==
              errc::invalid_argument);
    }
    const oauth2::app post("id", secret("s"), client_authentication::post);
    CHECK(refusal_of_making([&] {
        oauth2::refresh_request(post, secret("r"), "", {{"client_secret", "x"}});
    }) == errc::invalid_argument);
}

TEST_CASE("authorization url: it asks for a code with state and challenge, after the endpoint's own query")
{
    const oauth2::app client("id&1", secret("canary"));
    auto request = vector_request();
    const std::string tail =
        "response_type=code&client_id=id%261&redirect_uri=https%3A%2F%2Fapp.example%2Fcb%3Fa%3Db%26c"
        "&state=state-1&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";
    CHECK(oauth2::authorization_url("https://h/a", client, request) == "https://h/a?" + tail);
    CHECK(oauth2::authorization_url("https://h/a?", client, request) == "https://h/a?" + tail);
    CHECK(oauth2::authorization_url("https://h/a?b=c", client, request) == "https://h/a?b=c&" + tail);
    CHECK(oauth2::authorization_url("https://h/a?b=c&", client, request) == "https://h/a?b=c&" + tail);
    CHECK(oauth2::authorization_url("https://h/a#f", client, request) == "https://h/a?" + tail);
    request.scope = "openid e mail";
    request.nonce = "n";
    request.extra = {{"access_type", "offline"}, {"prompt", ""}};
    const std::string url = oauth2::authorization_url("https://h/a", client, request);
    CHECK(url.find("&scope=openid%20e%20mail&") != std::string::npos);
    CHECK(url.find("&nonce=n&") != std::string::npos);
    CHECK(url.ends_with("&access_type=offline"));
    CHECK(url.find("canary") == std::string::npos);
    CHECK(url.find("prompt") == std::string::npos);
}

TEST_CASE("authorization url: without state, redirect URI or challenge there is none, and nothing is said twice")
{
    const oauth2::app client("id");
    const auto refused = [&](const oauth2::authorization_request& request, const char* endpoint = "https://h/a") {
        return refusal_of_making([&] { oauth2::authorization_url(endpoint, client, request); });
    };
    CHECK_FALSE(refused(vector_request()));
    auto request = vector_request();
    request.state.clear();
    CHECK(refused(request) == errc::invalid_argument);
    request = vector_request();
    request.redirect_uri.clear();
    CHECK(refused(request) == errc::invalid_argument);
    request = vector_request();
    for (const std::string& challenge :
        {std::string(), std::string(43, '.'), std::string(verifier_of_vector.reveal()) + '='}) {
        request.code_challenge = challenge;
        CHECK(refused(request) == errc::invalid_argument);
    }
    for (const char* name : {"response_type", "client_id", "redirect_uri", "scope", "state", "nonce", "code_challenge",
             "code_challenge_method"}) {
        CAPTURE(name);
        request = vector_request();
        request.extra = {{name, "x"}};
        CHECK(refused(request) == errc::invalid_argument);
        const std::string endpoint = std::string("https://h/a?") + name + "=x";
        CHECK(refused(vector_request(), endpoint.c_str()) == errc::invalid_argument);
    }
}

TEST_CASE("endpoint: an https URL, or one of http on loopback, and nothing that hides where it leads")
{
    for (const char* good : {"https://h", "https://h/", "https://h.example:8443/a/b?c=d", "https://[2001:db8::1]:1/x",
             "https://1.2.3.4", "http://127.0.0.1", "http://127.0.0.1:8080/a", "http://127.1.2.3/",
             "http://localhost:1/a", "http://[::1]:65535", "https://a_b/c"}) {
        CAPTURE(good);
        CHECK(oauth2::is_endpoint(good));
    }
    for (const char* bad : {"", "h", "/a", "//h/a", "https:", "https:/h", "https://", "https:///a", "HTTPS://h",
             "http://h", "http://example.com/", "http://127.0.0.1.evil.example/", "http://127.evil.example",
             "http://localhost.evil.example", "http://[::2]/", "http://128.0.0.1", "http://127.1/", "http://127.0.1",
             "http://127.0.0.0.1/", "https://u@h/", "https://u:p@h/", "https://h@evil/", "https://h:0/",
             "https://h:65536/", "https://h:/", "https://h:x", "https://h:8 0", "https://h:80:80", "https://h/#f",
             "https://h/a b", "https://h/\n", "https://h\\evil/", "https://h/\\evil", "https://h/<x>", "https://h/\"",
             "https://\xc3\xa9.example/", "https://-h", "https://.h", "https://h%2eevil/", "https://[::1", "https://]/",
             "https://[]/", "https://[g::1]/", "ftp://h/", "file:///etc/passwd", "javascript:alert(1)",
             "data:text/html,x", "gopher://h"}) {
        CAPTURE(bad);
        CHECK_FALSE(oauth2::is_endpoint(bad));
    }
    CHECK_FALSE(oauth2::is_endpoint("https://h/" + std::string(2048, 'a')));
    CHECK(oauth2::is_issuer("https://h/a"));
    CHECK_FALSE(oauth2::is_issuer("https://h/a?b"));
}
