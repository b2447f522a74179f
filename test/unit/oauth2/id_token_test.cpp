#include "oauth2/signing_key.hpp"
#include "text/base64.hpp"

#include <coauth/oauth2/id_token.hpp>

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <vector>

namespace oauth2 = coauth::oauth2;
using coauth::errc;
using oauth2::id_token_fault;
using oauth2::jws_algorithm;
using std::chrono::seconds;
using std::chrono::sys_seconds;

namespace {

const sys_seconds token_time(seconds(1'700'000'000));

const oauth2::signing_key& op_key()
{
    static const auto key = oauth2::signing_key::generate(jws_algorithm::es256, "op-1");
    return key;
}

oauth2::jwk_set op_keys()
{
    return oauth2::jwk_set::parse("{\"keys\":[" + op_key().jwk() + "]}").value();
}

oauth2::id_token_rules op_rules()
{
    oauth2::id_token_rules rules;
    rules.issuers = {"https://op.example", "op.example"};
    rules.client_id = "app-1";
    rules.nonce = "nonce-1";
    return rules;
}

// One claim on a line, so that a test can replace it.
const std::string good_claims = R"({"iss":"https://op.example",
"sub":"user-1",
"aud":"app-1",
"exp":1700000600,
"iat":1699999990,
"nonce":"nonce-1",
"email":"a@b"})";

std::string claims_with(const std::string& part, const std::string& replacement)
{
    std::string out = good_claims;
    REQUIRE(out.find(part) != std::string::npos);
    return out.replace(out.find(part), part.size(), replacement);
}

std::string verdict_on(const std::string& token, const oauth2::id_token_rules& rules = op_rules(),
    const oauth2::jwk_set& keys = op_keys(), sys_seconds now = token_time)
{
    const auto result = oauth2::verify_id_token(token, keys, rules, now);
    return result ? "good" : std::string(oauth2::name(result.error()));
}

std::string verdict_with(const std::string& part, const std::string& replacement)
{
    return verdict_on(op_key().sign(claims_with(part, replacement)));
}

} // namespace

TEST_CASE("id token: one that is right gives the user")
{
    const auto token = oauth2::verify_id_token(op_key().sign(good_claims), op_keys(), op_rules(), token_time).value();
    CHECK(token.issuer == "https://op.example");
    CHECK(token.subject == "user-1");
    CHECK(token.expires_at == sys_seconds(seconds(1700000600)));
    CHECK(token.issued_at == sys_seconds(seconds(1699999990)));
    CHECK(token.claims == good_claims);
    const std::pair<std::string, std::string> as_good[] = {
        {"https://op.example", "op.example"}, // Google's other spelling
        {"\"app-1\"", "[\"app-1\"]"},
        {"\"app-1\"", "[\"x\",\"app-1\"],\"azp\":\"app-1\""},
        {"\"app-1\"", "\"app-1\",\"azp\":\"app-1\""},
        {"1700000600", "1700000600.5"},
        {"1700000600", "17000006e2"},
        {"1699999990", "1700000060"}, // within the leeway
        {"1700000600", "1699999941"},
        {"\"iat\"", "\"nbf\":1700000059,\"iat\""},
        {"\"email\":\"a@b\"", "\"at_hash\":\"anything, without an access token\""},
        {"\"email\":\"a@b\"", "\"crit\":[\"x\"]"}, // of the header only
        {"user-1", std::string(255, 'u')},
    };
    for (const auto& [part, each_replacement] : as_good) {
        const auto& replacement = each_replacement; // clang 14 can't capture a binding
        CAPTURE(replacement);
        CHECK(verdict_with(part, replacement) == "good");
    }
}

