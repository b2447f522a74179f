// The token endpoint (RFC 6749, section 3.2).
#include "sandbox/oauth2/endpoints.hpp"
#include "sandbox/oauth2/responses.hpp"
#include "sandbox/openid/id_token.hpp"

#include <boost/json/serialize.hpp>

#include <utility>

namespace coauth::sandbox {

namespace {

std::optional<std::string> value_sent(const parameter_reading& sent, std::string_view name)
{
    const auto* found = sent.find(name);
    return found ? std::optional<std::string>(*found) : std::nullopt;
}

exchange_result unsupported(std::string_view grant_type)
{
    return exchange_result(refusal("unsupported_grant_type", "bad_parameter",
        "grant_type is " + printable(grant_type) + ", which is not supported here"));
}

} // namespace

oauth2_endpoints::form_result oauth2_endpoints::token(call& c, const world& w, const token_request& request)
{
    const auto& rules = rules_of(c.matched->played);
    const auto& sent = request.sent;
    const auto& client = *request.client;
    auto grant_type = std::string(sent.value("grant_type"));
    if (grant_type.empty())
        grant_type = "authorization_code";
    const bool refreshed = grant_type == "refresh_token" && rules.refresh != refresh_rule::never;
    const auto scope = split_words(sent.value("scope"), rules.asked_separators);
    exchange_result result;
    if (grant_type == "authorization_code")
        result = exchange(c, sent, client);
    else if (grant_type == device_grant && rules.device_lifetime.count() > 0)
        result = exchange_device(c, sent, client);
    else if (refreshed && !sent.find("refresh_token"))
        result = exchange_result(missing_parameter("refresh_token", "RFC 6749, section 6"));
    else if (refreshed)
        result = grants_.exchange_refresh_token(sent.value("refresh_token"), client.id, rules, scope);
    else if (grant_type == "client_credentials" && rules.played == face::oidc)
        result = begin_own(c, sent, client);
    else
        result = unsupported(grant_type);
    if (result.refused)
        return std::move(*result.refused);
    c.user_id = grants_.terms_of(result.family).user;
    return give_tokens(c, w, result.family, refreshed ? scope : std::vector<std::string>(), refreshed);
}

exchange_result oauth2_endpoints::exchange(const call& c, const parameter_reading& sent, const oauth2_client& client)
{
    if (!sent.find("code"))
        return exchange_result(missing_parameter("code", "RFC 6749, section 4.1.3"));
    code_exchange request;
    request.played = c.matched->played;
    request.client_id = client.id;
    request.code = sent.value("code");
    request.redirect_uri = value_sent(sent, "redirect_uri");
    request.verifier = value_sent(sent, "code_verifier");
    return grants_.exchange_code(request, c.now);
}

exchange_result oauth2_endpoints::exchange_device(
    const call& c, const parameter_reading& sent, const oauth2_client& client)
{
    if (!sent.find("device_code"))
        return exchange_result(missing_parameter("device_code", "RFC 8628, section 3.4"));
    refusal refused;
    const auto* login = devices_.poll(sent.value("device_code"), client.id, c.matched->played, c.now, refused);
    if (!login) {
        refused.parameter = "device_code";
        return exchange_result(std::move(refused));
    }
    return exchange_result(grants_.begin_family(login->terms));
}

// The client for itself (RFC 6749, section 4.4): no user, no refresh token.
exchange_result oauth2_endpoints::begin_own(const call& c, const parameter_reading& sent, const oauth2_client& client)
{
    if (client.is_public())
        return exchange_result(refusal("unauthorized_client", "public_client",
            "a public client can't have tokens of its own: its client_id is known to all"));
    login_terms terms;
    terms.played = c.matched->played;
    terms.client_id = client.id;
    terms.allowed_at = c.now;
    if (!sent.value("scope").empty())
        if (auto refused = read_scope(sent.value("scope"), rules_of(terms.played), client, terms.scope))
            return exchange_result(std::move(*refused));
    return exchange_result(grants_.begin_family(std::move(terms)));
}

server::response oauth2_endpoints::give_tokens(
    const call& c, const world& w, family_number family, const std::vector<std::string>& scope, bool refreshed)
{
    const auto& rules = rules_of(c.matched->played);
    const auto& terms = grants_.terms_of(family);
    token_values values;
    values.access_token = grants_.issue_access_token(family, scope, rules, random_, c.now);
    if (terms.refreshable && (!refreshed || rules.rotates))
        values.refresh_token = grants_.issue_refresh_token(family, rules, random_);
    values.scope = scope.empty() ? terms.scope : scope;
    values.lifetime = rules.token_lifetime;
    const auto subject = w.user_by_id(terms.user);
    if (rules.openid && subject && has_word(values.scope, "openid")) {
        auto issuer = issuer_of(rules, c.base_url);
        // The real Google may leave the scheme out.
        if (rules.played == face::google && mode_ == mode::x)
            issuer.erase(0, std::string_view("https://").size());
        auto shown = terms;
        shown.scope = values.scope;
        values.id_token = keys_.sign(boost::json::serialize(
            id_token_claims(rules, shown, *subject, issuer, c.base_url, values.access_token, !refreshed, c.now)));
    }
    return token_response(rules, values, *c.http);
}

} // namespace coauth::sandbox
