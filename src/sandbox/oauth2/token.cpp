// The token endpoint (RFC 6749, section 3.2).
#include "sandbox/oauth2/client_check.hpp"
#include "sandbox/oauth2/endpoints.hpp"
#include "sandbox/oauth2/responses.hpp"
#include "sandbox/oauth2/token_request.hpp"
#include "sandbox/openid/id_token.hpp"

#include <boost/json/serialize.hpp>

#include <utility>

namespace coauth::sandbox {

namespace {

constexpr std::string_view device_grant = "urn:ietf:params:oauth:grant-type:device_code";

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

request_reading read_token_request(call& c, const face_rules& rules)
{
    request_reading out;
    const bool by_query = c.http->method == "GET"; // Facebook's
    const auto query = c.http->query();
    const auto body = by_query ? std::string_view() : form_body(*c.http);
    out.sent = read_parameters_of(query, body);
    c.oauth = out.sent.fields;
    c.consumer_key = out.sent.value("client_id");
    const auto refuse_request = [&](std::string_view reason, std::string explanation) {
        out.refused = refusal("invalid_request", reason, std::move(explanation));
    };
    if (out.sent.malformed)
        refuse_request("malformed", *out.sent.malformed);
    else if (!by_query && !query.empty() && rules.played != face::facebook)
        refuse_request("query",
            "parameters were sent in the query: they belong into the body, and a query ends up in logs "
            "(RFC 6749, section 3.2)");
    else if (!by_query && body.empty() && !c.http->body.empty())
        refuse_request("content_type", "the Content-Type is " + printable(c.http->headers.get("Content-Type")) +
                                           ": it must be application/x-www-form-urlencoded");
    else if (!out.sent.repeated.empty())
        refuse_request("duplicate_parameter", printable(out.sent.repeated.front()) + " was sent more than once");
    return out;
}

server::response oauth2_endpoints::token(call& c, const world& w, refusal_note& note)
{
    const auto& rules = rules_of(c.matched->played);
    const auto request = read_token_request(c, rules);
    const auto refuse_with = [&](const refusal& refused) {
        explain(note, refused);
        return refused_response(rules, refused, *c.http);
    };
    if (request.refused)
        return refuse_with(*request.refused);
    const auto& sent = request.sent;
    auto grant_type = std::string(sent.value("grant_type"));
    // GitHub and Facebook know one grant only, and don't demand its name.
    if (grant_type.empty() && !rules.names_response_type)
        grant_type = "authorization_code";
    if (grant_type.empty())
        return refuse_with(missing_parameter("grant_type", "RFC 6749, section 4.1.3"));

    const bool by_device = grant_type == device_grant && rules.device_lifetime.count() > 0;
    const auto checked = check_client(*c.http, sent, rules, w.clients(), by_device && rules.played == face::github);
    if (checked.refused)
        return refuse_with(*checked.refused);
    c.consumer_key = checked.client->id;

    const bool refreshed = grant_type == "refresh_token" && rules.refresh != refresh_rule::never;
    const auto scope = split_words(sent.value("scope"), rules.asked_separators);
    exchange_result result;
    if (grant_type == "authorization_code")
        result = exchange(c, sent, *checked.client);
    else if (by_device)
        result = exchange_device(c, sent, *checked.client);
    else if (refreshed && !sent.find("refresh_token"))
        result = exchange_result(missing_parameter("refresh_token", "RFC 6749, section 6"));
    else if (refreshed)
        result = grants_.exchange_refresh_token(sent.value("refresh_token"), checked.client->id, rules, scope);
    else if (grant_type == "client_credentials" && rules.played == face::oidc)
        result = begin_own(c, sent, *checked.client);
    else
        result = unsupported(grant_type);
    if (result.refused)
        return refuse_with(*result.refused);
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
        values.id_token = keys_.sign(boost::json::serialize(
            id_token_claims(rules, terms, *subject, issuer, c.base_url, values.access_token, !refreshed, c.now)));
    }
    return token_response(rules, values, *c.http);
}

} // namespace coauth::sandbox
