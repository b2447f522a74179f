#include "jws_vectors.hpp"
#include "oauth2/signing_key.hpp"
#include "text/base64.hpp"

#include <coauth/oauth2/jwk_set.hpp>
#include <coauth/oauth2/jws.hpp>

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

namespace oauth2 = coauth::oauth2;
using coauth::errc;
using oauth2::jws_algorithm;
using oauth2::jws_fault;
using oauth2::signature_verdict;

namespace {

std::string b64url(std::string_view text)
{
    return coauth::text::base64url_encode(text);
}

oauth2::jwk_set key_set_of(const std::string& jwks)
{
    return oauth2::jwk_set::parse("{\"keys\":[" + jwks + "]}").value();
}

signature_verdict verdict(const std::string& jwks, const std::string& token)
{
    const auto parsed = oauth2::parse_jws(token);
    REQUIRE(parsed.has_value());
    return key_set_of(jwks).verify(*parsed);
}

const oauth2::signing_key& house_key(jws_algorithm algorithm)
{
    static const std::vector<oauth2::signing_key> keys = {
        oauth2::signing_key::generate(jws_algorithm::rs256, "key-rs256"),
        oauth2::signing_key::generate(jws_algorithm::es256, "key-es256"),
        oauth2::signing_key::generate(jws_algorithm::ps256, "key-ps256"),
        oauth2::signing_key::generate(jws_algorithm::eddsa, "key-eddsa"),
    };
    return keys[static_cast<std::size_t>(algorithm)];
}

constexpr jws_algorithm every_algorithm[] = {
    jws_algorithm::rs256, jws_algorithm::es256, jws_algorithm::ps256, jws_algorithm::eddsa};

} // namespace

TEST_CASE("jws: the signatures of RFC 7515 A.2 and A.3 and of RFC 8037 A.4 are verified, and no changed one")
{
    for (const auto& vector : jws_vectors::all) {
        CAPTURE(vector.name);
        CHECK(verdict(vector.jwk, vector.token) == signature_verdict::valid);
        const std::size_t payload = vector.token.find('.') + 1;
        for (const std::size_t at : {payload, payload + 9, vector.token.rfind('.') + 1, vector.token.size() - 8}) {
            CAPTURE(at);
            std::string changed = vector.token;
            changed[at] = changed[at] == 'A' ? 'B' : 'A';
            CHECK(verdict(vector.jwk, changed) == signature_verdict::unknown_key); // they name no key
        }
        for (const auto& other : jws_vectors::all)
            if (&other != &vector)
                CHECK(verdict(other.jwk, vector.token) == signature_verdict::unknown_key);
    }
    const auto parsed = oauth2::parse_jws(jws_vectors::all[1].token);
    CHECK(parsed->payload == "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}");
    CHECK(parsed->algorithm == jws_algorithm::es256);
    CHECK(parsed->key_id.empty());
}

TEST_CASE("jws: what a key signs its public half verifies, and that of no other key")
{
    for (const jws_algorithm algorithm : every_algorithm) {
        CAPTURE(std::string(oauth2::name(algorithm)));
        const oauth2::signing_key& key = house_key(algorithm);
        const std::string token = key.sign(R"({"sub":"1"})");
        const auto parsed = oauth2::parse_jws(token);
        REQUIRE(parsed.has_value());
        CHECK(parsed->algorithm == algorithm);
        CHECK(parsed->key_id == key.id());
        CHECK(parsed->type == "JWT");
        CHECK(parsed->payload == R"({"sub":"1"})");
        CHECK(verdict(key.jwk(), token) == signature_verdict::valid);
        for (const jws_algorithm other : every_algorithm)
            if (other != algorithm)
                CHECK(verdict(house_key(other).jwk(), token) == signature_verdict::unknown_key);

        // The key that the token names, but not the one that signed.
        const auto impostor = oauth2::signing_key::generate(algorithm, key.id());
        CHECK(verdict(key.jwk(), impostor.sign("{}")) == signature_verdict::invalid);
        CHECK(verdict(key.jwk() + ',' + impostor.jwk(), token) == signature_verdict::valid);
        CHECK(verdict(impostor.jwk() + ',' + key.jwk(), token) == signature_verdict::valid);
    }
}

