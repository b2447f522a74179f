#include "crypto/aead.hpp"
#include "text/hex.hpp"

#include <doctest/doctest.h>

#include <string>

namespace crypto = coauth::crypto;

namespace {

std::string octets_of_hex(std::string_view digits)
{
    std::string out;
    for (std::size_t i = 0; i + 1 < digits.size(); i += 2)
        out += static_cast<char>(coauth::text::hex_value(digits[i]) * 16 + coauth::text::hex_value(digits[i + 1]));
    return out;
}

// Test case 16 of McGrew and Viega, "The Galois/Counter Mode of Operation".
const std::string gcm_key = octets_of_hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308");
const std::string gcm_nonce = octets_of_hex("cafebabefacedbaddecaf888");
const std::string gcm_associated = octets_of_hex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
const std::string gcm_text = octets_of_hex("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
                                           "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39");
const std::string gcm_sealed = octets_of_hex("522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
                                             "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
                                             "76fc6ece0f4e1768cddf8853bb2d551b");

} // namespace

TEST_CASE("crypto: AES-256-GCM seals and opens test case 16 of its specification")
{
    CHECK(crypto::aead_seal(gcm_key, gcm_nonce, gcm_associated, gcm_text) == gcm_sealed);
    const auto opened = crypto::aead_open(gcm_key, gcm_nonce, gcm_associated, gcm_sealed);
    REQUIRE(opened);
    CHECK(opened->reveal() == gcm_text);
}

TEST_CASE("crypto: what is sealed opens with no bit of it, of the key, the nonce or the associated text changed")
{
    const auto opens = [](const std::string& key, const std::string& nonce, const std::string& associated,
                           const std::string& sealed) {
        return crypto::aead_open(key, nonce, associated, sealed).has_value();
    };
    const auto flipped = [](std::string text, std::size_t bit) {
        text[bit / 8] = static_cast<char>(text[bit / 8] ^ (1 << bit % 8));
        return text;
    };
    for (std::size_t bit = 0; bit < gcm_key.size() * 8; ++bit)
        CHECK_FALSE(opens(flipped(gcm_key, bit), gcm_nonce, gcm_associated, gcm_sealed));
    for (std::size_t bit = 0; bit < gcm_nonce.size() * 8; ++bit)
        CHECK_FALSE(opens(gcm_key, flipped(gcm_nonce, bit), gcm_associated, gcm_sealed));
    for (std::size_t bit = 0; bit < gcm_associated.size() * 8; ++bit)
        CHECK_FALSE(opens(gcm_key, gcm_nonce, flipped(gcm_associated, bit), gcm_sealed));
    for (std::size_t bit = 0; bit < gcm_sealed.size() * 8; ++bit)
        CHECK_FALSE(opens(gcm_key, gcm_nonce, gcm_associated, flipped(gcm_sealed, bit)));
    for (std::size_t size = 0; size < gcm_sealed.size(); ++size)
        CHECK_FALSE(opens(gcm_key, gcm_nonce, gcm_associated, gcm_sealed.substr(0, size)));
}

TEST_CASE("crypto: an empty text is sealed, too")
{
    const auto sealed = crypto::aead_seal(gcm_key, gcm_nonce, "", "");
    CHECK(sealed.size() == crypto::aead_tag_size);
    const auto opened = crypto::aead_open(gcm_key, gcm_nonce, "", sealed);
    REQUIRE(opened);
    CHECK(opened->empty());
}

TEST_CASE("crypto: HKDF derives the first 32 octets of RFC 5869, A.1, and with an empty salt and info those of A.3")
{
    const std::string key(22, '\x0b');
    CHECK(crypto::derive_key(key, octets_of_hex("000102030405060708090a0b0c"), octets_of_hex("f0f1f2f3f4f5f6f7f8f9"))
              .reveal() == octets_of_hex("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"));
    CHECK(crypto::derive_key(key, "", "").reveal() ==
          octets_of_hex("8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"));
}
