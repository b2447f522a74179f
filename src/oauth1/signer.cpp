#include "oauth1/signer_state.hpp"

#include <coauth/oauth1/base_string.hpp>
#include <coauth/oauth1/signer.hpp>
#include <coauth/text/ascii.hpp>
#include <coauth/text/percent_encoding.hpp>

#include <utility>

namespace coauth::oauth1 {

namespace {

// A header's parameters as a form. What is encoded holds neither quotes, nor commas, nor spaces.
std::string as_form(std::string_view header)
{
    std::string out;
    out.reserve(header.size());
    for (const char c : header.substr(header.find(' ') + 1))
        if (c != '"' && c != ' ')
            out += c == ',' ? '&' : c;
    return out;
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
    : state_(std::make_shared<const state>(app, std::nullopt, secret(), std::move(method)))
{}

signer::signer(const consumer& app, const request_token& login, signature_method method)
    : state_(std::make_shared<const state>(app, login.token(), login.secret(), std::move(method), false))
{}

signer::signer(const consumer& app, const access_token& user, signature_method method)
    : state_(std::make_shared<const state>(app, user.token(), user.secret(), std::move(method)))
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
    scratch memory;
    const auto base = state_->write_base_string(m, at, memory);
    if (!base)
        return base.error();
    return state_->append_header(m, *base, state_->signing(), memory, out);
}

result<signed_request> signer::sign_request(const message& m, const moment& at, placement location) const
{
    scratch memory;
    const auto base = state_->write_base_string(m, at, memory);
    if (!base)
        return base.error();

    signed_request out;
    out.method = text::uppered(m.method);
    if (location == placement::form && (out.method == "GET" || out.method == "HEAD"))
        return error(errc::invalid_argument, "a " + out.method + " has no form body to carry the protocol parameters");

    message sent = m;
    if (location != placement::header)
        sent.realm.reset();
    if (auto made = state_->append_header(sent, *base, state_->signing(), memory, out.authorization, &out.signature);
        !made)
        return made.error();
    out.url = std::string(m.url.substr(0, m.url.find('#')));
    out.form = std::string(m.form);
    if (location == placement::header)
        return out;

    const std::string protocol = as_form(std::exchange(out.authorization, std::string()));
    if (location == placement::query)
        out.url = append_query(m.url, protocol);
    else
        out.form += (out.form.empty() ? "" : "&") + protocol;
    return out;
}

result<explanation> signer::explain(const message& m, const moment& at) const
{
    scratch memory;
    const auto base = state_->write_base_string(m, at, memory, false);
    if (!base)
        return base.error();

    explanation e;
    secret signature;
    if (auto made = state_->append_header(m, *base, state_->signing(), memory, e.authorization, &signature); !made)
        return made.error();
    e.signature = std::string(signature.reveal());
    e.method = text::uppered(m.method);
    e.base_uri = base_string_uri(split_target(m.url).value());
    e.base_string = std::string(base->text);
    e.normalized = text::percent_decode(base->text.substr(base->text.rfind('&') + 1)).value();
    const auto length = [](std::size_t size) {
        return size == 0 ? std::string("[empty]") : '[' + std::to_string(size) + " characters]";
    };
    e.masked_key = method().uses_secrets()
                       ? length(state_->consumer_secret_size) + '&' + length(state_->token_secret_size)
                       : std::string("[the RSA private key]");
    return e;
}

} // namespace coauth::oauth1
