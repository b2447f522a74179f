#include "crypto/signature_key.hpp"

#include "crypto/digest.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include <array>
#include <new>
#include <utility>

namespace coauth::crypto {

namespace {

constexpr std::size_t coordinate_size = 32;

struct free_key_object {
    void operator()(EVP_PKEY* key) const noexcept { EVP_PKEY_free(key); }
    void operator()(EVP_PKEY_CTX* context) const noexcept { EVP_PKEY_CTX_free(context); }
    void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
    void operator()(BIGNUM* number) const noexcept { BN_free(number); }
    void operator()(ECDSA_SIG* signature) const noexcept { ECDSA_SIG_free(signature); }
    void operator()(OSSL_PARAM* parameters) const noexcept { OSSL_PARAM_free(parameters); }
    void operator()(OSSL_PARAM_BLD* builder) const noexcept { OSSL_PARAM_BLD_free(builder); }
};
template <class T>
using openssl_object = std::unique_ptr<T, free_key_object>;

template <class T>
openssl_object<T> made(T* raw)
{
    if (!raw)
        throw std::bad_alloc();
    return openssl_object<T>(raw);
}

const unsigned char* key_octets(std::string_view text) noexcept
{
    return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* key_octets(std::string& text) noexcept
{
    return reinterpret_cast<unsigned char*>(text.data());
}

openssl_object<BIGNUM> number_of(std::string_view octets)
{
    return made(BN_bin2bn(key_octets(octets), static_cast<int>(octets.size()), nullptr));
}

std::string octets_of(const BIGNUM* number)
{
    std::string out(static_cast<std::size_t>(BN_num_bytes(number)), '\0');
    BN_bn2bin(number, key_octets(out));
    return out;
}

error unusable_key(const char* reason)
{
    return error(errc::invalid_argument, std::string("the public key can't be used: ") + reason);
}

// Null if OpenSSL refuses the parts.
openssl_object<EVP_PKEY> key_from(const char* kind, OSSL_PARAM_BLD* builder)
{
    const auto parameters = made(OSSL_PARAM_BLD_to_param(builder));
    const openssl_object<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_name(nullptr, kind, nullptr));
    EVP_PKEY* raw = nullptr;
    if (!context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &raw, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1)
        return nullptr;
    return openssl_object<EVP_PKEY>(raw);
}

result<openssl_object<EVP_PKEY>> rsa_from(const public_parts& parts)
{
    if (parts.modulus.size() > 1024 || parts.exponent.size() > 8)
        return unusable_key("its RSA modulus has more than 8192 bits, or its exponent more than 64");
    const auto modulus = number_of(parts.modulus);
    const auto exponent = number_of(parts.exponent);
    if (BN_num_bits(modulus.get()) < 2048)
        return unusable_key("its RSA modulus has fewer than 2048 bits");
    if (!BN_is_odd(modulus.get()) || !BN_is_odd(exponent.get()) || BN_is_one(exponent.get()))
        return unusable_key("its RSA modulus or exponent is none");
    const auto builder = made(OSSL_PARAM_BLD_new());
    if (OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get()) != 1 ||
        OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get()) != 1)
        throw std::bad_alloc();
    return key_from("RSA", builder.get());
}

result<openssl_object<EVP_PKEY>> p256_from(const public_parts& parts)
{
    if (parts.x.size() != coordinate_size || parts.y.size() != coordinate_size)
        return unusable_key("a coordinate does not have 32 octets");
    const std::string point = '\x04' + parts.x + parts.y; // uncompressed
    const auto builder = made(OSSL_PARAM_BLD_new());
    if (OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0) != 1 ||
        OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) != 1)
        throw std::bad_alloc();
    auto key = key_from("EC", builder.get());
    if (!key)
        return key;
    const openssl_object<EVP_PKEY_CTX> check(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
    if (!check || EVP_PKEY_public_check(check.get()) != 1)
        return unusable_key("its point is not on the curve");
    return key;
}

result<openssl_object<EVP_PKEY>> ed25519_from(const public_parts& parts)
{
    if (parts.x.size() != coordinate_size)
        return unusable_key("it does not have 32 octets");
    return openssl_object<EVP_PKEY>(
        EVP_PKEY_new_raw_public_key_ex(nullptr, "ED25519", nullptr, key_octets(parts.x), parts.x.size()));
}

// Ed25519 takes the text as it is; PSS has its salt as long as the digest.
bool set_up(EVP_MD_CTX* context, signature_scheme scheme, EVP_PKEY* key, bool signing)
{
    const hash_function hash = scheme == signature_scheme::ed25519 ? nullptr : hash_named("SHA256");
    EVP_PKEY_CTX* of_key = nullptr;
    const int begun = signing ? EVP_DigestSignInit(context, &of_key, hash, nullptr, key)
                              : EVP_DigestVerifyInit(context, &of_key, hash, nullptr, key);
    if (begun != 1)
        return false;
    return scheme != signature_scheme::rsa_pss_sha256 ||
           (EVP_PKEY_CTX_set_rsa_padding(of_key, RSA_PKCS1_PSS_PADDING) == 1 &&
               EVP_PKEY_CTX_set_rsa_pss_saltlen(of_key, RSA_PSS_SALTLEN_DIGEST) == 1);
}

