#include <coauth/oauth1/signature_method.hpp>
#include <coauth/text/percent_encoding.hpp>

namespace coauth::oauth1 {

signing_key::~signing_key() = default;
signature_algorithm::~signature_algorithm() = default;

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

} // namespace coauth::oauth1