TEST_CASE("jws: an algorithm is taken from the token only where the key allows it")
{
    const oauth2::signing_key& rsa = house_key(jws_algorithm::rs256);
    const std::string named_ps = rsa.sign_with_header(R"({"alg":"PS256","kid":"key-rs256"})", "{}");
    CHECK(verdict(rsa.jwk(), named_ps) == signature_verdict::unknown_key);
    std::string any = rsa.jwk();
    any.erase(any.find("\"alg\":\"RS256\","), std::string("\"alg\":\"RS256\",").size());
    CHECK(verdict(any, rsa.sign("{}")) == signature_verdict::valid);
    CHECK(verdict(any, named_ps) == signature_verdict::invalid);
    CHECK(verdict(any, rsa.sign_with_header(R"({"alg":"ES256","kid":"key-rs256"})", "{}")) ==
          signature_verdict::unknown_key);
}

TEST_CASE("jws: `none`, HMAC and every unknown algorithm are refused")
{
    const oauth2::signing_key& key = house_key(jws_algorithm::es256);
    for (const char* algorithm : {R"("none")", R"("None")", R"("NONE")", R"("nOnE")", R"("")", R"("HS256")",
             R"("HS384")", R"("HS512")", R"("hs256")", R"("rs256")", R"("RS256 ")", R"("RS384")", R"("RS512")",
             R"("ES384")", R"("ES512")", R"("ES256K")", R"("PS384")", R"("EDDSA")", R"("Ed25519")", R"("RSA-OAEP")",
             "null", "1", "[]", R"(["RS256"])", R"({"a":1})", "true"}) {
        CAPTURE(algorithm);
        const auto refused = oauth2::parse_jws(key.sign_with_header(std::string("{\"alg\":") + algorithm + '}', "{}"));
        REQUIRE_FALSE(refused.has_value());
        CHECK(refused.error() == jws_fault::unsupported_algorithm);
    }
    CHECK(oauth2::parse_jws(key.sign_with_header("{}", "{}")).error() == jws_fault::unsupported_algorithm);
    // Unsigned: "none" says so, and the others need a signature.
    CHECK(oauth2::parse_jws(b64url(R"({"alg":"none"})") + '.' + b64url("{}") + '.').error() ==
          jws_fault::unsupported_algorithm);
    CHECK(oauth2::parse_jws(b64url(R"({"alg":"RS256"})") + '.' + b64url("{}") + '.').error() == jws_fault::malformed);
}

TEST_CASE("jws: a header is one JSON object that names nothing twice and asks for no extension")
{
    const oauth2::signing_key& key = house_key(jws_algorithm::es256);
    const std::pair<std::string, jws_fault> table[] = {
        {R"({"alg":"ES256","alg":"ES256"})", jws_fault::malformed},
        {R"({"alg":"none","alg":"ES256"})", jws_fault::malformed},
        {R"({"alg":"ES256","kid":"a","kid":"a"})", jws_fault::malformed},
        {R"({"alg":"ES256","x":{"a":1,"a":2}})", jws_fault::malformed},
        {R"({"alg":"ES256","x":[{"a":1,"a":2}]})", jws_fault::malformed},
        {R"({"alg":"ES256","kid":1})", jws_fault::malformed},
        {R"({"alg":"ES256","kid":null})", jws_fault::malformed},
        {R"({"alg":"ES256","typ":["JWT"]})", jws_fault::malformed},
        {R"(["ES256"])", jws_fault::malformed},
        {R"("ES256")", jws_fault::malformed},
        {R"({"alg":"ES256")", jws_fault::malformed},
        {R"({"alg":"ES256"}{})", jws_fault::malformed},
        {"", jws_fault::malformed},
        {"null", jws_fault::malformed},
        {"{\"alg\":\"ES256\",\"kid\":\"\xff\"}", jws_fault::malformed},
        {R"({"alg":"ES256","crit":["exp"],"exp":1})", jws_fault::critical_extension},
        {R"({"alg":"ES256","crit":["b64"],"b64":false})", jws_fault::critical_extension},
        {R"({"alg":"ES256","crit":[]})", jws_fault::critical_extension},
        {R"({"alg":"ES256","crit":null})", jws_fault::critical_extension},
        {"{\"alg\":\"ES256\",\"x\":" + std::string(40, '[') + std::string(40, ']') + '}', jws_fault::malformed},
    };
    for (const auto& [each_header, fault] : table) {
        const auto& header = each_header; // clang 14 can't capture a binding
        CAPTURE(header);
        const auto refused = oauth2::parse_jws(key.sign_with_header(header, "{}"));
        REQUIRE_FALSE(refused.has_value());
        CHECK(refused.error() == fault);
    }
}

