#include <coauth/error.hpp>
#include <coauth/oauth1/legs.hpp>
#include <coauth/text/percent_encoding.hpp>
#include <coauth/twitter/provider.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace coauth::twitter {

namespace {

constexpr std::string_view kind = "oauth1 ";

} // namespace

// After the kind it is the form that leg 3 responds with.
credential credential_of(const oauth1::access_token& access)
{
    std::string text(kind);
    std::string token_secret = text::percent_encode(access.secret().reveal());
    std::string extra;
    for (const auto& [name, value] : access.extra())
        extra += '&' + text::percent_encode(name) + '=' + text::percent_encode(value);
    const std::string token = text::percent_encode(access.token());
    constexpr std::string_view token_name = "oauth_token=";
    constexpr std::string_view secret_name = "&oauth_token_secret=";
    // In one piece: growing would leave a copy of the secret behind.
    text.reserve(
        kind.size() + token_name.size() + token.size() + secret_name.size() + token_secret.size() + extra.size());
    text += token_name;
    text += token;
    text += secret_name;
    text += token_secret;
    text += extra;
    wipe(token_secret);
    return credential(secret(std::move(text)));
}

oauth1::access_token access_token_of(const credential& held)
{
    const std::string_view text = held.text().reveal();
    if (text.starts_with(kind)) {
        auto access = oauth1::parse_access_token_reply(text.substr(kind.size()));
        if (access)
            return *std::move(access);
    }
    throw error(errc::token_revoked, "the stored credential is not one of X's OAuth 1.0a")
        .with_hint("let the user sign in again");
}

} // namespace coauth::twitter
