#include <coauth/oauth1/signature_method.hpp>
#include <coauth/text/percent_encoding.hpp>

#include <utility>

namespace coauth::oauth1 {

signing_key::~signing_key() = default;
signature_algorithm::~signature_algorithm() = default;

std::unique_ptr<const signing_key> signing_key::after(std::string_view) const
{
    return nullptr;
}

namespace {

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
        std::string text;
        // Room for every octet escaped, so that no outgrown buffer keeps a copy of the secrets.
        text.reserve(3 * (consumer_secret.size() + token_secret.size()) + 1);
        text::percent_encode(consumer_secret.reveal(), text);
        text += '&';
        text::percent_encode(token_secret.reveal(), text);
        return std::make_unique<plaintext_key>(secret(std::move(text)));
    }

    // The body hash draft ties the digest to the method's own; PLAINTEXT has none and uses SHA-1.
    std::string body_hash(std::string_view body) const override { return hmac_sha1()->body_hash(body); }

    bool needs_tls() const noexcept override { return true; }
};

} // namespace

signature_method plaintext()
{
    static const auto instance = std::make_shared<plaintext_algorithm>();
    return instance;
}

signature_method signature_method_named(std::string_view name, const std::optional<secret>& rsa_key)
{
    if (name == "HMAC-SHA1")
        return hmac_sha1();
    if (name == "HMAC-SHA256")
        return hmac_sha256();
    if (name == "HMAC-SHA512")
        return hmac_sha512();
    if (name == "PLAINTEXT")
        return plaintext();

    const bool rsa = name == "RSA-SHA1" || name == "RSA-SHA256" || name == "RSA-SHA512";
    if (!rsa)
        throw error(errc::invalid_argument, "unknown signature method \"" + std::string(name) + '"');
    if (!rsa_key)
        throw error(errc::invalid_argument, std::string(name) + " needs a private key")
            .with_hint("give the key, in PEM");
    if (name == "RSA-SHA1")
        return rsa_sha1(*rsa_key);
    return name == "RSA-SHA256" ? rsa_sha256(*rsa_key) : rsa_sha512(*rsa_key);
}

} // namespace coauth::oauth1