TEST_CASE("id token: 60 tokens, each wrong in one way, are each refused by name")
{
    struct row {
        std::string part;
        std::string replacement;
        const char* expected;
    };
    const row table[] = {
        {"https://op.example", "https://evil.example", "wrong_issuer"},
        {"https://op.example", "https://op.example/", "wrong_issuer"},
        {"https://op.example", "HTTPS://op.example", "wrong_issuer"},
        {"\"https://op.example\"", "null", "wrong_issuer"},
        {"\"https://op.example\"", "[\"https://op.example\"]", "wrong_issuer"},
        {"\"iss\"", "\"x\"", "wrong_issuer"},
        {"\"app-1\"", "\"app-2\"", "wrong_audience"},
        {"\"app-1\"", "\"APP-1\"", "wrong_audience"},
        {"\"app-1\"", "\"app-1 \"", "wrong_audience"},
        {"\"app-1\"", "[]", "wrong_audience"},
        {"\"app-1\"", "[\"app-2\",\"app-3\"]", "wrong_audience"},
        {"\"app-1\"", "[\"app-1\",7]", "wrong_audience"},
        {"\"app-1\"", "[[\"app-1\"]]", "wrong_audience"},
        {"\"app-1\"", "{\"app-1\":true}", "wrong_audience"},
        {"\"app-1\"", "null", "wrong_audience"},
        {"\"aud\"", "\"x\"", "wrong_audience"},
        {"\"app-1\"", "[\"app-1\",\"app-2\"]", "wrong_authorized_party"},
        {"\"app-1\"", "\"app-1\",\"azp\":\"app-2\"", "wrong_authorized_party"},
        {"\"app-1\"", "[\"app-1\",\"app-2\"],\"azp\":\"app-2\"", "wrong_authorized_party"},
        {"\"app-1\"", "\"app-1\",\"azp\":null", "wrong_authorized_party"},
        {"\"app-1\"", "\"app-1\",\"azp\":[\"app-1\"]", "wrong_authorized_party"},
        {"\"user-1\"", "\"\"", "wrong_subject"},
        {"\"user-1\"", "7", "wrong_subject"},
        {"\"user-1\"", "null", "wrong_subject"},
        {"\"user-1\"", "\"a b\"", "wrong_subject"},
        {"\"user-1\"", "\"a\\u0000\"", "wrong_subject"},
        {"\"user-1\"", "\"us\\u00e9r\"", "wrong_subject"},
        {"\"sub\"", "\"x\"", "wrong_subject"},
        {"user-1", std::string(256, 'u'), "wrong_subject"},
        {"1700000600", "1699999940", "expired"},
        {"1700000600", "1699999400", "expired"}, // ten minutes ago
        {"1700000600", "0", "expired"},
        {"\"exp\"", "\"x\"", "wrong_times"},
        {"1700000600", "\"1700000600\"", "wrong_times"},
        {"1700000600", "null", "wrong_times"},
        {"1700000600", "-1", "wrong_times"},
        {"1700000600", "1e300", "wrong_times"},
        {"1700000600", "1e400", "wrong_times"},
        {"1700000600", "9223372036854775807", "wrong_times"},
        {"1700000600", "18446744073709551615", "wrong_times"},
        {"1700000600", "18446744073709551616", "wrong_times"},
        {"1700000600", "[1700000600]", "wrong_times"},
        {"1699999990", "1700000600", "issued_in_future"}, // ten minutes ahead
        {"1699999990", "1700000061", "issued_in_future"},
        {"\"iat\"", "\"nbf\":1700000061,\"iat\"", "issued_in_future"},
        {"\"iat\"", "\"nbf\":\"now\",\"iat\"", "wrong_times"},
        {"\"iat\"", "\"x\"", "wrong_times"},
        {"1699999990", "true", "wrong_times"},
        {"1699999990", "-9223372036854775808", "wrong_times"},
        {"\"nonce-1\"", "\"nonce-2\"", "wrong_nonce"},
        {"\"nonce-1\"", "\"\"", "wrong_nonce"},
        {"\"nonce-1\"", "\"nonce-1 \"", "wrong_nonce"},
        {"\"nonce-1\"", "null", "wrong_nonce"},
        {"\"nonce-1\"", "[\"nonce-1\"]", "wrong_nonce"},
        {"\"nonce\"", "\"x\"", "wrong_nonce"},
        {"\"email\":\"a@b\"", "\"email\":\"a@b\",\"email\":\"c@d\"", "malformed"},
        {"\"email\":\"a@b\"", "\"sub\":\"user-2\"", "malformed"},
        {"\"email\":\"a@b\"", "\"email\":{\"a\":1,\"a\":2}", "malformed"},
        {"\"email\":\"a@b\"", "\"email\":", "malformed"},
        {good_claims, "[" + good_claims + "]", "malformed"},
        {good_claims, "claims", "malformed"},
        {"\"a@b\"", "\"\xff\"", "malformed"},
    };
    for (const row& r : table) {
        CAPTURE(r.part);
        CAPTURE(r.replacement);
        CHECK(verdict_with(r.part, r.replacement) == r.expected);
    }
    CHECK(std::size(table) >= 60);
}

