#include "providers/oauth2_app.hpp"

#include "providers/provider_name.hpp"
#include "providers/read_claims.hpp"

#include <coauth/oauth2/discovery.hpp>

#include <algorithm>
#include <utility>

namespace coauth::providers {

namespace asio = boost::asio;

namespace {

constexpr const char* name_rule = "the name is not 1 to 32 of a-z, 0-9, _ and -";

void require(bool valid, const oauth2_rules& rules, const char* problem)
{
    if (!valid)
        throw error(errc::invalid_argument, "the rules of provider \"" + rules.name + "\": " + problem);
}

// Throws for a URL that is set and can't be used.
void require_url(const std::string& url, bool needed)
{
    if (needed || !url.empty())
        http::get(url);
}

void require_openid(const oauth2_rules& rules)
{
    require(!rules.issuers.empty(), rules, "OpenID Connect needs an issuer");
    if (rules.openid->discovers)
        static_cast<void>(oauth2::openid_configuration_url(rules.issuers.front()).value());
    else
        http::get(rules.openid->jwks_url);
    require(rules.openid->leeway.count() >= 0, rules, "the leeway is negative");
}

void require_rules(const oauth2_rules& rules)
{
    require(is_provider_name(rules.name), rules, name_rule);
    const bool discovers = rules.openid && rules.openid->discovers;
    require_url(rules.authorize_url, !discovers);
    require_url(rules.token_url, !discovers);
    require_url(rules.user_url, !rules.openid);
    for (const std::string* url : {&rules.revoke_url, &rules.device_url, &rules.details_url})
        require_url(*url, false);
    for (const std::string& base : rules.api_bases)
        static_cast<void>(http::parse_base_url(base).value());
    require(rules.read_user || rules.openid, rules, "there is no reader of profiles");
    require(rules.details_url.empty() == !rules.read_details, rules, "details_url and read_details need each other");
    if (rules.openid)
        require_openid(rules);
}

api::caller_options oauth2_options(const oauth2_rules& rules, std::shared_ptr<coauth::clock> clock)
{
    api::caller_options options;
    options.user_agent = rules.user_agent;
    options.deadline = rules.deadline;
    options.clock = std::move(clock);
    options.read = [](const http::response& response, const api::circumstances& when) {
        return read_oauth2_error(response, when);
    };
    return options;
}

// As the document wants it, if the app leaves a choice.
oauth2::app client_for(const oauth2::app& client, const std::vector<oauth2::client_authentication>& accepted)
{
    using oauth2::client_authentication;
    const auto takes = [&accepted](client_authentication way) {
        return std::find(accepted.begin(), accepted.end(), way) != accepted.end();
    };
    if (client.authentication() == client_authentication::basic && !takes(client_authentication::basic) &&
        takes(client_authentication::post))
        return oauth2::app(client.client_id(), client.client_secret(), client_authentication::post);
    return client;
}

oauth2_setup with_metadata(const oauth2_setup& given, oauth2::provider_metadata found)
{
    oauth2_rules rules = given.rules;
    if (found.jwks_uri.empty())
        throw error(errc::malformed_response, "the provider's discovery document has no jwks_uri");
    rules.authorize_url = std::move(found.authorization_endpoint);
    rules.token_url = std::move(found.token_endpoint);
    rules.user_url = std::move(found.userinfo_endpoint);
    rules.revoke_url = std::move(found.revocation_endpoint);
    rules.device_url = std::move(found.device_authorization_endpoint);
    rules.announces_issuer = found.announces_issuer;
    rules.openid->jwks_url = std::move(found.jwks_uri);
    rules.openid->algorithms = std::move(found.id_token_algorithms);
    rules.openid->discovers = false;
    oauth2::app client = client_for(given.client, found.client_authentications);
    return oauth2_setup(std::move(rules), std::move(client));
}

std::shared_ptr<const api::call> document_call(const std::string& url)
{
    auto call = std::make_shared<api::call>();
    call->request = http::get(url);
    call->request.headers.add("Accept", "application/json");
    call->repeatable = true;
    call->retry_budget = api::login_retry_budget;
    return call;
}

// The error of a document that is not to be had, with what it is.
asio::awaitable<http::response> get_document(shared_oauth2_app app, std::string url, std::string subject)
{
    auto call = document_call(url);
    const api::outcome got = co_await api::exchange(app, std::move(call));
    if (!got.refused)
        co_return got.response;
    const error& refused = *got.refused;
    // Nothing of the user's was refused.
    const bool as_it_is = is_transient(refused) || refused.reason() == errc::unexpected_redirect;
    error failed(as_it_is ? refused.reason() : errc::provider_error, subject + " can't be fetched");
    failed = failed.with_http_status(got.response.status);
    throw refused.retry_after() ? failed.with_retry_after(*refused.retry_after()) : failed;
}

asio::awaitable<oauth2_setup> discover(shared_oauth2_app app)
{
    const std::string issuer = app->rules().issuers.front();
    std::string url = oauth2::openid_configuration_url(issuer).value();
    const http::response response = co_await get_document(app, std::move(url), "the provider's discovery document");
    oauth2::provider_metadata found = oauth2::parse_discovery_document(issuer, response.body).value();
    co_return with_metadata(*app->given(), std::move(found));
}

asio::awaitable<oauth2::jwk_set> fetch_keys(shared_oauth2_app app)
{
    const shared_oauth2_setup setup = co_await setup_of(app);
    std::string url = setup->rules.openid->jwks_url;
    const http::response response = co_await get_document(app, std::move(url), "the provider's JWK set");
    co_return oauth2::jwk_set::parse(response.body).value();
}

void add_origin(std::vector<http::origin>& origins, const std::string& url)
{
    if (url.empty())
        return;
    http::origin origin = http::get(url).origin;
    if (std::find(origins.begin(), origins.end(), origin) == origins.end())
        origins.push_back(std::move(origin));
}

} // namespace

oauth2_setup::oauth2_setup(oauth2_rules new_rules, oauth2::app new_client)
    : rules(std::move(new_rules)), client(std::move(new_client))
{
    if (!rules.read_user)
        rules.read_user = read_claims;
    add_origin(origins, rules.user_url);
    add_origin(origins, rules.details_url);
    for (const std::string& base : rules.api_bases)
        add_origin(origins, base);
}

oauth2_app::oauth2_app(std::shared_ptr<http::transport> transport, oauth2::app client, oauth2_rules rules,
    std::shared_ptr<coauth::clock> clock)
    : caller(std::move(transport), oauth2_options(rules, std::move(clock)))
{
    require_rules(rules);
    given_ = std::make_shared<const oauth2_setup>(std::move(rules), std::move(client));
}

asio::awaitable<shared_oauth2_setup> setup_of(shared_oauth2_app app)
{
    if (!app->rules().openid || !app->rules().openid->discovers)
        co_return app->given();
    document_version<oauth2_setup> found = co_await app->discovered().get(app, discover);
    co_return found.value;
}

asio::awaitable<document_version<oauth2::jwk_set>> keys_of(shared_oauth2_app app, std::uint64_t than)
{
    document_version<oauth2::jwk_set> found = co_await app->keys().get(app, fetch_keys, than);
    co_return found;
}

} // namespace coauth::providers
