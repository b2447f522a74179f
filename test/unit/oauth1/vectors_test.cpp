// Published and house vectors (test/vectors/oauth1.json), reproduced; where only a public key is
// known, verified.
#include "vectors/oauth1_vectors.hpp"

#include <coauth/oauth1/base_string.hpp>
#include <coauth/oauth1/signature_method.hpp>
#include <coauth/text/percent_encoding.hpp>

#include <algorithm>
#include <set>

using namespace coauth;
using namespace coauth::oauth1;

namespace {

signature_method hmac(std::string_view hash)
{
    return hash == "sha1" ? hmac_sha1() : hash == "sha256" ? hmac_sha256() : hmac_sha512();
}

std::string sign(const signature_method& method, const vectors::row& v, std::string_view base_string)
{
    const auto key = method->make_key(secret(v.text("consumer_secret")), secret(v.text("token_secret")));
    std::string out;
    key->sign(base_string, out).value();
    CHECK(key->verify(base_string, out));
    CHECK_FALSE(key->verify(std::string(base_string) + "x", out));
    return out;
}

signature_method rsa_public(std::string_view hash, std::string_view pem)
{
    return hash == "sha1" ? rsa_sha1_public(pem) : hash == "sha256" ? rsa_sha256_public(pem) : rsa_sha512_public(pem);
}

std::string base_string_of(const vectors::row& v)
{
    if (v.has("base_string"))
        return v.text("base_string");
    const std::string uri = v.has("base_uri") ? v.text("base_uri") : v.text("uri");
    return signature_base_string(v.text("method"), uri, normalize(v.params("params")));
}

// A base string names its own ingredients: method, URI and parameters.
std::string taken_apart_and_made_again(const std::string& base)
{
    const auto first = base.find('&');
    const auto second = base.find('&', first + 1);
    const std::string uri = text::percent_decode(std::string_view(base).substr(first + 1, second - first - 1)).value();
    auto list = parse_form(text::percent_decode(std::string_view(base).substr(second + 1)).value()).value();
    std::reverse(list.begin(), list.end());
    return signature_base_string(base.substr(0, first), base_string_uri(split_target(uri).value()), normalize(list));
}

} // namespace

TEST_CASE("vectors: every published vector is reproduced")
{
    std::set<std::string> kinds;
    int done = 0;
    for (const auto& v : vectors::published()) {
        CAPTURE(v.text("name"));
        const std::string kind = v.text("kind");
        kinds.insert(kind);
        ++done;
        if (kind == "hmac") {
            const std::string uri = v.text("uri");
            const auto url = split_target(uri);
            REQUIRE(url);
            const std::string base =
                signature_base_string(v.text("method"), base_string_uri(*url), normalize(v.params("params")));
            CHECK(base == v.text("base_string"));
            CHECK(sign(hmac(v.text("hash")), v, base) == v.text("expected"));
        } else if (kind == "hmac-base") {
            CHECK(sign(hmac(v.text("hash")), v, v.text("base_string")) == v.text("expected"));
        } else if (kind == "plaintext") {
            // The row names no secrets; they are those of oauthlib's HMAC rows.
            const auto key = plaintext()->make_key(
                secret("ECrDNoq1VYzzzzzzzzzyAK7TwZNtPnkqatqZZZZ"), secret("just-a-string    asdasd"));
            std::string out;
            REQUIRE(key->sign("", out));
            CHECK(out == v.text("expected"));
            CHECK(key->verify("", out));
        } else if (kind == "rsa" && v.has("private_key_pem")) {
            std::string out;
            REQUIRE(rsa_sha1(secret(v.text("private_key_pem")))
                        ->make_key(secret(), secret())
                        ->sign(v.text("base_string"), out));
            CHECK(out == v.text("expected"));
        } else if (kind == "rsa") {
            const std::string hash = v.text("name").substr(v.text("name").rfind('-') + 1);
            const auto key = rsa_public(hash, v.text("public_key_spki_pem"))->make_key(secret(), secret());
            CHECK(key->verify(v.text("base_string"), v.text("expected")));
            CHECK_FALSE(key->verify(v.text("base_string") + "x", v.text("expected")));
            std::string out;
            CHECK_FALSE(key->sign(v.text("base_string"), out));
        } else if (kind == "encode") {
            CHECK(text::percent_encode(v.text("input")) == v.text("expected"));
        } else if (kind == "normalize") {
            CHECK(normalize(parse_form(v.text("query")).value()) == v.text("expected"));
        } else if (kind == "base") {
            CHECK(taken_apart_and_made_again(v.text("expected")) == v.text("expected"));
        } else if (kind == "norm") {
            auto list = parse_form(v.text("expected")).value();
            std::reverse(list.begin(), list.end());
            CHECK(normalize(list) == v.text("expected"));
        } else if (kind == "body_hash") {
            const bool sha256 = v.text("name").find("sha256") != std::string::npos;
            const std::string body = v.text("name").find("Hello") != std::string::npos ? "Hello World!" : "";
            CHECK((sha256 ? hmac_sha256() : hmac_sha1())->body_hash(body) == v.text("expected"));
        } else {
            // Of OAuth 2 and app-only tokens.
            CHECK((kind == "pkce" || kind == "basic"));
            --done;
        }
    }
    CHECK(done == 74);
    CHECK(kinds.size() == 11);
}

