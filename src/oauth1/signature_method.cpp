// The methods of RFC 5849, section 3.4, and those with longer digests.
#include "crypto/digest.hpp"
#include "crypto/hmac.hpp"
#include "crypto/rsa.hpp"
#include "oauth1/methods.hpp"
#include "oauth1/scratch.hpp"
#include "text/base64.hpp"
#include "text/encoding_table.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

namespace coauth::oauth1 {

signing_key::~signing_key() = default;
signature_algorithm::~signature_algorithm() = default;

std::unique_ptr<const signing_key> signing_key::after(std::string_view) const
{
    return nullptr;
}

namespace {

// ---- HMAC and PLAINTEXT, whose key is the two secrets -----------------------------------------

std::string_view key_text(const secret& consumer_secret, const secret& token_secret, scratch& memory)
{
    char* const begin = memory.room(text::room_for_encoded(consumer_secret.size() + token_secret.size()) + 1);
    char* const middle = put("&", text::encode(text::encoded_once, consumer_secret.reveal(), begin));
    return memory.keep(text::encode(text::encoded_once, token_secret.reveal(), middle));
}

// `Key`: crypto::hmac_key or crypto::begun_hmac.
template <class Key>
class hmac_signing_key final : public signing_key {
public:
    template <class Source>
    hmac_signing_key(const Source& source, std::string_view text) : key_(source, text)
    {}

    result<void> sign(std::string_view base_string, std::string& out) const override
    {
        text::base64_encode(key_.sign(base_string).view(), out);
        return {};
    }

    bool verify(std::string_view base_string, std::string_view signature) const override
    {
        // Comparing texts is strict about base64: only the canonical one is equal.
        std::string expected;
        return sign(base_string, expected).has_value() && equal_in_constant_time(expected, signature);
    }

    std::unique_ptr<const signing_key> after(std::string_view beginning) const override
    {
        if constexpr (std::is_same_v<Key, crypto::hmac_key>)
            return std::make_unique<hmac_signing_key<crypto::begun_hmac>>(key_, beginning);
        else
            return nullptr;
    }

private:
    Key key_;
};

class hashing_algorithm : public signature_algorithm {
public:
    std::string_view name() const noexcept override { return name_; }

    std::string body_hash(std::string_view body) const override
    {
        return text::base64_encode(crypto::digest_of(hash(), body).view());
    }

protected:
    hashing_algorithm(std::string_view name, std::string_view hash_name) : name_(name), hash_name_(hash_name) {}

    crypto::hash_function hash() const { return crypto::hash_named(hash_name_); }

private:
    std::string_view name_;
    std::string_view hash_name_;
};

class hmac_algorithm final : public hashing_algorithm {
public:
    hmac_algorithm(std::string_view name, std::string_view hash_name) : hashing_algorithm(name, hash_name) {}

    std::unique_ptr<const signing_key> make_key(
        const secret& consumer_secret, const secret& token_secret) const override
    {
        scratch memory;
        return std::make_unique<hmac_signing_key<crypto::hmac_key>>(
            hash(), key_text(consumer_secret, token_secret, memory));
    }
};

class plaintext_key final : public signing_key {
public:
    explicit plaintext_key(secret text) : text_(std::move(text)) {}

    result<void> sign(std::string_view, std::string& out) const override
    {
        out += text_.reveal();
        return {};
    }

    bool verify(std::string_view, std::string_view signature) const override { return text_.matches(signature); }

private:
    secret text_;
};

class plaintext_algorithm final : public signature_algorithm {
public:
    std::string_view name() const noexcept override { return "PLAINTEXT"; }

    std::unique_ptr<const signing_key> make_key(
        const secret& consumer_secret, const secret& token_secret) const override
    {
        scratch memory;
        return std::make_unique<plaintext_key>(secret(key_text(consumer_secret, token_secret, memory)));
    }

    // The body hash draft ties the digest to the method's own; PLAINTEXT has none and uses SHA-1.
    std::string body_hash(std::string_view body) const override { return hmac_sha1()->body_hash(body); }

