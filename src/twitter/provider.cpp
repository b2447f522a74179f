#include "api/revoke_on_failure.hpp"
#include "coro/typed_errors.hpp"
#include "twitter/legs.hpp"
#include "twitter/names.hpp"
#include "twitter/oauth2_logins.hpp"
#include "twitter/user_access.hpp"

#include <coauth/oauth1/callback.hpp>
#include <coauth/oauth1/stored_token.hpp>
#include <coauth/oauth2/stored_credential.hpp>
#include <coauth/twitter/provider.hpp>
#include <coauth/twitter/user_names.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <utility>

namespace coauth::twitter {

namespace asio = boost::asio;

namespace {

lookup_rules rules_of(api_version version, std::uint64_t price_micros)
{
    lookup_rules rules;
    rules.max_users = 100;
    rules.one_limit = version == api_version::v1_1; // both are users/lookup there
    rules.window = std::chrono::minutes(15);
    rules.price_micros = price_micros;
    rules.objection = objection_to;
    rules.key = lookup_key;
    return rules;
}

class x_account final : public account {
public:
    x_account(shared_user user, std::uint64_t price_micros)
        : user_(std::move(user)), rules_(rules_of(user_->app()->routes().version(), price_micros))
    {}

    asio::awaitable<reply<coauth::profile>> me() override { return own_profile(user_); }

    const lookup_rules* directory() const override { return &rules_; }

    asio::awaitable<reply<lookups>> look_up(std::vector<user_ref> users) override
    {
        return twitter::look_up(user_, std::move(users));
    }

    asio::awaitable<reply<http::response>> call(http::request request) override
    {
        return request_as(user_, user_->signed_call(std::move(request)));
    }

private:
    const shared_user user_;
    const lookup_rules rules_;
};

access_type access_of(const std::string& scope)
{
    if (scope.empty())
        return access_type::as_registered;
    if (scope == "read" || scope == "write")
        return scope == "read" ? access_type::read : access_type::write;
    throw error(errc::invalid_argument, "X's OAuth 1.0a has the scopes read and write only");
}

authorize_options options_of(const login_request& request)
{
    authorize_options options;
    options.force_login = request.force_login;
    options.screen_name = request.login_hint;
    for (const auto& [name, value] : request.parameters)
        if (name == "lang")
            options.lang = value;
    return options;
}

asio::awaitable<begun_login> do_begin(shared_app app, std::string callback, login_request request)
{
    const access_type access = access_of(request.scope);
    const oauth1::request_token token = co_await twitter::request_token(app, std::move(callback), access);
    std::string page = login_page(*app, request.ask_again, token, options_of(request));
    co_return begun_login(token.token(), std::move(page), token.secret());
}

// The response of leg 3 names the user; if it does not, the profile does.
asio::awaitable<coauth::profile> profile_of(shared_app app, oauth1::access_token access)
{
    coauth::profile user;
    user.provider = "x";
    user.id = access.extra("user_id");
    user.username = access.extra("screen_name");
    if (!user.id.empty())
        co_return user;
    auto me = own_profile(std::make_shared<const user_access>(app, access, app->options().retry_budget));
    auto revocation = invalidate(std::make_shared<const user_access>(app, access, std::chrono::milliseconds(0)));
    const reply<coauth::profile> found = co_await api::revoke_on_failure(std::move(me), std::move(revocation));
    co_return found;
}

asio::awaitable<finished_login> do_finish(shared_app app, begun_login begun, std::string query)
{
    oauth1::request_token login(std::move(begun.key), std::move(begun.proof));
    secret verifier = oauth1::callback_verifier(query, login).value();
    const oauth1::access_token access = co_await twitter::access_token(app, std::move(login), std::move(verifier));
    coauth::profile user = co_await profile_of(app, access);
    co_return finished_login(std::move(user), credential_of(access));
}

// Both apps: of OAuth 1.0a and of OAuth 2. Either may be missing.
struct x_apps {
    x_apps() = default;

    shared_app signing;                     ///< With the consumer's keys.
    shared_app bearing;                     ///< For the calls with tokens of OAuth 2.
    std::shared_ptr<login_provider> oauth2; ///< For its logins.
};

bool is_oauth2(const credential& held)
{
    return oauth2::parse_stored_text(held.text().reveal()).has_value();
}

shared_user user_of(const x_apps& apps, const credential& held)
{
    constexpr std::chrono::milliseconds no_retries(0);
    auto tokens = oauth2::parse_stored_text(held.text().reveal());
    if (tokens && apps.bearing)
        return std::make_shared<const user_access>(apps.bearing, std::move(tokens->access_token), no_retries);
    oauth1::access_token token = access_token_of(held);
    if (!apps.signing)
        throw error(errc::token_revoked, "the stored credential is one of OAuth 1.0a, and this app has no consumer key")
            .with_hint("let the user sign in again");
    return std::make_shared<const user_access>(apps.signing, std::move(token), no_retries);
}

class x_provider final : public login_provider {
public:
    x_provider(x_apps apps, std::uint64_t price_micros) : apps_(std::move(apps)), price_micros_(price_micros) {}

