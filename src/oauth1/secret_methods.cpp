// The methods whose key is the two secrets: HMAC (RFC 5849, section 3.4.2) and PLAINTEXT (section 3.4.4).
#include "crypto/digest.hpp"
#include "crypto/hmac.hpp"
#include "oauth1/scratch.hpp"
#include "text/base64.hpp"
#include "text/encoding_table.hpp"

#include <coauth/oauth1/signature_method.hpp>

#include <memory>
#include <string>
#include <type_traits>
#include <utility>

namespace coauth::oauth1 {

namespace {

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

class hmac_algorithm final : public signature_algorithm {
public:
    hmac_algorithm(std::string_view name, std::string_view hash_name) : name_(name), hash_name_(hash_name) {}

    std::string_view name() const noexcept override { return name_; }

    std::unique_ptr<const signing_key> make_key(
        const secret& consumer_secret, const secret& token_secret) const override
    {
        scratch memory;
        return std::make_unique<hmac_signing_key<crypto::hmac_key>>(
            crypto::hash_named(hash_name_), key_text(consumer_secret, token_secret, memory));
    }

    std::string body_hash(std::string_view body) const override
    {
        return text::base64_encode(crypto::digest_of(crypto::hash_named(hash_name_), body).view());
    }

private:
    std::string_view name_;
    std::string_view hash_name_;
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

} // namespace coauth::oauth1
