#include "crypto/digest.hpp"
#include "crypto/hmac.hpp"
#include "crypto/random.hpp"
#include "crypto/rsa.hpp"
#include "crypto/signature_key.hpp"
#include "failing_generator.hpp"
#include "text/hex.hpp"
#include "vectors/oauth1_vectors.hpp"

#include <coauth/session/login.hpp>

#include <doctest/doctest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace crypto = coauth::crypto;
using coauth::errc;

namespace {

template <class Octets>
std::string hex_of_octets(const Octets& octets)
{
    return coauth::text::hex_encode(std::string(octets.begin(), octets.end()));
}

template <class Call>
std::optional<coauth::error> crypto_failure(Call call)
{
    try {
        call();
    } catch (const coauth::error& e) {
        return e;
    }
    return std::nullopt;
}

} // namespace

TEST_CASE("crypto random: every octet is drawn, and draws differ")
{
    std::array<std::array<unsigned char, 33>, 64> draws{};
    for (auto& draw : draws)
        crypto::fill_random(draw.data(), draw.size());
    for (std::size_t i = 0; i < draws[0].size(); ++i)
        CHECK(std::any_of(draws.begin(), draws.end(), [i](const auto& draw) { return draw[i] != 0; }));
    std::sort(draws.begin(), draws.end());
    CHECK(std::adjacent_find(draws.begin(), draws.end()) == draws.end());

    std::array<unsigned char, 4> kept = {1, 2, 3, 4};
    crypto::fill_random(kept.data(), 0);
    CHECK(kept == std::array<unsigned char, 4>{1, 2, 3, 4});
    crypto::wipe(kept.data() + 1, 2);
    CHECK(kept == std::array<unsigned char, 4>{1, 0, 0, 4});
}

TEST_CASE("crypto random: without random octets the failure is typed, with a hint")
{
    const crypto_test::failing_generator generator;
    unsigned char octet = 0;
    for (const auto& failure : {crypto_failure([&] { crypto::fill_random(&octet, 1); }),
             crypto_failure([] { coauth::browser_binding::random(); })}) {
        REQUIRE(failure);
        CHECK(failure->reason() == errc::invalid_argument);
        CHECK(failure->hint());
    }
}