TEST_CASE("id token: a signature is of the provider's key, in a way that it announces")
{
    const std::string good = op_key().sign(good_claims);
    const auto impostor = oauth2::signing_key::generate(jws_algorithm::es256, "op-1");
    const auto next_key = oauth2::signing_key::generate(jws_algorithm::es256, "op-2");
    CHECK(verdict_on(impostor.sign(good_claims)) == "wrong_signature");
    CHECK(verdict_on(next_key.sign(good_claims)) == "unknown_key");
    CHECK(verdict_on(good, op_rules(), oauth2::jwk_set()) == "unknown_key");
    // Once the keys were fetched anew.
    const oauth2::signing_key rotated[] = {op_key(), next_key};
    CHECK(verdict_on(next_key.sign(good_claims), op_rules(),
              oauth2::jwk_set::parse(oauth2::jwk_set_text(rotated)).value()) == "good");

    // Claims of another token under this one's signature.
    const std::string other = op_key().sign(claims_with("user-1", "user-2"));
    CHECK(
        verdict_on(good.substr(0, good.find('.')) + other.substr(other.find('.'), other.rfind('.') - other.find('.')) +
                   good.substr(good.rfind('.'))) == "wrong_signature");
    CHECK(verdict_on(op_key().sign_with_header(R"({"alg":"none"})", good_claims)) == "unsupported_algorithm");
    CHECK(verdict_on(op_key().sign_with_header(R"({"alg":"HS256","kid":"op-1"})", good_claims)) ==
          "unsupported_algorithm");
    CHECK(verdict_on(op_key().sign_with_header(R"({"alg":"ES256","kid":"op-1","crit":["x"]})", good_claims)) ==
          "critical_extension");
    CHECK(verdict_on(op_key().sign_with_header(R"({"alg":"RS256","kid":"op-1"})", good_claims)) == "unknown_key");
    CHECK(verdict_on("") == "malformed");
    CHECK(verdict_on(good + '=') == "malformed");
    CHECK(verdict_on(std::string(100'000, 'a')) == "malformed");

    auto rules = op_rules();
    rules.algorithms = {jws_algorithm::rs256};
    CHECK(verdict_on(good, rules) == "unexpected_algorithm");
    rules.algorithms = {jws_algorithm::rs256, jws_algorithm::es256};
    CHECK(verdict_on(good, rules) == "good");
}

TEST_CASE("id token: a nonce that was not sent is not looked at, and the leeway is the caller's")
{
    auto rules = op_rules();
    rules.nonce.clear();
    CHECK(verdict_on(op_key().sign(claims_with("\"nonce-1\"", "7")), rules) == "good");
    const std::string good = op_key().sign(good_claims);
    const sys_seconds end(seconds(1700000600));
    rules = op_rules();
    rules.leeway = seconds(0);
    CHECK(verdict_on(good, rules, op_keys(), end - seconds(1)) == "good");
    CHECK(verdict_on(good, rules, op_keys(), end) == "expired");
    CHECK(verdict_on(good, rules, op_keys(), sys_seconds(seconds(1699999990))) == "good");
    CHECK(verdict_on(good, rules, op_keys(), sys_seconds(seconds(1699999989))) == "issued_in_future");
    rules.leeway = seconds(700);
    CHECK(verdict_on(good, rules, op_keys(), end + seconds(699)) == "good");
    CHECK(verdict_on(good, rules, op_keys(), end + seconds(700)) == "expired");
}

TEST_CASE("id token: at_hash binds the access token that came with it")
{
    // OpenID Connect Core, section 3.1.3.6, with the values of its appendix A.3: the token's hash is known.
    const std::string access_token = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";
    const std::string hash = "77QmUPtjPfzWtF2AnpK9RQ";
    auto rules = op_rules();
    rules.access_token = coauth::secret(access_token);
    const auto with_hash = [](const std::string& json) {
        return claims_with("\"email\":\"a@b\"", "\"at_hash\":" + json);
    };
    CHECK(verdict_on(op_key().sign(with_hash('"' + hash + '"')), rules) == "good");
    CHECK(verdict_on(op_key().sign(good_claims), rules) == "good"); // optional in the code flow
    for (const std::string& json :
        {'"' + hash.substr(1) + '"', std::string("\"\""), std::string("null"), std::string("7"), '"' + hash + "==\"",
            "[\"" + hash + "\"]", "\"" + coauth::text::base64url_encode(access_token) + '"'}) {
        CAPTURE(json);
        CHECK(verdict_on(op_key().sign(with_hash(json)), rules) == "wrong_access_token");
    }
    rules.access_token = coauth::secret("another");
    CHECK(verdict_on(op_key().sign(with_hash('"' + hash + '"')), rules) == "wrong_access_token");

    // Ed25519 has SHA-512: half of it is 32 octets.
    const auto ed_key = oauth2::signing_key::generate(jws_algorithm::eddsa, "ed");
    const auto ed_keys = oauth2::jwk_set::parse("{\"keys\":[" + ed_key.jwk() + "]}").value();
    rules.access_token = coauth::secret("abc");
    CHECK(verdict_on(ed_key.sign(with_hash("\"3a81oZNherrMQXNJriBBMRLm-k6JqX6iCp7u5ktV05o\"")), rules, ed_keys) ==
          "good");
    CHECK(verdict_on(ed_key.sign(with_hash('"' + hash + '"')), rules, ed_keys) == "wrong_access_token");
}

TEST_CASE("id token: every fault has a name of its own, and an error that says it")
{
    std::set<std::string_view> names;
    for (int i = 0; i <= static_cast<int>(id_token_fault::wrong_access_token); ++i) {
        const auto fault = static_cast<id_token_fault>(i);
        names.insert(oauth2::name(fault));
        const auto error = oauth2::id_token_error(fault);
        CHECK(error.reason() == errc::id_token_rejected);
        CHECK(error.message().starts_with("the ID token was rejected: " + std::string(oauth2::name(fault)) + ": "));
    }
    CHECK(names.size() == 15);
    CHECK(oauth2::id_token_error(id_token_fault::expired).hint());
    CHECK_THROWS_AS(oauth2::verify_id_token("", op_keys(), op_rules(), token_time).value(), coauth::error);
}
