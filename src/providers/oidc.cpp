#include <coauth/providers/oauth2_provider.hpp>
#include <coauth/providers/oidc.hpp>

#include <utility>

namespace coauth::providers {

std::shared_ptr<login_provider> oidc(std::shared_ptr<http::transport> transport, oauth2::app app, std::string issuer,
    oidc_options options, std::shared_ptr<clock> clock)
{
    oauth2_rules rules(std::move(options.name));
    rules.issuers.push_back(std::move(issuer));
    rules.scope = std::move(options.scope);
    rules.authorize_parameters = std::move(options.authorize_parameters);
    rules.ask_again_parameters.emplace_back("prompt", "consent");
    rules.force_login_parameters.emplace_back("prompt", "login");
    rules.login_hint_parameter = "login_hint";
    rules.revocation_ends_grant = options.revocation_ends_grant;
    rules.api_bases = std::move(options.api_bases);
    rules.openid.emplace();
    rules.openid->leeway = options.leeway;
    rules.openid->discovers = true;
    return oauth2_provider(std::move(transport), std::move(app), std::move(rules), std::move(clock));
}

} // namespace coauth::providers
