#include <coauth/oauth2/token_response.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace oauth2 = coauth::oauth2;
using coauth::errc;
using coauth::secret;
using oauth2::request_kind;
using std::chrono::seconds;

namespace {

coauth::result<oauth2::token_response> token_of(const std::string& body, int status = 200)
{
    return oauth2::parse_token_response(request_kind::code, status, body);
}

std::string with_member(const std::string& member)
{
    return R"({"access_token":"t","token_type":"bearer",)" + member + '}';
}

} // namespace

TEST_CASE("token response: JSON and a form are read alike")
{
    const std::string bodies[] = {
        R"({"access_token":"a.b-c_d~e+f/g=|h","token_type":"Bearer","expires_in":3600,"refresh_token":"r","scope":"a b","id_token":"x.y.z","user":"7"})",
        "\xef\xbb\xbf \r\n{ \"token_type\":\"bearer\", \"user\":\"7\", \"scope\":\"a b\", \"id_token\":\"x.y.z\", "
        "\"refresh_token\":\"r\", \"expires_in\":\"3600\", \"access_token\":\"a.b-c_d~e+f/g=|h\" }\n",
        "access_token=a.b-c_d%7Ee%2Bf%2Fg%3D%7Ch&token_type=BEARER&expires_in=3600&refresh_token=r&scope=a%2Cb&id_"
        "token=x.y.z&user=7\n"};
    for (const std::string& body : bodies) {
        CAPTURE(body);
        const auto response = token_of(body);
        REQUIRE(response);
        CHECK(response->access_token.matches("a.b-c_d~e+f/g=|h"));
        CHECK(response->refresh_token.matches("r"));
        CHECK(response->id_token.matches("x.y.z"));
        CHECK(response->expires_in == seconds(3600));
        CHECK(response->scope == "a b");
        CHECK(response->extra == coauth::text::form{{"user", "7"}});
    }
    const auto least = token_of(R"({"access_token":"t","token_type":"bearer"})").value();
    CHECK(least.refresh_token.empty());
    CHECK(least.id_token.empty());
    CHECK_FALSE(least.expires_in);
    CHECK_FALSE(least.scope);
    CHECK(least.extra.empty());
    CHECK(token_of(R"({"access_token":"t","token_type":"bearer"})", 201).has_value());
    const auto unknown = token_of(with_member(R"("a":{"b":[1,true,null]},"n":7,"z":null)")).value();
    CHECK(unknown.extra == coauth::text::form{{"a", R"({"b":[1,true,null]})"}, {"n", "7"}, {"z", "null"}});
    // GitHub's own, of its documentation.
    const auto github =
        token_of("access_token=gho_16C7e42F292c6912E7710c838347Ae178B4a&scope=repo%2Cgist&token_type=bearer").value();
    CHECK(github.scope == "repo gist");
}

