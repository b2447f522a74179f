#include "sandbox/oauth2/signing_keys.hpp"

#include "crypto/digest.hpp"
#include "sandbox/oauth2/responses.hpp"
#include "text/base64.hpp"

#include <coauth/error.hpp>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>

#include <utility>

namespace coauth::sandbox {

namespace json = boost::json;

namespace {

struct free_signing {
    void operator()(EVP_PKEY* key) const noexcept { EVP_PKEY_free(key); }
    void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
    void operator()(BIGNUM* number) const noexcept { BN_free(number); }
};

// Apart from memory and random octets, nothing makes these fail with the arguments given here.
void require_signing(bool done)
{
    if (!done)
        throw error(errc::invalid_argument, "OpenSSL could not make or use a key for ID tokens")
            .with_hint("it needs memory and random octets: check the limits of this process (ulimit -a)");
}

std::string number_of(EVP_PKEY* key, const char* name)
{
    BIGNUM* raw = nullptr;
    require_signing(EVP_PKEY_get_bn_param(key, name, &raw) == 1);
    const std::unique_ptr<BIGNUM, free_signing> number(raw);
    std::vector<unsigned char> octets(static_cast<std::size_t>(BN_num_bytes(number.get())));
    BN_bn2bin(number.get(), octets.data());
    std::string out;
    text::base64url_encode(octets, out);
    return out;
}

} // namespace

class signing_keys::key {
public:
    key() : pair_(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{2048}))
    {
        require_signing(pair_ != nullptr);
        modulus_ = number_of(pair_.get(), OSSL_PKEY_PARAM_RSA_N);
        exponent_ = number_of(pair_.get(), OSSL_PKEY_PARAM_RSA_E);
        // Its thumbprint (RFC 7638).
        const auto octets = crypto::sha256("{\"e\":\"" + exponent_ + "\",\"kty\":\"RSA\",\"n\":\"" + modulus_ + "\"}");
        text::base64url_encode(octets, id_);
    }

    std::string sign(std::string_view payload) const
    {
        json::object header;
        header["alg"] = "RS256";
        header["typ"] = "JWT";
        set_member(header, "kid", id_);
        auto token = text::base64url_encode(json::serialize(header)) + '.' + text::base64url_encode(payload);
        const std::unique_ptr<EVP_MD_CTX, free_signing> context(EVP_MD_CTX_new());
        std::vector<unsigned char> signature(static_cast<std::size_t>(EVP_PKEY_get_size(pair_.get())));
        std::size_t size = signature.size();
        require_signing(
            context &&
            EVP_DigestSignInit(context.get(), nullptr, crypto::hash_named("SHA256"), nullptr, pair_.get()) == 1 &&
            EVP_DigestSign(context.get(), signature.data(), &size, reinterpret_cast<const unsigned char*>(token.data()),
                token.size()) == 1);
        signature.resize(size);
        token += '.';
        text::base64url_encode(signature, token);
        return token;
    }

    json::object public_key() const
    {
        json::object out;
        out["kty"] = "RSA";
        out["use"] = "sig";
        out["alg"] = "RS256";
        set_member(out, "kid", id_);
        set_member(out, "n", modulus_);
        set_member(out, "e", exponent_);
        return out;
    }

private:
    std::unique_ptr<EVP_PKEY, free_signing> pair_;
    std::string modulus_, exponent_, id_;
};

signing_keys::signing_keys() = default;
signing_keys::~signing_keys() = default;

signing_keys::key& signing_keys::newest()
{
    if (keys_.empty())
        keys_.push_back(std::make_unique<key>());
    return *keys_.back();
}

std::string signing_keys::sign(std::string_view payload)
{
    return newest().sign(payload);
}

std::string signing_keys::public_keys()
{
    newest();
    json::array list;
    for (auto shown = keys_.rbegin(); shown != keys_.rend(); ++shown)
        list.push_back((*shown)->public_key());
    json::object body;
    body["keys"] = std::move(list);
    return json::serialize(body);
}

void signing_keys::rotate()
{
    newest();
    keys_.push_back(std::make_unique<key>());
    constexpr std::size_t published = 2;
    if (keys_.size() > published)
        keys_.erase(keys_.begin());
}

} // namespace coauth::sandbox