TEST_CASE("vectors: the RFC's example of section 3.4.1 is made from its query, header and body")
{
    // Section 3.4.1.3.1.
    auto all = parse_form("b5=%3D%253D&a3=a&c%40=&a2=r%20b").value();
    const parameters protocol = {{"oauth_consumer_key", "9djdj82h48djs9d2"}, {"oauth_token", "kkk9d7dh3k39sjv7"},
        {"oauth_signature_method", "HMAC-SHA1"}, {"oauth_timestamp", "137131201"}, {"oauth_nonce", "7d8f3e4a"}};
    const auto body = parse_form("c2&a3=2+q").value();
    all.insert(all.end(), protocol.begin(), protocol.end());
    all.insert(all.end(), body.begin(), body.end());

    const std::string normalized = normalize(all);
    const auto url = split_target("http://EXAMPLE.COM:80/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b");
    const std::string base = signature_base_string("POST", base_string_uri(url.value()), normalized);
    for (const auto& v : vectors::published()) {
        if (v.text("kind") == "norm")
            CHECK(normalized == v.text("expected"));
        if (v.text("name") == "rfc5849-3.4.1.1-base")
            CHECK(base == v.text("expected"));
    }
}

TEST_CASE("vectors: every house vector is reproduced")
{
    int done = 0;
    for (const auto& v : vectors::house()) {
        CAPTURE(v.text("name"));
        const std::string normalized = normalize(v.params("params"));
        CHECK(normalized == v.text("normalized"));
        const std::string base = signature_base_string(v.text("method"), v.text("base_uri"), normalized);
        CHECK(base == v.text("base_string"));
        CHECK(sign(hmac(v.text("hash")), v, base) == v.text("signature"));
        if (v.has("wire")) {
            const std::string wire = v.text("wire");
            const auto url = split_target(wire);
            REQUIRE(url);
            CHECK(base_string_uri(*url) == v.text("base_uri"));
        }
        ++done;
    }
    CHECK(done == 22);
}

TEST_CASE("vectors: the house RSA vectors are signed and verified")
{
    const secret key{vectors::house_rsa_private_key()};
    int done = 0;
    for (const auto& v : vectors::house_rsa()) {
        CAPTURE(v.text("name"));
        const bool sha1 = v.text("name") == "H-RSA-SHA1";
        const auto signing = (sha1 ? rsa_sha1(key) : rsa_sha256(key))->make_key(secret(), secret());
        std::string out;
        REQUIRE(signing->sign(base_string_of(v), out));
        CHECK(out == v.text("signature"));
        CHECK(base_string_of(v) == v.text("base_string"));
        const auto checking = rsa_public(sha1 ? "sha1" : "sha256", vectors::house_rsa_public_key());
        CHECK(checking->make_key(secret(), secret())->verify(base_string_of(v), out));
        ++done;
    }
    CHECK(done == 2);
}
