#include "api/rate_limits.hpp"
#include "api/read_response.hpp"
#include "api/revoke_on_failure.hpp"
#include "api/token_body.hpp"
#include "coro/typed_errors.hpp"
#include "providers/oauth1_app.hpp"

#include <coauth/oauth1/callback.hpp>
#include <coauth/oauth1/legs.hpp>
#include <coauth/oauth1/stored_token.hpp>
#include <coauth/providers/oauth1_provider.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace coauth::providers {

namespace asio = boost::asio;

namespace {

asio::awaitable<begun_login> begin_login(shared_oauth1_app app, std::string callback, login_request wanted)
{
    auto call = request_token_call(*app, std::move(callback));
    const http::response response = co_await api::perform(app, std::move(call));
    const oauth1::request_token token = api::read_response(response,
        [](std::string_view body) { return oauth1::parse_request_token_reply(api::token_body(body)).value(); });
    oauth1::parameters extra = app->rules().authorize_parameters;
    extra.insert(extra.end(), wanted.parameters.begin(), wanted.parameters.end());
    std::string page = oauth1::build_authorization_url(app->rules().authorize_url, token, extra);
    co_return begun_login(token.token(), std::move(page), token.secret());
}

profile read_profile(const oauth1_rules& rules, std::string_view body)
{
    profile user;
    try {
        user = rules.read_user(body);
    } catch (const std::bad_alloc&) {
        throw;
    } catch (const error&) {
        throw;
    } catch (...) {
        throw error(errc::malformed_response, "the profile can't be read");
    }
    if (user.id.empty())
        throw error(errc::malformed_response, "the profile has no id");
    user.provider = rules.name;
    return user;
}

// `retry_budget`: as in `api::call`.
asio::awaitable<reply<profile>> own_profile(
    shared_oauth1_app app, oauth1_user user, std::chrono::milliseconds retry_budget)
{
    auto call = user.call(*app, http::get(app->rules().user_url));
    call->retry_budget = retry_budget;
    const http::response response = co_await api::perform(app, std::move(call));
    profile own = api::read_response(response, [&](std::string_view body) { return read_profile(app->rules(), body); });
    co_return reply<profile>(std::move(own), api::read_common_limits(response.headers, app->clock()->machine_now()));
}

asio::awaitable<reply<http::response>> call_as(shared_oauth1_app app, std::shared_ptr<const api::call> call)
{
    http::response response = co_await api::perform(app, std::move(call));
    const rate_limits limits = api::read_common_limits(response.headers, app->clock()->machine_now());
    co_return reply<http::response>(std::move(response), limits);
}

asio::awaitable<void> revoke_token(shared_oauth1_app app, oauth1::access_token access)
{
    if (app->rules().revoke_url.empty())
        co_return;
    auto call = oauth1_user(*app, std::move(access)).revocation(*app);
    co_await api::perform(app, std::move(call));
}

asio::awaitable<void> revoke_credential(shared_oauth1_app app, credential held)
{
    oauth1::access_token access = oauth1::parse_stored_text(held.text().reveal()).value();
    co_await revoke_token(std::move(app), std::move(access));
}

asio::awaitable<finished_login> finish_login(shared_oauth1_app app, begun_login begun, std::string query)
{
    const oauth1::request_token login(std::move(begun.key), std::move(begun.proof));
    const secret verifier = oauth1::callback_verifier(query, login).value();
    auto call = access_token_call(*app, login, verifier);
    const http::response response = co_await api::perform(app, std::move(call));
    const oauth1::access_token access = api::read_response(response,
        [](std::string_view body) { return oauth1::parse_access_token_reply(api::token_body(body)).value(); });
    auto profile_of_user = own_profile(app, oauth1_user(*app, access), api::login_retry_budget);
    auto revoke = revoke_token(app, access);
    const reply<profile> user = co_await api::revoke_on_failure(std::move(profile_of_user), std::move(revoke));
    co_return finished_login(user, credential(oauth1::stored_text(access)));
}

class oauth1_account final : public account {
public:
    oauth1_account(shared_oauth1_app app, oauth1::access_token access)
        : app_(std::move(app)), user_(*app_, std::move(access))
    {}

    asio::awaitable<reply<profile>> me() override
    {
        return typed_errors(own_profile(app_, user_, std::chrono::milliseconds(0)));
    }

    asio::awaitable<reply<http::response>> call(http::request request) override
    {
        return typed_errors(call_as(app_, user_.call(*app_, std::move(request))));
    }

private:
    const shared_oauth1_app app_;
    const oauth1_user user_;
};

class oauth1_login_provider final : public login_provider {
public:
    explicit oauth1_login_provider(shared_oauth1_app app) : app_(std::move(app)) {}

    std::string_view name() const noexcept override { return app_->rules().name; }

    asio::awaitable<begun_login> begin(std::string callback, login_request request) override
    {
        return typed_errors(begin_login(app_, std::move(callback), std::move(request)));
    }

    result<std::string> key_of(std::string_view callback_query) const override
    {
        return oauth1::callback_token(callback_query);
    }

    asio::awaitable<finished_login> finish(begun_login login, std::string, std::string callback_query) override
    {
        return typed_errors(finish_login(app_, std::move(login), std::move(callback_query)));
    }

    std::shared_ptr<account> open(const credential& held) const override
    {
        return std::make_shared<oauth1_account>(app_, oauth1::parse_stored_text(held.text().reveal()).value());
    }

    asio::awaitable<void> revoke(credential held) override
    {
        return typed_errors(revoke_credential(app_, std::move(held)));
    }

private:
    const shared_oauth1_app app_;
};

} // namespace

std::shared_ptr<login_provider> oauth1_provider(
    std::shared_ptr<http::transport> transport, oauth1::consumer app, oauth1_rules rules, std::shared_ptr<clock> clock)
{
    return std::make_shared<oauth1_login_provider>(
        std::make_shared<const oauth1_app>(std::move(transport), std::move(app), std::move(rules), std::move(clock)));
}

} // namespace coauth::providers
