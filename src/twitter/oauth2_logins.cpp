#include "twitter/oauth2_logins.hpp"

#include "twitter/read_profile.hpp"
#include "twitter/routes.hpp"

#include <coauth/http/origin.hpp>
#include <coauth/providers/oauth2_provider.hpp>

#include <string>
#include <utility>

namespace coauth::twitter {

namespace {

// Only the browser goes there, and only at x.com it has the user's session.
std::string authorize_base_of(const provider_options& options)
{
    if (!options.oauth2_authorize_base.empty())
        return options.oauth2_authorize_base;
    const std::string& base = options.client.endpoints.authorize_base;
    return base == endpoints().authorize_base ? "https://x.com" : base;
}

} // namespace

std::shared_ptr<login_provider> oauth2_logins(
    std::shared_ptr<http::transport> transport, oauth2::app app, const provider_options& options)
{
    const http::base_url api = http::parse_base_url(options.client.endpoints.api_base).value();
    const http::request me = routes(api, api_version::v2).me("", "", options.client.want_email);
    providers::oauth2_rules rules("x");
    rules.authorize_url = http::parse_base_url(authorize_base_of(options)).value().url() + "/i/oauth2/authorize";
    rules.token_url = api.url() + "/2/oauth2/token";
    rules.revoke_url = api.url() + "/2/oauth2/revoke";
    rules.user_url = me.origin.url() + me.target;
    rules.scope = options.oauth2_scope + (options.client.want_email ? " users.email" : "");
    rules.sends_client_id = true; // X's documents say that it is not needed, but X has refused requests without it
    rules.read_user = [](std::string_view body) { return read_profile(api_version::v2, body); };
    rules.user_agent = options.client.user_agent;
    rules.deadline = options.client.deadline;
    auto clock = options.client.clock ? options.client.clock : system_clock();
    return providers::oauth2_provider(std::move(transport), std::move(app), std::move(rules), std::move(clock));
}

} // namespace coauth::twitter