// Empty if `signature` is not r and s.
std::string der_of(std::string_view signature)
{
    if (signature.size() != 2 * coordinate_size)
        return {};
    const auto r_and_s = made(ECDSA_SIG_new());
    auto r = number_of(signature.substr(0, coordinate_size));
    auto s = number_of(signature.substr(coordinate_size));
    if (ECDSA_SIG_set0(r_and_s.get(), r.get(), s.get()) != 1)
        return {};
    static_cast<void>(r.release());
    static_cast<void>(s.release());
    std::array<unsigned char, 80> der{}; // two integers of 33 octets and three headers
    unsigned char* end = der.data();
    const int size = i2d_ECDSA_SIG(r_and_s.get(), nullptr);
    if (size <= 0 || static_cast<std::size_t>(size) > der.size() || i2d_ECDSA_SIG(r_and_s.get(), &end) != size)
        return {};
    return std::string(der.begin(), der.begin() + size);
}

// Empty if `der` is not an ECDSA signature.
std::string r_and_s_of(std::string_view der)
{
    const unsigned char* begin = key_octets(der);
    const openssl_object<ECDSA_SIG> r_and_s(d2i_ECDSA_SIG(nullptr, &begin, static_cast<long>(der.size())));
    std::string out(2 * coordinate_size, '\0');
    constexpr int size = static_cast<int>(coordinate_size);
    if (!r_and_s || BN_bn2binpad(ECDSA_SIG_get0_r(r_and_s.get()), key_octets(out), size) != size ||
        BN_bn2binpad(ECDSA_SIG_get0_s(r_and_s.get()), key_octets(out) + coordinate_size, size) != size)
        return {};
    return out;
}

std::string octet_parameter(const EVP_PKEY* key, const char* name)
{
    BIGNUM* raw = nullptr;
    if (EVP_PKEY_get_bn_param(key, name, &raw) != 1)
        throw error(errc::invalid_argument, "OpenSSL does not give the parts of a key");
    const openssl_object<BIGNUM> number(raw);
    return octets_of(number.get());
}

std::string coordinate(const EVP_PKEY* key, const char* name)
{
    const std::string octets = octet_parameter(key, name);
    return std::string(coordinate_size - octets.size(), '\0') + octets;
}

} // namespace

key_kind kind_of(signature_scheme scheme) noexcept
{
    switch (scheme) {
    case signature_scheme::ecdsa_p256_sha256:
        return key_kind::p256;
    case signature_scheme::ed25519:
        return key_kind::ed25519;
    default:
        return key_kind::rsa;
    }
}

public_key::public_key(std::shared_ptr<EVP_PKEY> key, key_kind kind) : key_(std::move(key)), kind_(kind)
{}

result<public_key> public_key::from_parts(const public_parts& parts)
{
    auto key = parts.kind == key_kind::rsa    ? rsa_from(parts)
               : parts.kind == key_kind::p256 ? p256_from(parts)
                                              : ed25519_from(parts);
    if (!key)
        return key.error();
    if (!*key)
        return unusable_key("OpenSSL refuses its parts, or does not offer such keys");
    return public_key(std::shared_ptr<EVP_PKEY>(std::move(*key)), parts.kind);
}

bool public_key::verify(signature_scheme scheme, std::string_view text, std::string_view signature) const
{
    if (kind_of(scheme) != kind_)
        return false;
    const std::string der = kind_ == key_kind::p256 ? der_of(signature) : std::string(signature);
    const auto context = made(EVP_MD_CTX_new());
    return !der.empty() && set_up(context.get(), scheme, key_.get(), false) &&
           EVP_DigestVerify(context.get(), key_octets(der), der.size(), key_octets(text), text.size()) == 1;
}

private_key::private_key(std::shared_ptr<EVP_PKEY> key, key_kind kind) : key_(std::move(key)), kind_(kind)
{}

private_key private_key::generate(key_kind kind)
{
    EVP_PKEY* raw = kind == key_kind::rsa    ? EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{2048})
                    : kind == key_kind::p256 ? EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256")
                                             : EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
    std::shared_ptr<EVP_PKEY> key(raw, free_key_object());
    if (!key)
        throw error(errc::invalid_argument, "OpenSSL could not make a key")
            .with_hint("it needs memory and random octets, and a crypto policy of this system may forbid this kind");
    return private_key(std::move(key), kind);
}

public_parts private_key::parts() const
{
    public_parts out;
    out.kind = kind_;
    if (kind_ == key_kind::rsa) {
        out.modulus = octet_parameter(key_.get(), OSSL_PKEY_PARAM_RSA_N);
        out.exponent = octet_parameter(key_.get(), OSSL_PKEY_PARAM_RSA_E);
    } else if (kind_ == key_kind::p256) {
        out.x = coordinate(key_.get(), OSSL_PKEY_PARAM_EC_PUB_X);
        out.y = coordinate(key_.get(), OSSL_PKEY_PARAM_EC_PUB_Y);
    } else {
        std::size_t size = coordinate_size;
        out.x.resize(size);
        if (EVP_PKEY_get_raw_public_key(key_.get(), key_octets(out.x), &size) != 1 || size != coordinate_size)
            throw error(errc::invalid_argument, "OpenSSL does not give the parts of a key");
    }
    return out;
}

result<std::string> private_key::sign(signature_scheme scheme, std::string_view text) const
{
    if (kind_of(scheme) != kind_)
        return error(errc::invalid_argument, "a key of another kind is needed for this signature");
    const auto context = made(EVP_MD_CTX_new());
    std::size_t size = static_cast<std::size_t>(EVP_PKEY_get_size(key_.get()));
    std::string octets(size, '\0');
    if (!set_up(context.get(), scheme, key_.get(), true) ||
        EVP_DigestSign(context.get(), key_octets(octets), &size, key_octets(text), text.size()) != 1)
        return error(errc::invalid_argument, "OpenSSL refuses to sign with this key");
    octets.resize(size);
    return kind_ == key_kind::p256 ? r_and_s_of(octets) : octets;
}

} // namespace coauth::crypto
