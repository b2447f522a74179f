#include <coauth/error.hpp>
#include <coauth/oauth1/legs.hpp>
#include <coauth/oauth1/stored_token.hpp>
#include <coauth/text/percent_encoding.hpp>

#include <string>
#include <utility>

namespace coauth::oauth1 {

namespace {

constexpr std::string_view stored_kind = "oauth1 ";

} // namespace

secret stored_text(const access_token& access)
{
    constexpr std::string_view token_name = "oauth_token=";
    constexpr std::string_view secret_name = "&oauth_token_secret=";
    std::string extra;
    for (const auto& [name, value] : access.extra())
        extra += '&' + text::percent_encode(name) + '=' + text::percent_encode(value);
    const std::string token = text::percent_encode(access.token());
    std::string token_secret = text::percent_encode(access.secret().reveal());
    std::string text;
    // In one piece: growing would leave a copy of the secret behind.
    text.reserve(stored_kind.size() + token_name.size() + token.size() + secret_name.size() + token_secret.size() +
                 extra.size());
    text += stored_kind;
    text += token_name;
    text += token;
    text += secret_name;
    text += token_secret;
    text += extra;
    wipe(token_secret);
    return secret(std::move(text));
}

result<access_token> parse_stored_text(std::string_view text)
{
    if (text.starts_with(stored_kind)) {
        auto access = parse_access_token_reply(text.substr(stored_kind.size()));
        if (access)
            return access;
    }
    return error(errc::token_revoked, "the stored credential is not one of OAuth 1.0a")
        .with_hint("let the user sign in again");
}

} // namespace coauth::oauth1
