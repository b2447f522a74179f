#include "program/login_providers.hpp"

#include <coauth/http/origin.hpp>
#include <coauth/providers/app_from_environment.hpp>
#include <coauth/providers/facebook.hpp>
#include <coauth/providers/github.hpp>
#include <coauth/providers/google.hpp>
#include <coauth/providers/oidc.hpp>
#include <coauth/twitter/from_environment.hpp>
#include <coauth/twitter/provider.hpp>

#include <utility>

namespace program {

namespace {

// With the bases of the sandbox, if there is one.
provider_choice located(const network& connections, provider_choice choice)
{
    if (!connections.sandbox())
        return choice;
    const coauth::sandbox::provider_bases bases = connections.sandbox()->bases();
    if (choice.name == "x") {
        choice.api_base = bases.x_api;
    } else if (choice.name == "google") {
        choice.base = bases.google_issuer;
    } else if (choice.name == "github") {
        choice.base = bases.github_login;
        choice.api_base = bases.github_api;
    } else if (choice.name == "facebook") {
        choice.base = bases.facebook_dialog;
        choice.api_base = bases.facebook_graph;
    } else {
        choice.base = bases.oidc_issuer;
    }
    return choice;
}

coauth::oauth2::app app_of(const network& connections, const std::string& name)
{
    if (const coauth::sandbox::provider* sandbox = connections.sandbox())
        return coauth::oauth2::app(sandbox->client_id(), sandbox->client_secret());
    return coauth::providers::app_from_environment(name);
}

coauth::twitter::client_options x_client_options(
    const network& connections, const login_flags& flags, const provider_choice& choice)
{
    coauth::twitter::client_options options = x_options(flags.common, located(connections, choice).api_base);
    if (!choice.base.empty())
        options.endpoints.authorize_base = choice.base;
    return options;
}

std::shared_ptr<coauth::login_provider> x_provider(
    const network& connections, const login_flags& flags, const provider_choice& choice)
{
    coauth::twitter::provider_options options;
    options.client = x_client_options(connections, flags, choice);
    if (flags.oauth2)
        return coauth::twitter::provider(connections.transport(), app_of(connections, "x"), std::move(options));
    const coauth::sandbox::provider* sandbox = connections.sandbox();
    return coauth::twitter::provider(connections.transport(),
        sandbox ? sandbox->consumer() : coauth::twitter::consumer_from_environment(), std::move(options));
}

} // namespace

std::shared_ptr<coauth::login_provider> login_provider_of(
    const network& connections, const login_flags& flags, const provider_choice& choice)
{
    if (choice.name == "x")
        return x_provider(connections, flags, choice);
    const provider_choice found = located(connections, choice);
    const auto transport = connections.transport();
    const coauth::oauth2::app app = app_of(connections, choice.name);
    if (choice.name == "google") {
        coauth::providers::google_options options;
        options.issuer = found.base;
        return coauth::providers::google(transport, app, std::move(options));
    }
    if (choice.name == "github") {
        coauth::providers::github_options options;
        options.login_base = found.base;
        options.api_base = found.api_base;
        return coauth::providers::github(transport, app, std::move(options));
    }
    if (choice.name == "facebook") {
        coauth::providers::facebook_options options;
        options.dialog_base = found.base;
        options.graph_base = found.api_base;
        return coauth::providers::facebook(transport, app, std::move(options));
    }
    return coauth::providers::oidc(transport, app, found.base);
}

std::vector<std::shared_ptr<coauth::login_provider>> login_providers_of(
    const network& connections, const login_flags& flags, const std::vector<provider_choice>& choices)
{
    std::vector<std::shared_ptr<coauth::login_provider>> providers;
    for (const provider_choice& choice : choices)
        providers.push_back(login_provider_of(connections, flags, choice));
    return providers;
}

coauth::twitter::client_options x_options_of(
    const network& connections, const login_flags& flags, const std::vector<provider_choice>& choices)
{
    for (const provider_choice& choice : choices)
        if (choice.name == "x")
            return x_client_options(connections, flags, choice);
    return {};
}

std::string login_sources(
    const network& connections, const login_flags& flags, const std::vector<provider_choice>& choices)
{
    std::string out = "https:";
    for (const provider_choice& choice : choices) {
        const std::string base = choice.name == "x"
                                     ? x_client_options(connections, flags, choice).endpoints.authorize_base
                                     : located(connections, choice).base;
        const auto url = coauth::http::parse_base_url(base).value();
        if (!url.origin.https)
            out += ' ' + url.origin.url();
    }
    return out;
}

} // namespace program