TEST_CASE("token response: scopes come with spaces, commas, or as a list")
{
    const std::pair<const char*, const char*> table[] = {{R"("a b")", "a b"}, {R"("a,b")", "a b"}, {R"("a, b")", "a b"},
        {R"(" a  b ,,c")", "a b c"}, {R"("a")", "a"}, {R"("")", ""}, {R"(["a","b c"])", "a b c"}, {"[]", ""},
        {R"("https://h/a.b user:email")", "https://h/a.b user:email"}};
    for (const auto& [each_scope, expected] : table) {
        const auto& scope = each_scope; // clang 14 can't capture a binding
        CAPTURE(scope);
        CHECK(token_of(with_member(std::string("\"scope\":") + scope)).value().scope == expected);
    }
    CHECK_FALSE(token_of(with_member(R"("scope":null)")).value().scope);
}

TEST_CASE("token response: a life is a whole number of seconds that can be believed")
{
    const std::pair<const char*, std::int64_t> good[] = {{"1", 1}, {"3600", 3600}, {"\"3600\"", 3600}, {"3600.0", 3600},
        {"36e2", 3600}, {"\"0003600\"", 3600}, {"5183976", 5183976}, {"2147483647", 2147483647},
        {"3153600000", 3153600000}};
    for (const auto& [each_life, expected] : good) {
        const auto& life = each_life; // clang 14 can't capture a binding
        CAPTURE(life);
        const auto response = token_of(with_member(std::string("\"expires_in\":") + life));
        REQUIRE(response);
        CHECK(response->expires_in == seconds(expected));
    }
    for (const char* life : {"0", "-1", "-3600", "\"-1\"", "\"0\"", "3153600001", "4294967295", "9223372036854775807",
             "-9223372036854775808", "9223372036854775808", "18446744073709551616", "1e400", "-1e400", "1e10",
             "1e99999999", "0.5", "1.5", "\"1.5\"", "\"\"", "\"abc\"", "\"1h\"", "\" 1\"", "\"1 \"", "\"+1\"",
             "\"0x10\"", "\"99999999999999999999\"", "true", "false", "[]", "[3600]", "{}", R"({"s":1})"}) {
        CAPTURE(life);
        const auto refused = token_of(with_member(std::string("\"expires_in\":") + life));
        REQUIRE_FALSE(refused);
        CHECK(refused.error().reason() == errc::malformed_response);
    }
    CHECK_FALSE(token_of(with_member("\"expires_in\":null")).value().expires_in);
    CHECK_FALSE(token_of("access_token=t&token_type=bearer&expires_in=-5"));
}

TEST_CASE("token response: what is not tokens is refused, each with its code")
{
    struct row {
        std::string body;
        int status;
        errc expected;
    };
    const std::string deep = std::string(100, '[') + std::string(100, ']');
    const row table[] = {
        {"", 200, errc::malformed_response},
        {" \n", 200, errc::malformed_response},
        {"<!DOCTYPE html><html><body>Sign in</body></html>", 200, errc::malformed_response},
        {"\xef\xbb\xbf<?xml version=\"1.0\"?><a/>", 200, errc::malformed_response},
        {"<html>", 404, errc::malformed_response},
        {"OK", 200, errc::malformed_response},
        {"null", 200, errc::malformed_response},
        {"[]", 200, errc::malformed_response},
        {"[{\"access_token\":\"t\",\"token_type\":\"bearer\"}]", 200, errc::malformed_response},
        {"\"t\"", 200, errc::malformed_response},
        {"{}", 200, errc::malformed_response},
        {R"({"token_type":"bearer"})", 200, errc::malformed_response},
        {R"({"access_token":"t"})", 200, errc::malformed_response},
        {R"({"access_token":"t","token_type":"mac"})", 200, errc::malformed_response},
        {R"({"access_token":"t","token_type":"DPoP"})", 200, errc::malformed_response},
        {R"({"access_token":"t","token_type":""})", 200, errc::malformed_response},
        {R"({"access_token":"t","token_type":null})", 200, errc::malformed_response},
        {R"({"access_token":"t","token_type":["bearer"]})", 200, errc::malformed_response},
        {R"({"access_token":"","token_type":"bearer"})", 200, errc::malformed_response},
        {R"({"access_token":null,"token_type":"bearer"})", 200, errc::malformed_response},
        {R"({"access_token":7,"token_type":"bearer"})", 200, errc::malformed_response},
        {R"({"access_token":["t"],"token_type":"bearer"})", 200, errc::malformed_response},
        {R"({"access_token":{"t":1},"token_type":"bearer"})", 200, errc::malformed_response},
        {R"({"access_token":"a b","token_type":"bearer"})", 200, errc::malformed_response},
        {R"({"access_token":"a\r\nX: y","token_type":"bearer"})", 200, errc::malformed_response},
        {R"({"access_token":"a\u0000b","token_type":"bearer"})", 200, errc::malformed_response},
        {R"({"access_token":"caf\u00e9","token_type":"bearer"})", 200, errc::malformed_response},
        {R"({"access_token":"\ud83d","token_type":"bearer"})", 200, errc::malformed_response},
        {R"({"access_token":")" + std::string(16 * 1024 + 1, 't') + R"(","token_type":"bearer"})", 200,
            errc::malformed_response},
        {with_member(R"("refresh_token":7)"), 200, errc::malformed_response},
        {with_member(R"("refresh_token":"a\nb")"), 200, errc::malformed_response},
        {with_member(R"("id_token":{})"), 200, errc::malformed_response},
        {with_member(R"("scope":7)"), 200, errc::malformed_response},
        {with_member(R"("scope":[7])"), 200, errc::malformed_response},
        {with_member(R"("scope":"a\u0007b")"), 200, errc::malformed_response},
        {with_member(R"("access_token":"u")"), 200, errc::malformed_response},
        {with_member(R"("scope":"a","scope":"a")"), 200, errc::malformed_response},
        {with_member(R"("x":{"y":1,"y":2})"), 200, errc::malformed_response},
        {with_member("\"x\":" + deep), 200, errc::malformed_response},
        {deep, 200, errc::malformed_response},
        {R"({"access_token":"t","token_type":"bearer")", 200, errc::malformed_response},
        {R"({"access_token":"t","token_type":"bearer"}})", 200, errc::malformed_response},
        {"{\"access_token\":\"t\xff\",\"token_type\":\"bearer\"}", 200, errc::malformed_response},
        {"{'access_token':'t','token_type':'bearer'}", 200, errc::malformed_response},
        {"access_token=t", 200, errc::malformed_response},
        {"access_token=t&access_token=u&token_type=bearer", 200, errc::malformed_response},
        {"access_token=t&token_type=bearer&token_type=bearer", 200, errc::malformed_response},
        {"access_token=%zz&token_type=bearer", 200, errc::malformed_response},
        {"access_token=a%0ab&token_type=bearer", 200, errc::malformed_response},
        {"token_type=bearer", 200, errc::malformed_response},
        {R"({"access_token":"t","token_type":"bearer"})", 400, errc::malformed_response},
        {R"({"access_token":"t","token_type":"bearer"})", 100, errc::malformed_response},
        {R"({"access_token":"t","token_type":"bearer"})", 500, errc::provider_unavailable},
        {R"({"access_token":"t","token_type":"bearer"})", 302, errc::unexpected_redirect},
        {R"({"access_token":"t","token_type":"bearer"})", 300, errc::unexpected_redirect},
        {R"({"access_token":"t","token_type":"bearer"})", 399, errc::unexpected_redirect},
        {"", 301, errc::unexpected_redirect},
        {"", 307, errc::unexpected_redirect},
        {"", 308, errc::unexpected_redirect},
        {"", 500, errc::provider_unavailable},
        {"<html>Bad gateway</html>", 502, errc::provider_unavailable},
        {"", 503, errc::provider_unavailable},
        {"slow", 429, errc::rate_limited},
        {"", 401, errc::malformed_response},
        {std::string(5 * 1024 * 1024, ' '), 200, errc::response_too_large},
        {with_member("\"x\":\"" + std::string(64 * 1024, 'x') + '"'), 200, errc::response_too_large},
    };
    for (const row& r : table) {
        CAPTURE(r.body.substr(0, 120));
        CAPTURE(r.status);
        const auto refused = token_of(r.body, r.status);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().reason() == r.expected);
        CHECK(std::string(refused.error().what()).size() < 500);
    }
    std::string many = "access_token=t&token_type=bearer";
    for (int i = 0; i < 100; ++i)
        many += "&a" + std::to_string(i) + "=1";
    CHECK_FALSE(token_of(many));
}

TEST_CASE("token response: an empty text in place of a token that may be missing is none")
{
    const auto response =
        token_of(with_member(R"("refresh_token":"","id_token":null,"error":"","error_description":null)"));
    REQUIRE(response);
    CHECK(response->refresh_token.empty());
    CHECK(response->id_token.empty());
}

TEST_CASE("error response: what a refusal means depends on what was asked for, and not on the HTTP status")
{
    struct row {
        request_kind kind;
        const char* body;
        errc expected;
    };
    using k = request_kind;
    const row table[] = {
        {k::code, R"({"error":"invalid_grant"})", errc::invalid_verifier},
        {k::refresh, R"({"error":"invalid_grant"})", errc::token_revoked},
        {k::client_credentials, R"({"error":"invalid_grant"})", errc::invalid_credentials},
        {k::device_token, R"({"error":"invalid_grant"})", errc::invalid_verifier},
        {k::code, R"({"error":"invalid_client"})", errc::invalid_credentials},
        {k::refresh, R"({"error":"invalid_client"})", errc::invalid_credentials},
        {k::refresh, R"({"error":"unauthorized_client","error_description":"Missing valid authorization header"})",
            errc::invalid_credentials},
        {k::code,
            R"({"error":"invalid_request","error_description":"Value passed for the authorization code was invalid."})",
            errc::invalid_verifier},
        {k::code,
            R"({"error":"invalid_request","error_description":"Value passed for the code verifier did not match the code challenge."})",
            errc::invalid_verifier},
        {k::code, R"({"error":"invalid_request"})", errc::invalid_verifier},
        {k::code, R"({"error":"invalid_request","error_description":"Missing required parameter [code_verifier]."})",
            errc::provider_error},
        {k::code, R"({"error":"invalid_request","error_description":"Missing required parameter [grant_type]."})",
            errc::provider_error},
        {k::refresh, R"({"error":"invalid_request","error_description":"Value passed for the token was invalid."})",
            errc::token_revoked},
        {k::refresh, R"({"error":"invalid_request","error_description":"Missing required parameter [refresh_token]."})",
            errc::provider_error},
        {k::refresh, R"({"error":"invalid_request"})", errc::provider_error},
        {k::refresh,
            R"({"error":"invalid_request","error_description":"AADSTS900144: The request body must contain the following parameter: 'refresh_token'."})",
            errc::provider_error},
        {k::refresh, R"({"error":"invalid_request","error_description":"the token endpoint takes no scope"})",
            errc::provider_error},
        {k::refresh,
            R"({"error":"invalid_request","error_description":"Value passed for the token type hint was invalid."})",
            errc::provider_error},
        {k::code,
            R"({"error":"invalid_request","error_description":"AADSTS900144: The request body must contain the following parameter: 'code'."})",
            errc::provider_error},
        {k::code,
            R"({"error":"invalid_request","error_description":"Value passed for the redirect uri did not match the uri of the authorization code."})",
            errc::invalid_verifier},
        {k::client_credentials, R"({"error":"invalid_request","error_description":"the code"})", errc::provider_error},
        {k::code,
            "error=bad_verification_code&error_description=The+code+passed+is+incorrect+or+expired.&error_uri=https%3A%"
            "2F%2Fh",
            errc::invalid_verifier},
        {k::code, R"({"error":"bad_verification_code"})", errc::invalid_verifier},
        {k::code, "error=incorrect_client_credentials&error_description=x", errc::invalid_credentials},
        {k::code, "error=redirect_uri_mismatch&error_description=x", errc::callback_refused},
        {k::code, "error=unverified_user_email", errc::forbidden},
        {k::refresh, "error=bad_refresh_token", errc::token_revoked},
        {k::device_token, "error=incorrect_device_code", errc::invalid_verifier},
        {k::device_token, R"({"error":"access_denied"})", errc::denied},
        {k::device_token, R"({"error":"authorization_declined"})", errc::denied},
        {k::device_token, R"({"error":"expired_token"})", errc::expired},
        {k::device_token, R"({"error":"authorization_pending"})", errc::provider_error},
        {k::device_token, R"({"error":"slow_down"})", errc::rate_limited},
        {k::code, R"({"error":"invalid_scope"})", errc::invalid_scope},
        {k::refresh, R"({"error":"insufficient_scope"})", errc::access_level},
        {k::code, R"({"error":"unsupported_grant_type"})", errc::provider_error},
        {k::code, R"({"error":"temporarily_unavailable"})", errc::provider_unavailable},
        {k::code, R"({"error":"server_error"})", errc::provider_unavailable},
        {k::code, R"({"error":"<b>new</b>"})", errc::provider_error},
        {k::code, R"({"error":7})", errc::provider_error},
        {k::code, R"({"error":true,"access_token":"t","token_type":"bearer"})", errc::provider_error},
        {k::code, R"({"error":"access_denied","access_token":"t","token_type":"bearer"})", errc::denied},
        {k::code,
            R"({"error":{"message":"This authorization code has been used.","type":"OAuthException","code":100,"fbtrace_id":"x"}})",
            errc::invalid_verifier},
        {k::code, R"({"error":{"message":"Error validating client secret.","type":"OAuthException","code":1}})",
            errc::invalid_credentials},
        {k::code, R"({"error":{"message":"Error validating application.","type":"OAuthException","code":101}})",
            errc::invalid_credentials},
        {k::refresh,
            R"({"error":{"message":"Session has expired","type":"OAuthException","code":190,"error_subcode":463}})",
            errc::token_revoked},
        {k::code, R"({"error":{"message":"limit","type":"OAuthException","code":4}})", errc::rate_limited},
        {k::code, R"({"error":{"message":"limit","type":"OAuthException","code":341}})", errc::rate_limited},
        {k::code, R"({"error":{"message":"down","type":"OAuthException","code":2}})", errc::provider_unavailable},
        {k::code, R"({"error":{"message":"(#200) Permissions error","type":"OAuthException","code":200}})",
            errc::access_level},
        {k::refresh, R"({"error":{"message":"session","type":"OAuthException","code":102}})", errc::token_revoked},
        {k::code, R"({"error":{}})", errc::provider_error},
        {k::code, R"({"error":{"code":99999999999}})", errc::provider_error},
    };
    for (const row& r : table) {
        CAPTURE(r.body);
        for (const int status : {200, 400, 401, 403}) {
            CAPTURE(status);
            const auto refused = oauth2::parse_token_response(r.kind, status, r.body);
            REQUIRE_FALSE(refused);
            CHECK(refused.error().reason() == r.expected);
            CHECK(refused.error().http_status() == status);
        }
        CHECK(oauth2::parse_token_response(r.kind, 429, r.body).error().reason() == errc::rate_limited);
    }
    for (const char* body : {R"({"error":"oops"})", R"({"error":"invalid_grant"})", R"({"error":"invalid_client"})",
             R"({"error":"access_denied"})", "error=bad_refresh_token", R"({"error":"slow_down"})",
             R"({"error":"invalid_request","error_description":"Value passed for the token was invalid."})",
             R"({"error":{"message":"Session has expired","type":"OAuthException","code":190}})",
             R"({"error":{"message":"An unknown error occurred","type":"OAuthException","code":1}})"})
        for (const k kind : {k::code, k::refresh, k::device_token})
            for (const int status : {500, 502, 503, 599}) {
                CAPTURE(body);
                CAPTURE(status);
                CHECK(oauth2::parse_token_response(kind, status, body).error().reason() == errc::provider_unavailable);
            }
}

TEST_CASE("error response: words that are not UTF-8 do not hide what it means")
{
    const std::string words = "{\"error\":\"invalid_grant\",\"error_description\":\"expir\xe9\"}";
    for (const int status : {400, 401}) {
        const auto refused = oauth2::parse_token_response(request_kind::refresh, status, words);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().reason() == errc::token_revoked);
        CHECK(refused.error().provider_message() == "expir\xef\xbf\xbd");
    }
    CHECK(oauth2::parse_token_response(request_kind::refresh, 200, words).error().reason() == errc::malformed_response);
}

TEST_CASE("error response: the error has the provider's code and words, its number, and no secret that was sent")
{
    const auto facebook = token_of(R"({"error":{"message":"Bad","type":"OAuthException","code":190}})", 400).error();
    CHECK(facebook.provider_code() == 190);
    CHECK(facebook.provider_error() == "OAuthException");
    CHECK(facebook.provider_message() == "Bad");
    for (const char* number : {"-1", "2147483648", "1.5", "\"190\""})
        CHECK_FALSE(token_of(std::string(R"({"error":{"type":"OAuthException","code":)") + number + "}}", 400)
                        .error()
                        .provider_code());

    const secret sent[] = {secret("canary/code"), secret("canary-verifier"), secret("x"), secret("bird")};
    const auto refused = [&](const std::string& body) {
        return oauth2::parse_token_response(request_kind::code, 400, body, sent).error();
    };
    const auto plain = refused(R"({"error":"invalid_grant","error_description":"the code x expired"})");
    CHECK(plain.provider_error() == "invalid_grant");
    CHECK(plain.provider_message() == "the code x expired");
    CHECK(refused(R"({"error":"invalid_grant","error_description":"a bird"})").provider_message().empty());
    for (const char* words : {"the code canary/code expired", "canary%2Fcode", "canary-verifier"}) {
        const auto error = refused(std::string(R"({"error":"invalid_grant","error_description":")") + words + "\"}");
        CHECK(error.reason() == errc::invalid_verifier);
        CHECK(std::string(error.what()).find("canary") == std::string::npos);
        CHECK(std::string(refused(std::string("{\"error\":\"") + words + "\"}").what()).find("canary") ==
              std::string::npos);
    }
    const auto shown =
        refused("{\"error\":\"a\\u001b[31m\\n\",\"error_description\":\"" + std::string(10000, 'w') + "\"}");
    CHECK(shown.provider_error() == "a [31m ");
    CHECK(shown.provider_message().size() < 250);
}