    std::string_view name() const noexcept override { return "x"; }

    asio::awaitable<begun_login> begin(std::string callback, login_request request) override
    {
        return apps_.oauth2 ? apps_.oauth2->begin(std::move(callback), std::move(request))
                            : typed_errors(do_begin(apps_.signing, std::move(callback), std::move(request)));
    }

    result<std::string> key_of(std::string_view callback_query) const override
    {
        return apps_.oauth2 ? apps_.oauth2->key_of(callback_query) : oauth1::callback_token(callback_query);
    }

    asio::awaitable<finished_login> finish(begun_login login, std::string callback, std::string callback_query) override
    {
        return apps_.oauth2 ? apps_.oauth2->finish(std::move(login), std::move(callback), std::move(callback_query))
                            : typed_errors(do_finish(apps_.signing, std::move(login), std::move(callback_query)));
    }

    std::shared_ptr<account> open(const credential& held) const override
    {
        return std::make_shared<x_account>(user_of(apps_, held), price_micros_);
    }

    asio::awaitable<credential> renew(credential held) override
    {
        if (!apps_.oauth2)
            throw error(errc::login_required, "X's OAuth 2 is not set up, so its tokens can't be renewed")
                .with_hint("give the provider the app's client ID, or let the user sign in again");
        return apps_.oauth2->renew(std::move(held));
    }

    credential carry_over(credential received, const credential& kept) const override
    {
        return apps_.oauth2 ? apps_.oauth2->carry_over(std::move(received), kept) : received;
    }

    asio::awaitable<void> revoke(credential held) override
    {
        return apps_.oauth2 && is_oauth2(held) ? apps_.oauth2->revoke(std::move(held))
                                               : typed_errors(do_revoke(apps_, std::move(held)));
    }

    // A token of OAuth 1.0a is that of the user's earlier logins, too.
    asio::awaitable<void> discard(credential received) override
    {
        return apps_.oauth2 && is_oauth2(received) ? apps_.oauth2->discard(std::move(received)) : leave();
    }

private:
    static asio::awaitable<void> leave() { co_return; }

    static asio::awaitable<void> do_revoke(x_apps apps, credential held)
    {
        // Without the app's client ID a token of OAuth 2 can't be ended.
        if (apps.bearing && is_oauth2(held))
            co_return;
        shared_user user = user_of(apps, held);
        co_await invalidate(std::move(user));
    }

    const x_apps apps_;
    const std::uint64_t price_micros_;
};

} // namespace

credential credential_of(const oauth1::access_token& access)
{
    return credential(oauth1::stored_text(access));
}

oauth1::access_token access_token_of(const credential& held)
{
    return oauth1::parse_stored_text(held.text().reveal()).value();
}

std::shared_ptr<login_provider> provider(
    std::shared_ptr<http::transport> transport, oauth1::consumer app, provider_options options)
{
    x_apps apps;
    apps.signing = std::make_shared<const x_app>(transport, std::move(app), options.client);
    apps.bearing = std::make_shared<const x_app>(transport, std::nullopt, options.client);
    if (options.oauth2_app)
        apps.oauth2 = oauth2_logins(std::move(transport), *options.oauth2_app, options);
    return std::make_shared<x_provider>(std::move(apps), options.price_per_profile_micros);
}

std::shared_ptr<login_provider> provider(
    std::shared_ptr<http::transport> transport, oauth2::app app, provider_options options)
{
    x_apps apps;
    apps.bearing = std::make_shared<const x_app>(transport, std::nullopt, options.client);
    apps.oauth2 = oauth2_logins(std::move(transport), std::move(app), options);
    return std::make_shared<x_provider>(std::move(apps), options.price_per_profile_micros);
}

std::shared_ptr<login_provider> provider(const client& app, std::uint64_t price_per_profile_micros)
{
    x_apps apps;
    apps.signing = app.app_;
    return std::make_shared<x_provider>(std::move(apps), price_per_profile_micros);
}

} // namespace coauth::twitter