TEST_CASE("crypto digest: FIPS 180-4's examples come out")
{
    const std::pair<const char*, const char*> table[] = {
        {"SHA1", "a9993e364706816aba3e25717850c26c9cd0d89d"},
        {"SHA256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"SHA512",
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d442"
            "3643ce80e2a9ac94fa54ca49f"},
    };
    for (const auto& [name, digest] : table) {
        CHECK(hex_of_octets(crypto::digest_of(crypto::hash_named(name), "abc").view()) == digest);
        CHECK(crypto::hash_named(name) == crypto::hash_named(name));
    }
    CHECK(hex_of_octets(crypto::sha256("abc")) == table[1].second);
    CHECK(hex_of_octets(crypto::sha256("")) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    for (const char* name : {"", "MD5", "sha256", "SHA256 "}) {
        const auto failure = crypto_failure([name] { crypto::hash_named(name); });
        REQUIRE(failure);
        CHECK(failure->reason() == errc::invalid_argument);
        CHECK(failure->message() == "this system's OpenSSL does not offer " + std::string(name));
        CHECK(failure->hint());
    }
}

TEST_CASE("crypto hmac: the examples of RFC 2202 and RFC 4231 come out, by a prepared key and at once")
{
    struct row {
        const char* hash;
        std::string key, text;
        const char* mac;
    };
    const std::string longer = "Test Using Larger Than Block-Size Key - Hash Key First";
    const row table[] = {
        {"SHA1", "Jefe", "what do ya want for nothing?", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"},
        {"SHA256", "Jefe", "what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
        {"SHA512", "Jefe", "what do ya want for nothing?",
            "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d"
            "4a6b"
            "4b636e070a38bce737"},
        {"SHA1", std::string(80, '\xaa'), longer, "aa4ae5e15272d00e95705637ce8a3b55ed402112"},
        {"SHA256", std::string(131, '\xaa'), longer,
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
        {"SHA512", std::string(131, '\xaa'), longer,
            "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f3526b56d037e05f2598bd0fd2215d6a1e5295e64f73f6"
            "3f0a"
            "ec8b915a985d786598"},
        {"SHA256", "", "", "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"},
    };
    for (const row& r : table) {
        CAPTURE(std::string(r.hash));
        const crypto::hash_function hash = crypto::hash_named(r.hash);
        CHECK(hex_of_octets(crypto::hmac(hash, r.key, r.text).view()) == r.mac);
        const crypto::hmac_key key(hash, r.key);
        CHECK(hex_of_octets(key.sign(r.text).view()) == r.mac);
        CHECK(hex_of_octets(key.sign("another").view()) != r.mac);
        CHECK(hex_of_octets(key.sign(r.text).view()) == r.mac);
        const crypto::begun_hmac begun(key, "");
        CHECK(hex_of_octets(begun.sign(r.text).view()) == r.mac);
        CHECK(hex_of_octets(begun.sign("another").view()) != r.mac);
        CHECK(hex_of_octets(begun.sign(r.text).view()) == r.mac);
    }
}

TEST_CASE("crypto hmac: a key that has read the beginning makes the MAC of the whole text")
{
    for (const char* hash : {"SHA1", "SHA256", "SHA512"}) {
        const crypto::hmac_key key(crypto::hash_named(hash), "key");
        for (const std::size_t length : {0U, 1U, 63U, 64U, 65U, 127U, 128U, 129U, 1000U}) {
            const std::string beginning(length, 'b');
            const crypto::begun_hmac begun(key, beginning);
            for (const std::string& rest : {std::string(), std::string("rest"), std::string(200, 'r')}) {
                const crypto::digest whole = key.sign(beginning + rest);
                const crypto::digest continued = begun.sign(rest);
                CHECK(continued.octets == whole.octets);
                CHECK(continued.size == whole.size);
            }
        }
    }
}

TEST_CASE("crypto hmac: a key of any length makes OpenSSL's MAC, and keys of several hashes take turns")
{
    for (const std::size_t length : {1U, 63U, 64U, 65U, 127U, 128U, 129U, 192U, 384U})
        for (const char* name : {"SHA1", "SHA512", "SHA256"}) {
            CAPTURE(length);
            CAPTURE(name);
            const std::string secret(length, 'k');
            const std::string text = "text";
            std::array<unsigned char, EVP_MAX_MD_SIZE> octets{};
            unsigned size = 0;
            REQUIRE(HMAC(crypto::hash_named(name), secret.data(), static_cast<int>(length),
                reinterpret_cast<const unsigned char*>(text.data()), text.size(), octets.data(), &size));
            const std::string expected = hex_of_octets(std::string(octets.begin(), octets.begin() + size));
            const crypto::hmac_key key(crypto::hash_named(name), secret);
            CHECK(hex_of_octets(key.sign(text).view()) == expected);
            CHECK(hex_of_octets(crypto::begun_hmac(key, "te").sign("xt").view()) == expected);
        }
}

TEST_CASE("crypto hmac: a key is wiped, as it is or as the digest that stands for a long one")
{
    for (const std::size_t length : {30U, 300U}) {
        CAPTURE(length);
        const auto sha512 = crypto::hash_named("SHA512");
        const std::string secret(length, 'k');
        const crypto::digest shortened = crypto::digest_of(sha512, secret);
        const std::string kept = length <= 128 ? secret : std::string(shortened.view().begin(), shortened.view().end());
        struct alignas(crypto::hmac_key) room_for_one {
            char octets[sizeof(crypto::hmac_key)];
        } place{};
        const std::string_view memory(place.octets, sizeof place.octets);
        auto* const made = new (place.octets) crypto::hmac_key(sha512, secret);
        made->sign("text");
        CHECK(memory.find(kept) != memory.npos);
        made->~hmac_key();
        CHECK(memory.find(kept.substr(0, 8)) == memory.npos);
    }
}

TEST_CASE("crypto rsa: what the private key signs the public key verifies, and neither does the other's work")
{
    const auto private_key = crypto::rsa_key::read_private(vectors::house_rsa_private_key());
    const auto public_key = crypto::rsa_key::read_public(vectors::house_rsa_public_key());
    const crypto::hash_function sha256 = crypto::hash_named("SHA256");
    const auto signature = private_key.sign(sha256, "text");
    REQUIRE(signature);
    CHECK(signature->size() == 256);
    CHECK(public_key.verify(sha256, "text", *signature));
    CHECK_FALSE(public_key.verify(sha256, "another", *signature));
    CHECK_FALSE(public_key.verify(crypto::hash_named("SHA512"), "text", *signature));
    CHECK_FALSE(public_key.verify(sha256, "text", {}));
    CHECK(public_key.sign(sha256, "text").error().reason() == errc::invalid_argument);

    const std::string other_pem = "-----BEGIN PUBLIC KEY-----\nnonsense\n-----END PUBLIC KEY-----\n";
    for (const std::string& pem : {std::string(), other_pem, vectors::house_rsa_public_key()})
        CHECK(crypto_failure([&] { crypto::rsa_key::read_private(pem); }));
    for (const std::string& pem : {std::string(), other_pem, vectors::house_rsa_private_key()})
        CHECK(crypto_failure([&] { crypto::rsa_key::read_public(pem); }));
}

TEST_CASE("crypto signature keys: each kind signs and verifies its own schemes only")
{
    using crypto::signature_scheme;
    const signature_scheme schemes[] = {signature_scheme::rsa_pkcs1_sha256, signature_scheme::rsa_pss_sha256,
        signature_scheme::ecdsa_p256_sha256, signature_scheme::ed25519};
    for (const auto kind : {crypto::key_kind::rsa, crypto::key_kind::p256, crypto::key_kind::ed25519}) {
        const auto key = crypto::private_key::generate(kind);
        const auto verifier = crypto::public_key::from_parts(key.parts()).value();
        CHECK(verifier.kind() == kind);
        for (const auto scheme : schemes) {
            const auto signature = key.sign(scheme, "text");
            CHECK(signature.has_value() == (crypto::kind_of(scheme) == kind));
            if (!signature)
                continue;
            for (const auto other : schemes)
                CHECK(verifier.verify(other, "text", *signature) == (other == scheme));
            CHECK_FALSE(verifier.verify(scheme, "texts", *signature));
            CHECK_FALSE(verifier.verify(scheme, "text", signature->substr(1)));
            CHECK_FALSE(verifier.verify(scheme, "text", ""));
        }
        auto short_parts = key.parts();
        short_parts.x.resize(short_parts.x.size() / 2);
        short_parts.modulus.resize(short_parts.modulus.size() / 2);
        CHECK(crypto::public_key::from_parts(short_parts).error().reason() == errc::invalid_argument);
    }
}

TEST_CASE("sha256: several texts have the digest of all of them in a row, each time")
{
    const auto whole = crypto::sha256("abcdef");
    for (int i = 0; i < 3; ++i) {
        CHECK(crypto::sha256({"ab", "", "cdef"}) == whole);
        CHECK(crypto::sha256({}) == crypto::sha256(""));
        CHECK(hex_of_octets(crypto::sha256("")).starts_with("e3b0c44298fc1c14"));
    }
    const std::string block(64, 'a');
    CHECK(crypto::sha256({block, block}) == crypto::sha256(block + block));
}
