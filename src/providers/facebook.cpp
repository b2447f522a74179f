#include "api/json_members.hpp"
#include "crypto/hmac.hpp"
#include "providers/read_claims.hpp"
#include "providers/secret_in_body.hpp"
#include "text/hex.hpp"
#include "text/json_body.hpp"

#include <coauth/error.hpp>
#include <coauth/http/request.hpp>
#include <coauth/providers/facebook.hpp>
#include <coauth/providers/oauth2_provider.hpp>
#include <coauth/text/ascii.hpp>

#include <utility>

namespace coauth::providers {

namespace json = boost::json;

namespace {

// "v25.0"
bool is_version(std::string_view text)
{
    const std::size_t point = text.find('.');
    return text.starts_with('v') && point != text.npos && point > 1 && point + 1 < text.size() && text.size() <= 8 &&
           text::all_digits(text.substr(1, point - 1)) && text::all_digits(text.substr(point + 1));
}

profile read_facebook_user(std::string_view body)
{
    const text::json_body parsed = text::read_json(body);
    const json::object& object = api::as_object(parsed.root(), "the profile");
    profile user;
    user.id = required_id(object, "id");
    user.name = api::find_line(object, "name").value_or(user.id);
    const json::object* picture = api::find_object(object, "picture");
    if (const json::object* data = picture ? api::find_object(*picture, "data") : nullptr)
        user.picture = find_https_url(*data, "url");
    // Facebook does not say whether it is verified.
    user.email = find_email_address(object, "email");
    return user;
}

// `appsecret_proof`: that the sender of an access token knows the app's secret.
std::string secret_proof(const secret& app_secret, const secret& access_token)
{
    const crypto::digest mac = crypto::hmac(crypto::hash_named("SHA256"), app_secret.reveal(), access_token.reveal());
    const auto octets = mac.view();
    return text::hex_encode({reinterpret_cast<const char*>(octets.data()), octets.size()});
}

void add_secret_proof(http::request& request, const secret& app_secret, const secret& access_token)
{
    request.target += request.target.find('?') == request.target.npos ? '?' : '&';
    request.target += "appsecret_proof=" + secret_proof(app_secret, access_token);
}

// The user's permission for the app ends, and with it each of the user's tokens.
http::request permission_deletion(const oauth2::app& app, const std::string& graph, const secret& access_token)
{
    http::request request = http::get(graph + "/me/permissions");
    request.method = "DELETE";
    request.headers.add("Authorization", "Bearer " + std::string(access_token.reveal()));
    if (!app.is_public())
        add_secret_proof(request, app.client_secret(), access_token);
    return request;
}

} // namespace

std::shared_ptr<login_provider> facebook(
    std::shared_ptr<http::transport> transport, oauth2::app app, facebook_options options, std::shared_ptr<clock> clock)
{
    if (!is_version(options.version))
        throw error(errc::invalid_argument, "the version of Facebook's Graph API is not of the form v25.0");
    const std::string graph = http::parse_base_url(options.graph_base).value().url() + '/' + options.version;
    const std::string dialog = http::parse_base_url(options.dialog_base).value().url() + '/' + options.version;
    oauth2_rules rules("facebook");
    rules.revocation_ends_grant = true;
    rules.authorize_url = dialog + "/dialog/oauth";
    rules.token_url = graph + "/oauth/access_token";
    rules.user_url = graph + "/me?fields=id,name,email,picture";
    rules.issuers.push_back(http::parse_base_url(options.dialog_base).value().url()); // of a callback that has `iss`
    rules.scope = std::move(options.scope);
    rules.scope_separator = ',';
    rules.ask_again_parameters.emplace_back("auth_type", "rerequest");
    rules.force_login_parameters.emplace_back("auth_type", "reauthenticate");
    rules.read_user = read_facebook_user;
    if (!app.is_public())
        rules.complete_request = [app](http::request& request, const secret& access_token) {
            add_secret_proof(request, app.client_secret(), access_token);
        };
    rules.revocation_request = [app, graph](const secret& access_token) {
        return permission_deletion(app, graph, access_token);
    };
    return oauth2_provider(std::move(transport), with_secret_in_body(app), std::move(rules), std::move(clock));
}

} // namespace coauth::providers