TEST_CASE("jws: a token is three parts of canonical base64url and nothing else")
{
    const std::string token = jws_vectors::all[1].token;
    const std::string header = token.substr(0, token.find('.'));
    const std::string signature = token.substr(token.rfind('.') + 1);
    const std::string& payload = jws_vectors::claims_part;
    REQUIRE(oauth2::parse_jws(token).has_value());
    const std::string table[] = {"", ".", "..", "...", header, header + '.' + payload, token + '.', '.' + token,
        token + ".x", token + '=', token + "\n", ' ' + token, token + ' ', token + '\0',
        header + "=." + payload + '.' + signature, header + '.' + payload + "=." + signature,
        header + '.' + payload + "==." + signature, header + '.' + payload + "+." + signature,
        header + '.' + payload + "/." + signature,
        header + '.' + payload.substr(0, payload.size() - 1) + "R." + signature, header + ".." + signature,
        header + '.' + payload + '.',
        header + '.' + payload + '.' + signature.substr(0, signature.size() - 1) + 'V', // other tail bits
        header + "\xc3\xa9." + payload + '.' + signature, "{\"alg\":\"ES256\"}." + payload + '.' + signature,
        "{\"payload\":\"" + payload + "\",\"signatures\":[]}",
        header + '.' + payload + '.' + signature + '.' + header + '.' + payload,
        header + '.' + payload + '.' + std::string(oauth2::max_jws, 'A')};
    for (const std::string& bad : table) {
        CAPTURE(bad);
        const auto refused = oauth2::parse_jws(bad);
        REQUIRE_FALSE(refused.has_value());
        CHECK(refused.error() == jws_fault::malformed);
    }
}

TEST_CASE("jws: an ECDSA signature is r and s, in 64 octets")
{
    const auto& vector = jws_vectors::all[1];
    const std::string head = vector.token.substr(0, vector.token.rfind('.') + 1);
    const auto parsed = oauth2::parse_jws(vector.token);
    const std::string octets = parsed->signature;
    REQUIRE(octets.size() == 64);
    const auto der_integer = [](std::string number) {
        if (static_cast<unsigned char>(number[0]) >= 0x80)
            number.insert(number.begin(), '\0');
        return std::string("\x02") + static_cast<char>(number.size()) + number;
    };
    const std::string integers = der_integer(octets.substr(0, 32)) + der_integer(octets.substr(32));
    const std::string der = std::string("\x30") + static_cast<char>(integers.size()) + integers;
    for (const std::string& bad :
        {der, octets.substr(1), octets + '\0', '\0' + octets, octets.substr(32) + octets.substr(0, 32),
            std::string(64, '\0'), std::string(64, '\xff'), std::string(32, '\0') + octets.substr(32)}) {
        CHECK(verdict(vector.jwk, head + b64url(bad)) == signature_verdict::unknown_key);
    }
}

TEST_CASE("jwk set: a key that cannot be used is left out, and the others stay")
{
    const std::string good = house_key(jws_algorithm::es256).jwk();
    const std::string rsa = jws_vectors::all[0].jwk;
    const auto with_members = [](std::string jwk, const std::string& members) { return jwk.insert(1, members + ','); };
    const auto replaced = [](std::string jwk, const std::string& part, const std::string& by) {
        return jwk.replace(jwk.find(part), part.size(), by);
    };
    const std::string ec = jws_vectors::all[1].jwk;
    const std::string ed = jws_vectors::all[2].jwk;
    const std::string table[] = {"null", "1", "\"x\"", "[]", "{}", R"({"kty":"oct","k":"AAAA"})",
        R"({"kty":"oct","alg":"HS256","kid":"key-es256","k":"AAAA"})", R"({"kty":"RSA"})", R"({"kty":1})",
        R"({"kty":"RSA","n":"AQAB","e":"AQAB"})",                              // too short
        R"({"kty":"RSA","n":")" + std::string(171, '_') + R"(","e":"AQAB"})",  // 1024 bits
        R"({"kty":"RSA","n":")" + std::string(1400, '_') + R"(","e":"AQAB"})", // over 8192
        replaced(rsa, "AQAB", "AQ"), replaced(rsa, "AQAB", "Ag"), replaced(rsa, "AQAB", "AA"),
        replaced(rsa, "\"AQAB\"", "65537"), replaced(rsa, "AQAB", ""), replaced(rsa, "AQAB", "AQAB="),
        replaced(rsa, "AQAB", "____________"), replaced(rsa, "ofgW", "of+W"), with_members(rsa, R"("use":"enc")"),
        with_members(rsa, R"("use":1)"), with_members(rsa, R"("alg":"RSA-OAEP")"),
        with_members(rsa, R"("alg":"HS256")"), with_members(rsa, R"("alg":"ES256")"),
        with_members(rsa, R"("alg":"none")"), with_members(rsa, R"("kid":7)"),
        with_members(rsa, R"("key_ops":["sign"])"), with_members(rsa, R"("key_ops":"verify")"),
        replaced(ec, "P-256", "P-384"), replaced(ec, "P-256", "secp256k1"),
        replaced(ec, "f83O", "f83P"), // not on the curve
        replaced(ec, "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", ""), replaced(ec, "VEU", "VEUA"),
        with_members(ec, R"("alg":"RS256")"),
        R"({"kty":"EC","crv":"P-256","x":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","y":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"})",
        replaced(ed, "Ed25519", "X25519"), replaced(ed, "Ed25519", "Ed448"), replaced(ed, "11qY", ""),
        with_members(ed, R"("use":"enc")"), replaced(ed, "OKP", "EC")};
    for (const std::string& jwk : table) {
        CAPTURE(jwk);
        const auto alone = oauth2::jwk_set::parse("{\"keys\":[" + jwk + "]}");
        REQUIRE_FALSE(alone);
        CHECK(alone.error().reason() == errc::malformed_response);
        CHECK(key_set_of(jwk + ',' + good).size() == 1);
    }
    for (const std::string& jwk : {rsa, ec, ed, with_members(rsa, R"("use":"sig")"),
             with_members(rsa, R"("key_ops":["verify","x"])"), with_members(rsa, R"("alg":"PS256")"),
             with_members(ec, R"("x5c":["MII"],"kid":"")"), with_members(ed, R"("alg":"EdDSA")")})
        CHECK(key_set_of(jwk + ',' + good).size() == 2);
}

