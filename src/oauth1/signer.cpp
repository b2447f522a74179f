#include "oauth1/control_characters.hpp"
#include "oauth1/encoded_parameters.hpp"

#include <coauth/oauth1/authorization_header.hpp>
#include <coauth/oauth1/base_string.hpp>
#include <coauth/oauth1/signer.hpp>
#include <coauth/oauth1/target.hpp>
#include <coauth/text/ascii.hpp>
#include <coauth/text/percent_encoding.hpp>

#include <algorithm>
#include <optional>

namespace coauth::oauth1 {

struct signer::state {
    std::string consumer_key;
    std::optional<std::string> token;
    std::size_t consumer_secret_size;
    std::size_t token_secret_size;
    signature_method method;
    std::unique_ptr<const signing_key> key;

    state(const consumer& app, std::optional<std::string> token, const secret& token_secret, signature_method algorithm)
        : consumer_key(app.key()), token(std::move(token)), consumer_secret_size(app.secret().size()),
          token_secret_size(token_secret.size()), method(std::move(algorithm)),
          key(method->make_key(app.secret(), token_secret))
    {}
};

namespace {

// RFC 9110, section 9.1: a method is a token.
bool is_token(std::string_view text)
{
    constexpr std::string_view others = "!#$%&'*+-.^_`|~";
    return !text.empty() && std::all_of(text.begin(), text.end(),
                                [&](char c) { return text::is_letter_or_digit(c) || others.find(c) != others.npos; });
}

result<void> check(const message& m, const moment& at, const signature_algorithm& method)
{
    if (!is_token(m.method))
        return error(errc::invalid_argument, "the HTTP method is empty or malformed");
    // Section 3.4.4: PLAINTEXT, which sends its secrets over TLS, may go without.
    const bool optional = method.needs_tls();
    if ((at.nonce.empty() && !optional) || !is_graphic(at.nonce))
        return error(errc::invalid_argument, "the nonce is empty or not printable");
    if (at.timestamp < 0 || (at.timestamp == 0 && !optional))
        return error(errc::invalid_argument, "the timestamp is not positive");
    if (has_control_character(m.realm.value_or(std::string_view())))
        return error(errc::invalid_argument, "the realm holds a control character");
    return {};
}

// The parameters the signer adds to the request, oauth_signature still missing (section 3.1).
parameters protocol_parameters(const std::string& consumer_key, const std::optional<std::string>& token,
    std::string_view method, const message& m, const moment& at)
{
    parameters list = m.oauth;
    list.emplace_back("oauth_consumer_key", consumer_key);
    if (!at.nonce.empty())
        list.emplace_back("oauth_nonce", at.nonce);
    list.emplace_back("oauth_signature_method", method);
    if (at.timestamp != 0)
        list.emplace_back("oauth_timestamp", std::to_string(at.timestamp));
    if (token || m.empty_token)
        list.emplace_back("oauth_token", token.value_or(std::string()));
    if (m.version)
        list.emplace_back("oauth_version", "1.0");
    return list;
}

struct parts {
    target url;
    parameters protocol;
    std::string normalized;
    std::string base_string;
};

enum class keep_normalized { no, yes }; // only an explanation shows them

// Section 3.4.1: the signed parts, made of the request as it will be sent.
result<parts> take_apart(parameters protocol, const message& m, keep_normalized normalized)
{
    const auto url = split_target(m.url);
    if (!url)
        return url.error();

    encoded_parameters all;
    if (auto added = all.add_form(url->query); !added)
        return added.error();
    if (auto added = all.add_form(m.form); !added)
        return added.error();
    for (const auto& [name, value] : protocol) {
        if (!name.starts_with("oauth_") || name == "oauth_signature")
            return error(
                errc::invalid_argument, '"' + name + "\" is not a protocol parameter that a request may bring");
        if (count(protocol, name) != 1 || all.contains(text::percent_encode(name)))
            return error(errc::invalid_argument, "the request carries " + name + " already, which the signer adds");
    }
    if (all.contains("oauth_signature"))
        return error(errc::invalid_argument, "the request carries an oauth_signature already");
    for (const auto& [name, value] : protocol)
        all.add(name, value);
    all.sort();

    parts p;
    p.url = *url;
    p.protocol = std::move(protocol);
    if (normalized == keep_normalized::yes)
        all.append_normalized(p.normalized);
    text::percent_encode(text::uppered(m.method), p.base_string);
    p.base_string += '&';
    text::percent_encode(base_string_uri(p.url), p.base_string);
    p.base_string += '&';
    all.append_encoded_again(p.base_string);
    return p;
}

std::string append_query(std::string_view url, std::string_view encoded)
{
    std::string out(url.substr(0, url.find('#')));
    const auto mark = out.find('?');
    if (mark == out.npos)
        out += '?';
    else if (mark + 1 != out.size() && out.back() != '&')
        out += '&';
    out += encoded;
    return out;
}

} // namespace

signer::signer(const consumer& app, signature_method method)
    : state_(std::make_unique<state>(app, std::nullopt, secret(), std::move(method)))
{}

signer::signer(const consumer& app, const request_token& login, signature_method method)
    : state_(std::make_unique<state>(app, login.token(), login.secret(), std::move(method)))
{}

signer::signer(const consumer& app, const access_token& user, signature_method method)
    : state_(std::make_unique<state>(app, user.token(), user.secret(), std::move(method)))
{}

signer::signer(signer&&) noexcept = default;
signer& signer::operator=(signer&&) noexcept = default;
signer::~signer() = default;

const signature_algorithm& signer::method() const noexcept
{
    return *state_->method;
}

result<void> signer::sign(const message& m, const moment& at, std::string& out) const
{
    auto whole = sign_request(m, at, placement::header);
    if (!whole)
        return whole.error();
    out += whole->authorization;
    return {};
}

result<signed_request> signer::sign_request(const message& m, const moment& at, placement location) const
{
    if (auto fit = check(m, at, method()); !fit)
        return fit.error();
    auto p = take_apart(
        protocol_parameters(state_->consumer_key, state_->token, method().name(), m, at), m, keep_normalized::no);
    if (!p)
        return p.error();
    if (method().needs_tls() && !p->url.https)
        return error(errc::invalid_argument,
            std::string(method().name()) + " sends the secrets themselves, so the URL must be https");

    signed_request out;
    out.method = text::uppered(m.method);
    if (location == placement::form && (out.method == "GET" || out.method == "HEAD"))
        return error(errc::invalid_argument, "a " + out.method + " has no form body to carry the protocol parameters");

    std::string signature;
    if (auto made = state_->key->sign(p->base_string, signature); !made)
        return made.error();
    out.signature = secret(std::string_view(signature));
    p->protocol.emplace_back("oauth_signature", std::move(signature));

    out.url = std::string(m.url.substr(0, m.url.find('#')));
    out.form = std::string(m.form);
    switch (location) {
    case placement::header:
        out.authorization = write_authorization_header(p->protocol, m.realm);
        break;
    case placement::query:
        out.url = append_query(m.url, encode_form(p->protocol));
        break;
    case placement::form:
        if (!out.form.empty())
            out.form += '&';
        out.form += encode_form(p->protocol);
        break;
    }
    return out;
}

result<explanation> signer::explain(const message& m, const moment& at) const
{
    if (auto fit = check(m, at, method()); !fit)
        return fit.error();
    auto p = take_apart(
        protocol_parameters(state_->consumer_key, state_->token, method().name(), m, at), m, keep_normalized::yes);
    if (!p)
        return p.error();

    explanation e;
    if (auto made = state_->key->sign(p->base_string, e.signature); !made)
        return made.error();
    e.method = text::uppered(m.method);
    e.base_uri = base_string_uri(p->url);
    e.normalized = std::move(p->normalized);
    e.base_string = std::move(p->base_string);
    const auto length = [](std::size_t size) {
        return size == 0 ? std::string("[empty]") : '[' + std::to_string(size) + " characters]";
    };
    e.masked_key = method().uses_secrets()
                       ? length(state_->consumer_secret_size) + '&' + length(state_->token_secret_size)
                       : std::string("[the RSA private key]");
    p->protocol.emplace_back("oauth_signature", e.signature);
    e.authorization = write_authorization_header(p->protocol, m.realm);
    return e;
}

} // namespace coauth::oauth1
