#include "api/json_members.hpp"
#include "providers/secret_in_body.hpp"
#include "text/json_body.hpp"

#include <coauth/error.hpp>
#include <coauth/providers/google.hpp>
#include <coauth/providers/oauth2_provider.hpp>

#include <utility>

namespace coauth::providers {

namespace {

// The parameter only picks the accounts that are offered: the claim decides.
void require_domain(const std::string& domain, std::string_view claims)
{
    const text::json_body parsed = text::read_json(claims);
    if (api::find_raw_text(api::as_object(parsed.root(), "claims"), "hd") != domain)
        throw error(errc::id_token_rejected, "the ID token was rejected: wrong_hosted_domain")
            .with_hint("only users of " + domain + " can sign in");
}

// `accounts.google.com` for https://accounts.google.com: its ID tokens may have either.
std::string short_spelling(const std::string& issuer)
{
    return issuer.substr(issuer.find("//") + 2);
}

} // namespace

std::shared_ptr<login_provider> google(
    std::shared_ptr<http::transport> transport, oauth2::app app, google_options options, std::shared_ptr<clock> clock)
{
    oauth2_rules rules("google");
    rules.revocation_ends_grant = true;
    rules.issuers.push_back(options.issuer);
    if (options.issuer.find("//") != options.issuer.npos)
        rules.issuers.push_back(short_spelling(options.issuer));
    rules.scope = std::move(options.scope);
    if (options.offline)
        rules.authorize_parameters.emplace_back("access_type", "offline");
    if (!options.hosted_domain.empty())
        rules.authorize_parameters.emplace_back("hd", options.hosted_domain);
    rules.ask_again_parameters.emplace_back("prompt", "consent");
    rules.force_login_parameters.emplace_back("prompt", "select_account");
    rules.login_hint_parameter = "login_hint";
    rules.api_bases = std::move(options.api_bases);
    rules.openid.emplace();
    rules.openid->discovers = true;
    rules.openid->leeway = options.leeway;
    if (!options.hosted_domain.empty())
        rules.openid->check_claims = [domain = options.hosted_domain](
                                         std::string_view claims) { require_domain(domain, claims); };
    // Its device endpoint wants the client's id in the body.
    return oauth2_provider(std::move(transport), with_secret_in_body(app), std::move(rules), std::move(clock));
}

} // namespace coauth::providers
