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
    std::size_t room = stored_kind.size() + 64 + 3 * (access.token().size() + access.secret().size());
    for (const auto& [name, value] : access.extra())
        room += 2 + 3 * (name.size() + value.size());
    std::string text;
    text.reserve(room); // in one piece: growing would leave a copy of the secret behind
    text += stored_kind;
    text::percent_encode(access.token(), text += "oauth_token=");
    text::percent_encode(access.secret().reveal(), text += "&oauth_token_secret=");
    if (!access.extra().empty())
        encode_form(access.extra(), text += '&');
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
