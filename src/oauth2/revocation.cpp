#include "oauth2/endpoint_response.hpp"
#include "oauth2/request_form.hpp"

#include <coauth/oauth2/revocation.hpp>

namespace coauth::oauth2 {

form_request revocation_request(const app& client, const secret& token, token_type_hint hint, const text::form& extra)
{
    const std::string_view name = hint == token_type_hint::access_token    ? "access_token"
                                  : hint == token_type_hint::refresh_token ? "refresh_token"
                                                                           : "";
    return make_form_request(client, {{"token", token.reveal()}, {"token_type_hint", name}}, extra);
}

result<void> parse_revocation_response(int status, std::string_view body, std::span<const secret> hidden)
{
    if (status >= 200 && status < 300)
        return {};
    const auto members = read_endpoint_response(request_kind::revocation, status, body, "error", hidden);
    // With this status nothing but an error comes back.
    if (members || (status < 500 && members.error().provider_error() == "invalid_token"))
        return {};
    return members.error();
}

} // namespace coauth::oauth2
