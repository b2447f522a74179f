#include "coro/typed_errors.hpp"
#include "providers/login_end.hpp"
#include "providers/oauth2_app.hpp"
#include "providers/oauth2_devices.hpp"
#include "providers/oauth2_exchange.hpp"
#include "providers/oauth2_login.hpp"

#include <coauth/coro/as_result.hpp>
#include <coauth/oauth2/token_request.hpp>
#include <coauth/providers/oauth2_provider.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <utility>

namespace coauth::providers {

namespace asio = boost::asio;

namespace {

asio::awaitable<begun_login> begin(shared_oauth2_app app, std::string callback, login_request request)
{
    const shared_oauth2_setup setup = co_await setup_of(app);
    co_return begin_login(*setup, callback, request);
}

asio::awaitable<finished_login> finish(
    shared_oauth2_app app, begun_login begun, std::string callback, std::string query)
{
    login_proof proof = parse_proof(begun.proof);
    const shared_oauth2_setup setup = co_await setup_of(app);
    const oauth2::callback response = read_callback(setup->rules, begun.key, query);
    const auto now = app->clock()->machine_now();
    oauth2::form_request form =
        oauth2::code_request(setup->client, response.code, callback, proof.verifier, token_parameters(*setup));
    std::vector<secret> hidden{response.code, proof.verifier};
    oauth2::token_response tokens =
        co_await request_tokens(app, setup, oauth2::request_kind::code, std::move(form), std::move(hidden));
    finished_login finished = co_await login_of(app, setup, std::move(tokens), std::move(proof), now);
    co_return finished;
}

asio::awaitable<credential> renew_credential(shared_oauth2_app app, credential held)
{
    const oauth2::stored_credential old = oauth2::parse_stored_text(held.text().reveal()).value();
    if (old.refresh_token.empty())
        throw error(errc::login_required).with_hint("let the user sign in again");
    const result<shared_oauth2_setup> found = co_await as_result(setup_of(app));
    if (!found)
        throw found.error().with_not_sent(); // the refresh token has not left
    const shared_oauth2_setup setup = *found;
    const auto now = app->clock()->machine_now();
    oauth2::form_request form =
        oauth2::refresh_request(setup->client, old.refresh_token, std::string_view(), token_parameters(*setup));
    std::vector<secret> hidden{old.refresh_token, old.access_token};
    const oauth2::token_response tokens =
        co_await request_tokens(app, setup, oauth2::request_kind::refresh, std::move(form), std::move(hidden));
    co_return credential_of(oauth2::stored_credential(tokens, old.scope, old.refresh_token), tokens.expires_in, now);
}

asio::awaitable<void> revoke_credential(shared_oauth2_app app, credential held)
{
    oauth2::stored_credential tokens = oauth2::parse_stored_text(held.text().reveal()).value();
    shared_oauth2_setup setup = co_await setup_of(app);
    co_await revoke_tokens(std::move(app), std::move(setup), std::move(tokens));
}

asio::awaitable<reply<profile>> own_profile(shared_oauth2_app app, secret access_token)
{
    shared_oauth2_setup setup = co_await setup_of(app);
    reply<profile> user =
        co_await user_of(std::move(app), std::move(setup), std::move(access_token), std::chrono::milliseconds(0));
    co_return user;
}

asio::awaitable<reply<http::response>> call_as(shared_oauth2_app app, secret access_token, http::request request)
{
    const shared_oauth2_setup setup = co_await setup_of(app);
    auto call = bearer_call(*setup, access_token, std::move(request));
    http::response response = co_await api::perform(app, std::move(call));
    const rate_limits limits = limits_of(*app, response);
    co_return reply<http::response>(std::move(response), limits);
}

class oauth2_account final : public account {
public:
    oauth2_account(shared_oauth2_app app, secret access_token)
        : app_(std::move(app)), access_token_(std::move(access_token))
    {}

    asio::awaitable<reply<profile>> me() override { return typed_errors(own_profile(app_, access_token_)); }

    asio::awaitable<reply<http::response>> call(http::request request) override
    {
        return typed_errors(call_as(app_, access_token_, std::move(request)));
    }

private:
    const shared_oauth2_app app_;
    const secret access_token_;
};

class oauth2_login_provider final : public login_provider {
public:
    explicit oauth2_login_provider(shared_oauth2_app app) : app_(std::move(app)) {}

    std::string_view name() const noexcept override { return app_->rules().name; }

    asio::awaitable<begun_login> begin(std::string callback, login_request request) override
    {
        return typed_errors(providers::begin(app_, std::move(callback), std::move(request)));
    }

    result<std::string> key_of(std::string_view callback_query) const override
    {
        auto response = oauth2::parse_callback(callback_query);
        if (!response)
            return response.error();
        return std::move(response->state);
    }

    asio::awaitable<finished_login> finish(begun_login login, std::string callback, std::string callback_query) override
    {
        return typed_errors(providers::finish(app_, std::move(login), std::move(callback), std::move(callback_query)));
    }

    std::shared_ptr<account> open(const credential& held) const override
    {
        oauth2::stored_credential tokens = oauth2::parse_stored_text(held.text().reveal()).value();
        return std::make_shared<oauth2_account>(app_, std::move(tokens.access_token));
    }

    asio::awaitable<credential> renew(credential held) override
    {
        return typed_errors(renew_credential(app_, std::move(held)));
    }

    credential carry_over(credential received, const credential& kept) const override
    {
        return with_earlier_refresh_token(std::move(received), kept);
    }

    asio::awaitable<void> revoke(credential held) override
    {
        return typed_errors(revoke_credential(app_, std::move(held)));
    }

    asio::awaitable<void> discard(credential received) override
    {
        return app_->rules().revocation_ends_grant ? leave() : revoke(std::move(received));
    }

    asio::awaitable<device_prompt> begin_device(login_request request) override
    {
        return typed_errors(providers::begin_device(app_, std::move(request)));
    }

    asio::awaitable<finished_login> finish_device(device_prompt prompt) override
    {
        return typed_errors(providers::finish_device(app_, std::move(prompt)));
    }

private:
    static asio::awaitable<void> leave() { co_return; }

    const shared_oauth2_app app_;
};

} // namespace

std::shared_ptr<login_provider> oauth2_provider(
    std::shared_ptr<http::transport> transport, oauth2::app app, oauth2_rules rules, std::shared_ptr<clock> clock)
{
    return std::make_shared<oauth2_login_provider>(
        std::make_shared<const oauth2_app>(std::move(transport), std::move(app), std::move(rules), std::move(clock)));
}

} // namespace coauth::providers
