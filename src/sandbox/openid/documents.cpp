#include "sandbox/openid/documents.hpp"

#include "sandbox/oauth2/bearer.hpp"
#include "sandbox/oauth2/parameters.hpp"
#include "sandbox/oauth2/responses.hpp"
#include "sandbox/openid/id_token.hpp"
#include "sandbox/x/error_bodies.hpp"

#include <boost/json/array.hpp>

#include <initializer_list>

namespace coauth::sandbox {

namespace json = boost::json;

namespace {

json::array texts(std::initializer_list<const char*> list)
{
    json::array out;
    for (const auto* text : list)
        out.emplace_back(text);
    return out;
}

server::response refused_userinfo(const refusal& refused, refusal_note& note)
{
    explain(note, refused);
    json::object body;
    if (!refused.error.empty())
        set_member(body, "error", refused.error);
    auto response = json_response(refused.status, body);
    // RFC 6750, section 3: without a token no error is named.
    response.headers.set("WWW-Authenticate",
        "Bearer realm=\"coauth-sandbox\"" + (refused.error.empty() ? "" : ", error=\"" + refused.error + '"'));
    return response;
}

} // namespace

server::response discovery_document(const face_rules& rules, std::string_view base_url)
{
    const auto issuer = issuer_of(rules, base_url);
    const bool at_google = rules.played == face::google;
    json::object body;
    set_member(body, "issuer", issuer);
    set_member(body, "authorization_endpoint", issuer + (at_google ? "/o/oauth2/v2/auth" : "/authorize"));
    set_member(body, "token_endpoint", issuer + "/token");
    set_member(body, "userinfo_endpoint", issuer + (at_google ? "/v1/userinfo" : "/userinfo"));
    set_member(body, "jwks_uri", issuer + (at_google ? "/oauth2/v3/certs" : "/jwks"));
    set_member(body, "revocation_endpoint", issuer + "/revoke");
    set_member(body, "device_authorization_endpoint", issuer + (at_google ? "/device/code" : "/device_authorization"));
    body["response_types_supported"] = texts({"code"});
    body["response_modes_supported"] = texts({"query"});
    body["grant_types_supported"] =
        at_google ? texts({"authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"})
                  : texts({"authorization_code", "refresh_token", "client_credentials",
                        "urn:ietf:params:oauth:grant-type:device_code"});
    body["subject_types_supported"] = texts({"public"});
    body["id_token_signing_alg_values_supported"] = texts({"RS256"});
    body["scopes_supported"] = at_google ? texts({"openid", "email", "profile"})
                                         : texts({"openid", "profile", "email", "phone", "address", "offline_access"});
    body["token_endpoint_auth_methods_supported"] = texts({"client_secret_basic", "client_secret_post", "none"});
    body["revocation_endpoint_auth_methods_supported"] = texts({"client_secret_basic", "client_secret_post", "none"});
    body["claims_supported"] = texts({"aud", "azp", "at_hash", "auth_time", "email", "email_verified", "exp",
        "family_name", "given_name", "iat", "iss", "locale", "name", "nonce", "picture", "sub"});
    body["code_challenge_methods_supported"] = texts({"S256"});
    body["authorization_response_iss_parameter_supported"] = true;
    body["claims_parameter_supported"] = false;
    body["request_parameter_supported"] = false;
    body["request_uri_parameter_supported"] = false;
    return json_response(200, body);
}

server::response userinfo(call& c, const world& w, const grants& issued, refusal_note& note)
{
    const auto bearer = read_bearer(c, w, issued);
    if (bearer.refused)
        return refused_userinfo(*bearer.refused, note);
    const auto subject = w.user_by_id(bearer.token->user.user);
    if (!subject)
        return refused_userinfo(
            refusal("insufficient_scope", "no_user", "this token is the client's own, and no user's", 403), note);
    if (!has_word(bearer.token->scope, "openid"))
        return refused_userinfo(
            refusal("insufficient_scope", "no_openid", "the login did not ask for the scope openid", 403), note);
    return json_response(200, user_claims(rules_of(c.matched->played), *subject, bearer.token->scope, c.base_url));
}

} // namespace coauth::sandbox
