#include "oauth2/control_characters.hpp"
#include "oauth2/request_form.hpp"

#include <coauth/oauth2/stored_credential.hpp>
#include <coauth/text/form.hpp>

#include <algorithm>
#include <utility>

namespace coauth::oauth2 {

namespace {

constexpr std::string_view oauth2_kind = "oauth2 ";

// What `stored_text` writes, in its order.
bool read_fields(text::form& fields, stored_credential& out)
{
    std::size_t next = 0;
    const auto take = [&](std::string_view name) -> std::string* {
        return next < fields.size() && fields[next].first == name ? &fields[next++].second : nullptr;
    };
    const std::string* type = take("token_type");
    std::string* access_token = take("access_token");
    std::string* refresh_token = take("refresh_token");
    std::string* scope = take("scope");
    if (next != fields.size() || !type || *type != "bearer" || !access_token || access_token->empty() ||
        !is_graphic(*access_token))
        return false;
    if (refresh_token && (refresh_token->empty() || !is_graphic(*refresh_token)))
        return false;
    if (scope && (scope->empty() || has_control_character(*scope)))
        return false;
    out.access_token = secret(std::move(*access_token));
    if (refresh_token)
        out.refresh_token = secret(std::move(*refresh_token));
    if (scope)
        out.scope = std::move(*scope);
    return true;
}

} // namespace

stored_credential::stored_credential(
    const token_response& response, std::string_view requested_scope, const secret& old_refresh_token)
    : access_token(response.access_token),
      refresh_token(response.refresh_token.empty() ? old_refresh_token : response.refresh_token),
      scope(response.scope ? *response.scope : std::string(requested_scope))
{}

secret stored_text(const stored_credential& credential)
{
    std::string out;
    // In one piece: growing would leave a copy of a token behind.
    out.reserve(80 + 3 * (credential.access_token.size() + credential.refresh_token.size() + credential.scope.size()));
    append_form_field("token_type", "bearer", out);
    append_form_field("access_token", credential.access_token.reveal(), out);
    if (!credential.refresh_token.empty())
        append_form_field("refresh_token", credential.refresh_token.reveal(), out);
    if (!credential.scope.empty())
        append_form_field("scope", credential.scope, out);
    out.insert(0, oauth2_kind);
    return secret(std::move(out));
}

result<stored_credential> parse_stored_text(std::string_view text)
{
    stored_credential out;
    if (text.starts_with(oauth2_kind)) {
        auto fields = text::parse_form(text.substr(oauth2_kind.size()));
        if (fields && read_fields(*fields, out))
            return out;
    }
    return error(errc::token_revoked, "the stored credential is not one of OAuth 2")
        .with_hint("let the user sign in again");
}

} // namespace coauth::oauth2