TEST_CASE("jwk set: what is not a set of keys, is empty or is huge is refused")
{
    std::string many = house_key(jws_algorithm::es256).jwk();
    for (int i = 0; i < 100; ++i)
        many += ",{}";
    const std::pair<std::string, errc> table[] = {
        {"", errc::malformed_response},
        {"<html></html>", errc::malformed_response},
        {"[]", errc::malformed_response},
        {"{}", errc::malformed_response},
        {R"({"keys":null})", errc::malformed_response},
        {R"({"keys":{}})", errc::malformed_response},
        {R"({"keys":[]})", errc::malformed_response},
        {R"({"keys":[],"keys":[]})", errc::malformed_response},
        {R"({"error":"x"})", errc::malformed_response},
        {"{\"keys\":[" + many + "]}", errc::malformed_response},
        {"{\"keys\":" + std::string(50, '[') + std::string(50, ']') + '}', errc::malformed_response},
        {std::string(5 * 1024 * 1024, ' ') + R"({"keys":[]})", errc::response_too_large},
    };
    for (const auto& [each_body, expected] : table) {
        const auto& body = each_body; // clang 14 can't capture a binding
        CAPTURE(body.substr(0, 80));
        const auto refused = oauth2::jwk_set::parse(body);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().reason() == expected);
    }
    CHECK(oauth2::jwk_set().size() == 0);
}

TEST_CASE("jwk set: a key that is not in it yet is another verdict than a wrong signature")
{
    const auto old_key = oauth2::signing_key::generate(jws_algorithm::es256, "2026-01");
    const auto new_key = oauth2::signing_key::generate(jws_algorithm::es256, "2026-02");
    const std::string token = new_key.sign("{}");
    CHECK(verdict(old_key.jwk(), token) == signature_verdict::unknown_key);
    const oauth2::signing_key rotated[] = {old_key, new_key};
    const auto new_keys = oauth2::jwk_set::parse(oauth2::jwk_set_text(rotated)).value();
    CHECK(new_keys.size() == 2);
    CHECK(new_keys.verify(*oauth2::parse_jws(token)) == signature_verdict::valid);
    CHECK(new_keys.verify(*oauth2::parse_jws(old_key.sign("{}"))) == signature_verdict::valid);
    CHECK(new_keys.verify(*oauth2::parse_jws(old_key.sign_with_header(R"({"alg":"ES256","kid":"2026-02"})", "{}"))) ==
          signature_verdict::invalid);
    // Without a name each key is tried.
    CHECK(new_keys.verify(*oauth2::parse_jws(new_key.sign_with_header(R"({"alg":"ES256"})", "{}"))) ==
          signature_verdict::valid);
    CHECK(oauth2::jwk_set().verify(*oauth2::parse_jws(token)) == signature_verdict::unknown_key);
}