    bool needs_tls() const noexcept override { return true; }
};

// ---- RSASSA-PKCS1-v1_5 (section 3.4.3) --------------------------------------------------------

class rsa_signing_key final : public signing_key {
public:
    rsa_signing_key(crypto::hash_function hash, crypto::rsa_key key) : hash_(hash), key_(std::move(key)) {}

    result<void> sign(std::string_view base_string, std::string& out) const override
    {
        const auto octets = key_.sign(hash_, base_string);
        if (!octets)
            return octets.error();
        text::base64_encode(*octets, out);
        return {};
    }

    bool verify(std::string_view base_string, std::string_view signature) const override
    {
        const auto octets = text::base64_decode(signature);
        return octets && key_.verify(hash_, base_string, *octets);
    }

private:
    crypto::hash_function hash_;
    crypto::rsa_key key_;
};

class rsa_algorithm final : public hashing_algorithm {
public:
    rsa_algorithm(std::string_view name, std::string_view hash_name, crypto::rsa_key key)
        : hashing_algorithm(name, hash_name), key_(std::move(key))
    {}

    std::unique_ptr<const signing_key> make_key(const secret&, const secret&) const override
    {
        return std::make_unique<rsa_signing_key>(hash(), key_);
    }

    bool uses_secrets() const noexcept override { return false; }

private:
    crypto::rsa_key key_;
};

} // namespace

signature_method hmac_sha1()
{
    static const auto instance = std::make_shared<hmac_algorithm>("HMAC-SHA1", "SHA1");
    return instance;
}

signature_method hmac_sha256()
{
    static const auto instance = std::make_shared<hmac_algorithm>("HMAC-SHA256", "SHA256");
    return instance;
}

signature_method hmac_sha512()
{
    static const auto instance = std::make_shared<hmac_algorithm>("HMAC-SHA512", "SHA512");
    return instance;
}

signature_method plaintext()
{
    static const auto instance = std::make_shared<plaintext_algorithm>();
    return instance;
}

signature_method rsa_sha1(const secret& private_key)
{
    return std::make_shared<rsa_algorithm>("RSA-SHA1", "SHA1", crypto::rsa_key::read_private(private_key.reveal()));
}

signature_method rsa_sha256(const secret& private_key)
{
    return std::make_shared<rsa_algorithm>("RSA-SHA256", "SHA256", crypto::rsa_key::read_private(private_key.reveal()));
}

signature_method rsa_sha512(const secret& private_key)
{
    return std::make_shared<rsa_algorithm>("RSA-SHA512", "SHA512", crypto::rsa_key::read_private(private_key.reveal()));
}

signature_method rsa_sha1_public(std::string_view public_key)
{
    return std::make_shared<rsa_algorithm>("RSA-SHA1", "SHA1", crypto::rsa_key::read_public(public_key));
}

signature_method rsa_sha256_public(std::string_view public_key)
{
    return std::make_shared<rsa_algorithm>("RSA-SHA256", "SHA256", crypto::rsa_key::read_public(public_key));
}

signature_method rsa_sha512_public(std::string_view public_key)
{
    return std::make_shared<rsa_algorithm>("RSA-SHA512", "SHA512", crypto::rsa_key::read_public(public_key));
}

const known_method* find_method(std::string_view name) noexcept
{
    const auto found =
        std::find_if(known_methods.begin(), known_methods.end(), [&](const known_method& m) { return m.name == name; });
    return found == known_methods.end() ? nullptr : &*found;
}

signature_method signature_method_named(std::string_view name, const std::optional<secret>& rsa_key)
{
    const known_method* const known = find_method(name);
    if (!known)
        throw error(errc::invalid_argument, "unknown signature method \"" + std::string(name) + '"');
    if (known->of_secrets)
        return known->of_secrets();
    if (!rsa_key)
        throw error(errc::invalid_argument, std::string(name) + " needs a private key")
            .with_hint("give the key, in PEM");
    return known->of_private_key(*rsa_key);
}

} // namespace coauth::oauth1
