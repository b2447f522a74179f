#include "sandbox/oauth2/responses.hpp"

#include "sandbox/oauth2/parameters.hpp"
#include "sandbox/x/error_bodies.hpp"

#include <coauth/oauth1/parameters.hpp>
#include <coauth/text/ascii.hpp>

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace coauth::sandbox {

namespace json = boost::json;

namespace {

struct error_words {
    std::string_view error;
    std::string_view description;
};

constexpr std::array error_descriptions = {
    error_words{"invalid_request", "The request is malformed: a parameter is missing, repeated or not valid."},
    error_words{"invalid_client", "Client authentication failed."},
    error_words{
        "invalid_grant", "The code or refresh token is not valid, has expired, or was given to another client."},
    error_words{"unauthorized_client", "This client may not use this grant type."},
    error_words{"unsupported_grant_type", "This grant type is not supported here."},
    error_words{"invalid_scope", "The scope is unknown, malformed, or wider than what was granted."},
    error_words{"access_denied", "The user denied the request."},
    error_words{"authorization_pending", "The user has not decided yet."},
    error_words{"slow_down", "Poll less often: the interval is five seconds longer now."},
    error_words{"expired_token", "The device code has expired."},
    error_words{"invalid_token", "The token is not valid or has expired."},
};

std::string_view description_of(std::string_view error)
{
    const auto* found = std::find_if(error_descriptions.begin(), error_descriptions.end(),
        [&](const error_words& words) { return words.error == error; });
    return found == error_descriptions.end() ? "The request was refused." : found->description;
}

server::response error_object(
    const face_rules& rules, int status, std::string_view error, std::string_view description, const server::request& r)
{
    json::object body;
    set_member(body, "error", error);
    set_member(body, "error_description", description);
    if (rules.played == face::github)
        set_member(body, "error_uri",
            "https://docs.github.com/apps/managing-oauth-apps/troubleshooting-oauth-app-access-token-request-errors");
    return object_response(rules, status, body, r);
}

bool is_proof(const refusal& refused)
{
    return refused.parameter == "code_verifier" || refused.reason == "wrong_verifier" ||
           refused.reason == "unexpected_verifier";
}

server::response refused_by_x(const face_rules& rules, const refusal& refused, const server::request& r)
{
    if (refused.error == "invalid_client")
        return error_object(rules, 401, "unauthorized_client", "Missing valid authorization header", r);
    if (refused.reason == "missing_parameter")
        return error_object(
            rules, 400, "invalid_request", "Missing required parameter [" + refused.parameter + "].", r);
    if (refused.error != "invalid_grant")
        return error_object(rules, refused.status, refused.error, description_of(refused.error), r);
    std::string_view words = "Value passed for the authorization code was invalid.";
    if (refused.by_refresh)
        words = "Value passed for the token was invalid.";
    else if (refused.reason == "redirect_mismatch")
        words = "Value passed for the redirect uri did not match the uri of the authorization code.";
    else if (is_proof(refused))
        words = "Value passed for the code verifier did not match the code challenge.";
    return error_object(rules, 400, "invalid_request", words, r);
}

server::response refused_by_github(const face_rules& rules, const refusal& refused, const server::request& r)
{
    constexpr int errors_too = 200;
    if (refused.status == 405)
        return error_object(rules, refused.status, refused.error, description_of(refused.error), r);
    if (refused.error == "invalid_client")
        return error_object(rules, errors_too, "incorrect_client_credentials",
            "The client_id and/or client_secret passed are incorrect.", r);
    if (refused.reason == "redirect_mismatch")
        return error_object(rules, errors_too, "redirect_uri_mismatch",
            "The redirect_uri MUST match the registered callback URL for this application.", r);
    if (refused.error == "invalid_grant" && refused.parameter == "device_code")
        return error_object(rules, errors_too, "incorrect_device_code", "The device_code provided is not valid.", r);
    if (refused.error == "invalid_grant" || refused.parameter == "code")
        return error_object(rules, errors_too, "bad_verification_code", "The code passed is incorrect or expired.", r);
    return error_object(rules, errors_too, refused.error, description_of(refused.error), r);
}

server::response refused_by_facebook(const refusal& refused)
{
    constexpr int code_refused = 100;
    if (refused.reason == "wrong_secret" || refused.reason == "no_credentials")
        return facebook_error(400, "Error validating client secret.", 1);
    if (refused.error == "invalid_client")
        return facebook_error(
            400, "Error validating application. Cannot get application info due to a system error.", 101);
    if (refused.reason == "missing_parameter")
        return facebook_error(400, "Missing " + refused.parameter + " parameter.", 191);
    if (refused.reason == "used_code")
        return facebook_error(400, "This authorization code has been used.", code_refused, 36009);
    if (refused.reason == "expired_code")
        return facebook_error(400, "This authorization code has expired.", code_refused, 36007);
    if (refused.reason == "redirect_mismatch")
        return facebook_error(400,
            "Error validating verification code. Please make sure your redirect_uri is identical to the one you used "
            "in the OAuth dialog request",
            code_refused, 36008);
    if (is_proof(refused))
        return facebook_error(400, "Error validating the code verifier.", code_refused);
    if (refused.error == "invalid_grant")
        return facebook_error(400, "Invalid verification code format.", code_refused);
    return facebook_error(refused.status, "The request is not valid: " + refused.error, code_refused);
}

} // namespace

void set_member(json::object& object, std::string_view name, std::string_view value)
{
    object[json::string_view(name.data(), name.size())] = json::string_view(value.data(), value.size());
}

server::response object_response(
    const face_rules& rules, int status, const json::object& body, const server::request& r)
{
    const bool wants_json = r.headers.get("Accept").find("json") != std::string_view::npos;
    server::response response;
    if (rules.played == face::github && !wants_json) {
        oauth1::parameters fields;
        for (const auto& member : body)
            fields.emplace_back(std::string(member.key().data(), member.key().size()),
                member.value().is_string()
                    ? std::string(member.value().get_string().data(), member.value().get_string().size())
                    : json::serialize(member.value()));
        response =
            server::response(status, "application/x-www-form-urlencoded; charset=utf-8", oauth1::encode_form(fields));
    } else {
        response = json_response(status, body);
    }
    response.headers.set("Cache-Control", "no-store");
    response.headers.set("Pragma", "no-cache");
    return response;
}

server::response token_response(const face_rules& rules, const token_values& values, const server::request& r)
{
    json::object body;
    set_member(body, "access_token", values.access_token);
    set_member(body, "token_type", rules.token_type);
    if (values.lifetime.count() > 0)
        body["expires_in"] = values.lifetime.count();
    if (!values.refresh_token.empty())
        set_member(body, "refresh_token", values.refresh_token);
    // GitHub names an empty scope, too; Facebook none.
    if (rules.played == face::github || (rules.played != face::facebook && !values.scope.empty()))
        set_member(body, "scope", join_words(values.scope, rules.granted_separator));
    if (!values.id_token.empty())
        set_member(body, "id_token", values.id_token);
    return object_response(rules, 200, body, r);
}

server::response refused_response(const face_rules& rules, const refusal& refused, const server::request& r)
{
    server::response response;
    if (rules.played == face::x)
        response = refused_by_x(rules, refused, r);
    else if (rules.played == face::github)
        response = refused_by_github(rules, refused, r);
    else if (rules.played == face::facebook)
        response = refused_by_facebook(refused);
    else
        response = error_object(rules, refused.status, refused.error, description_of(refused.error), r);
    if (refused.challenges && response.status == 401)
        response.headers.set("WWW-Authenticate", "Basic realm=\"coauth-sandbox\"");
    return response;
}

server::response facebook_error(int status, std::string_view message, int code, int subcode, std::string_view type)
{
    json::object error;
    set_member(error, "message", message);
    set_member(error, "type", type);
    error["code"] = code;
    if (subcode != 0)
        error["error_subcode"] = subcode;
    error["fbtrace_id"] = "coauth-sandbox";
    json::object body;
    body["error"] = std::move(error);
    auto response = json_response(status, body);
    response.headers.set("Cache-Control", "no-store");
    return response;
}

server::response oauth2_error_with_status(int status)
{
    std::string_view error = "invalid_request";
    if (status == 401)
        error = "invalid_client";
    else if (status == 429 || status == 503)
        error = "temporarily_unavailable";
    else if (status >= 500)
        error = "server_error";
    json::object body;
    set_member(body, "error", error);
    return json_response(status, body);
}

} // namespace coauth::sandbox
