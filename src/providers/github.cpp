#include "api/json_members.hpp"
#include "providers/read_claims.hpp"
#include "providers/secret_in_body.hpp"
#include "text/base64.hpp"
#include "text/json_body.hpp"

#include <coauth/error.hpp>
#include <coauth/http/request.hpp>
#include <coauth/providers/github.hpp>
#include <coauth/providers/oauth2_provider.hpp>

#include <boost/json/serialize.hpp>

#include <utility>

namespace coauth::providers {

namespace json = boost::json;

namespace {

constexpr const char* api_version = "2022-11-28";

profile read_github_user(std::string_view body)
{
    const text::json_body parsed = text::read_json(body);
    const json::object& object = api::as_object(parsed.root(), "the profile");
    profile user;
    const auto id = api::find_count(object, "id");
    if (!id || *id == 0)
        api::refuse_member("id", "not an id");
    user.id = std::to_string(*id);
    user.username = api::find_line(object, "login").value_or("");
    user.name = api::find_line(object, "name").value_or(user.username.empty() ? user.id : user.username);
    user.picture = find_https_url(object, "avatar_url");
    user.description = api::find_text(object, "bio");
    user.location = api::find_line(object, "location");
    user.url = find_web_url(object, "blog");
    user.followers_count = api::find_count(object, "followers");
    user.following_count = api::find_count(object, "following");
    return user;
}

// The primary address: the only one that counts. What `/user` says is the one that the user shows, and may not be verified.
void read_github_emails(profile& user, std::string_view body)
{
    const text::json_body parsed = text::read_json(body);
    for (const json::value& element : api::as_array(parsed.root(), "the list of addresses")) {
        const json::object* address = element.if_object();
        if (!address || api::find_bool(*address, "primary") != true)
            continue;
        user.email = find_email_address(*address, "email");
        if (user.email)
            user.email_verified = api::find_bool(*address, "verified");
        return;
    }
}

// DELETE /applications/CLIENT_ID/token, which takes the app's own credentials.
http::request token_deletion(const oauth2::app& app, const std::string& api_base, const secret& access_token)
{
    http::request request = http::get(api_base + "/applications/" + app.client_id() + "/token");
    request.method = "DELETE";
    std::string pair = app.client_id() + ':' + std::string(app.client_secret().reveal());
    request.headers.add("Authorization", "Basic " + text::base64_encode(pair));
    wipe(pair);
    request.headers.add("Accept", "application/vnd.github+json");
    request.headers.add("X-GitHub-Api-Version", api_version);
    request.headers.add("Content-Type", "application/json");
    json::object body;
    body["access_token"] = access_token.reveal();
    request.body = json::serialize(body);
    return request;
}

} // namespace

std::shared_ptr<login_provider> github(
    std::shared_ptr<http::transport> transport, oauth2::app app, github_options options, std::shared_ptr<clock> clock)
{
    const std::string login = http::parse_base_url(options.login_base).value().url();
    const std::string api_base = http::parse_base_url(options.api_base).value().url();
    oauth2_rules rules("github");
    rules.authorize_url = login + "/login/oauth/authorize";
    rules.token_url = login + "/login/oauth/access_token";
    rules.device_url = login + "/login/device/code";
    rules.user_url = api_base + "/user";
    rules.details_url = api_base + "/user/emails";
    rules.issuers.push_back(login + "/login/oauth"); // of a callback that has `iss`
    rules.scope = std::move(options.scope);
    rules.ask_again_parameters.emplace_back("prompt", "select_account");
    rules.force_login_parameters.emplace_back("prompt", "select_account");
    rules.login_hint_parameter = "login";
    rules.api_headers.add("Accept", "application/vnd.github+json");
    rules.api_headers.add("X-GitHub-Api-Version", api_version);
    rules.read_user = read_github_user;
    rules.read_details = read_github_emails;
    if (!app.is_public())
        rules.revocation_request = [app, api_base](const secret& access_token) {
            return token_deletion(app, api_base, access_token);
        };
    return oauth2_provider(std::move(transport), with_secret_in_body(app), std::move(rules), std::move(clock));
}

} // namespace coauth::providers
