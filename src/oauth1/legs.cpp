#include "oauth1/control_characters.hpp"

#include <coauth/oauth1/legs.hpp>
#include <coauth/oauth1/target.hpp>
#include <coauth/text/ascii.hpp>
#include <coauth/text/form.hpp>
#include <coauth/text/percent_encoding.hpp>

#include <algorithm>
#include <utility>

namespace coauth::oauth1 {

namespace {

// Token responses are a few hundred octets; what is longer is something else.
constexpr std::size_t max_reply = 64 * 1024;

error malformed(const char* leg, const char* why)
{
    return error(errc::malformed_response, std::string("the response to ") + leg + ' ' + why)
        .with_hint("is the provider's address right, and is it an OAuth 1.0a provider?");
}

struct token_reply {
    std::string token;
    secret token_secret;
    parameters others;
};

result<token_reply> parse_token_reply(std::string_view body, const char* leg)
{
    if (body.size() > max_reply)
        return malformed(leg, "is too long for a token response");
    while (!body.empty() && (body.back() == '\n' || body.back() == '\r'))
        body.remove_suffix(1);

    token_reply reply;
    std::size_t tokens = 0;
    std::size_t secrets = 0;
    std::string_view raw_name;
    std::string_view raw_value;
    while (text::take_field(body, raw_name, raw_value)) {
        auto name = text::form_decode(raw_name);
        auto value = text::form_decode(raw_value);
        if (!name || !value)
            return malformed(leg, "is not a token response");
        if (*name == "oauth_token") {
            reply.token = std::move(*value);
            ++tokens;
        } else if (*name == "oauth_token_secret") {
            reply.token_secret = secret(std::move(*value));
            ++secrets;
        } else {
            reply.others.emplace_back(std::move(*name), std::move(*value));
        }
    }
    if (tokens == 0)
        return malformed(leg, "is not a token response");
    if (tokens != 1 || secrets != 1)
        return malformed(leg, "does not have exactly one token and one secret");
    if (reply.token.empty() || has_control_character(reply.token) || has_control_character(reply.token_secret.reveal()))
        return malformed(leg, "has an empty token, or a token or secret that holds control characters");
    return reply;
}

} // namespace

result<void> check_callback(std::string_view callback)
{
    if (callback == out_of_band)
        return {};
    // An http URL is checked as such; the address of an app (RFC 8252, section 7.1) has a scheme of its
    // own and then a slash, which tells it from "localhost:8080".
    const auto colon = callback.find(':');
    const auto scheme = callback.substr(0, colon);
    const bool is_http = scheme == "https" || scheme == "http";
    const bool has_scheme = colon != callback.npos && colon > 0 && callback.substr(colon).starts_with(":/") &&
                            (!is_http || split_target(callback)) && text::is_letter(scheme[0]) &&
                            std::all_of(scheme.begin(), scheme.end(),
                                [](char c) { return text::is_letter_or_digit(c) || c == '+' || c == '-' || c == '.'; });
    if (!has_scheme || !is_graphic(callback))
        return error(errc::invalid_argument, "the callback is neither an absolute URL nor \"oob\"");
    return {};
}

result<void> check_verifier(std::string_view verifier)
{
    if (verifier.empty() || verifier.size() > 512)
        return error(errc::invalid_argument, "the verifier or PIN is empty or longer than 512 octets");
    if (has_control_character(verifier))
        return error(errc::invalid_argument, "the verifier or PIN holds a control character");
    return {};
}

result<signed_request> build_request_token_request(const consumer& app, std::string_view url, std::string_view callback,
    const moment& at, const parameters& form, signature_method method)
{
    if (auto fit = check_callback(callback); !fit)
        return fit.error();
    const std::string body = encode_form(form);
    message m("POST", url, body);
    m.oauth.emplace_back("oauth_callback", callback);
    return signer(app, std::move(method)).sign_request(m, at);
}

result<request_token> parse_request_token_reply(std::string_view body)
{
    auto reply = parse_token_reply(body, "the request for a request token");
    if (!reply)
        return reply.error();
    const std::string* confirmed = find(reply->others, "oauth_callback_confirmed");
    if (count(reply->others, "oauth_callback_confirmed") != 1 || *confirmed != "true")
        return error(errc::callback_not_confirmed,
            "the provider did not confirm the callback (oauth_callback_confirmed is not \"true\")")
            .with_hint("OAuth 1.0a is required: without it a login can be hijacked");
    return request_token(std::move(reply->token), std::move(reply->token_secret));
}

std::string build_authorization_url(std::string_view url, const request_token& login, const parameters& extra)
{
    parameters query{{"oauth_token", login.token()}};
    query.insert(query.end(), extra.begin(), extra.end());
    std::string out(url.substr(0, url.find('#')));
    if (out.find('?') == out.npos)
        out += '?';
    else if (out.back() != '?' && out.back() != '&')
        out += '&';
    out += encode_form(query);
    return out;
}

result<signed_request> build_access_token_request(const consumer& app, std::string_view url, const request_token& login,
    std::string_view verifier, const moment& at, signature_method method)
{
    if (auto fit = check_verifier(verifier); !fit)
        return fit.error();
    message m("POST", url);
    m.oauth.emplace_back("oauth_verifier", verifier);
    return signer(app, login, std::move(method)).sign_request(m, at);
}

result<access_token> parse_access_token_reply(std::string_view body)
{
    auto reply = parse_token_reply(body, "the request for an access token");
    if (!reply)
        return reply.error();
    return access_token(std::move(reply->token), std::move(reply->token_secret), std::move(reply->others));
}

} // namespace coauth::oauth1
