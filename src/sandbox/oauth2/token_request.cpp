#include "sandbox/oauth2/token_request.hpp"

#include "sandbox/oauth2/authorization_request.hpp"
#include "sandbox/oauth2/client_check.hpp"

#include <utility>

namespace coauth::sandbox {

namespace {

std::optional<refusal> read_form(call& c, const face_rules& rules, parameter_reading& sent)
{
    const bool by_query = c.http->method == "GET"; // Facebook's
    const auto query = c.http->query();
    const auto body = by_query ? std::string_view() : form_body(*c.http);
    sent = read_parameters_of(query, body);
    c.oauth = sent.fields;
    c.consumer_key = sent.value("client_id");
    if (sent.malformed)
        return refusal("invalid_request", "malformed", *sent.malformed);
    if (!by_query && !query.empty() && rules.played != face::facebook)
        return refusal("invalid_request", "query",
            "parameters were sent in the query: they belong into the body, and a query ends up in logs "
            "(RFC 6749, section 3.2)");
    if (auto problem = by_query ? std::nullopt : form_problem(*c.http))
        return refusal("invalid_request", "content_type", std::move(*problem));
    if (!sent.repeated.empty())
        return refusal(
            "invalid_request", "duplicate_parameter", printable(sent.repeated.front()) + " was sent more than once");
    if (auto problem = encoding_problem(sent))
        return refusal("invalid_request", "malformed", std::move(*problem));
    return scope_refusal(sent.value("scope"));
}

// What each endpoint demands before it looks at the client.
std::optional<refusal> missing_from(const call& c, const face_rules& rules, const parameter_reading& sent)
{
    const auto demand = [&](std::string_view name, std::string_view section) {
        return sent.find(name) ? std::nullopt : std::optional<refusal>(missing_parameter(name, section));
    };
    if (c.matched->id == endpoint::oauth2_revoke)
        return demand("token", "RFC 7009, section 2.1");
    // GitHub and Facebook know one grant only, and don't demand its name.
    if (c.matched->id == endpoint::oauth2_token && rules.names_response_type)
        return demand("grant_type", "RFC 6749, section 4.1.3");
    if (c.matched->id == endpoint::oauth2_device_authorization && rules.played != face::oidc)
        return demand("client_id", "in the body, beside HTTP Basic, too");
    return std::nullopt;
}

// Google's and GitHub's device flows begin without client authentication, and GitHub's ends without it.
bool secret_is_optional(const call& c, const face_rules& rules, const parameter_reading& sent)
{
    if (c.matched->id == endpoint::oauth2_device_authorization)
        return rules.played != face::oidc;
    return rules.played == face::github && sent.value("grant_type") == device_grant;
}

} // namespace

token_request read_token_request(call& c, const face_rules& rules, const client_registry& known)
{
    token_request out;
    out.refused = read_form(c, rules, out.sent);
    if (!out.refused)
        out.refused = missing_from(c, rules, out.sent);
    if (out.refused || (c.matched->id == endpoint::oauth2_revoke && rules.played == face::google))
        return out;
    auto checked = check_client(*c.http, out.sent, rules, known, secret_is_optional(c, rules, out.sent));
    out.client = checked.client;
    out.refused = std::move(checked.refused);
    if (out.client)
        c.consumer_key = out.client->id;
    return out;
}

} // namespace coauth::sandbox
