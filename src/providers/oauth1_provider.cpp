#include "coro/typed_errors.hpp"
#include "providers/oauth1_exchange.hpp"

#include <coauth/oauth1/callback.hpp>
#include <coauth/oauth1/legs.hpp>
#include <coauth/oauth1/signer.hpp>
#include <coauth/oauth1/stored_token.hpp>
#include <coauth/providers/oauth1_provider.hpp>

#include <utility>

namespace coauth::providers {

namespace asio = boost::asio;

namespace {

using shared_signer = std::shared_ptr<const oauth1::signer>;

http::request leg_request(const oauth1_app& app, const std::string& url)
{
    http::request request = http::get(url);
    request.method = app.rules.leg_method;
    return request;
}

asio::awaitable<begun_login> begin_login(shared_app app, std::string callback, login_request wanted)
{
    const auto signer = std::make_shared<const oauth1::signer>(app->app, app->rules.method);
    http::request request = leg_request(*app, app->rules.request_token_url);
    oauth1::parameters oauth(1, oauth1::parameter("oauth_callback", std::move(callback)));
    const http::response response =
        co_await send_signed(app, signer, std::move(request), std::move(oauth), oauth1_step::request_token);
    const oauth1::request_token token = oauth1::parse_request_token_reply(response.body).value();
    oauth1::parameters extra = app->rules.authorize_parameters;
    extra.insert(extra.end(), wanted.parameters.begin(), wanted.parameters.end());
    std::string page = oauth1::build_authorization_url(app->rules.authorize_url, token, extra);
    co_return begun_login(token.token(), std::move(page), token.secret());
}

profile read_profile(const oauth1_rules& rules, const std::string& body)
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
    return user;
}

asio::awaitable<reply<profile>> own_profile(shared_app app, shared_signer signer)
{
    http::request request = http::get(app->rules.user_url);
    const http::response response =
        co_await send_signed(app, signer, std::move(request), oauth1::parameters(), oauth1_step::call);
    co_return reply<profile>(read_profile(app->rules, response.body), rate_limits());
}

asio::awaitable<reply<http::response>> call_as(shared_app app, shared_signer signer, http::request request)
{
    http::response response =
        co_await send_signed(app, signer, std::move(request), oauth1::parameters(), oauth1_step::call);
    co_return reply<http::response>(std::move(response), rate_limits());
}

shared_signer signer_of(const oauth1_app& app, const oauth1::access_token& access)
{
    return std::make_shared<const oauth1::signer>(app.app, access, app.rules.method);
}

asio::awaitable<finished_login> finish_login(shared_app app, begun_login begun, std::string query)
{
    const oauth1::callback callback = oauth1::parse_callback(query).value();
    const oauth1::request_token login(std::move(begun.key), std::move(begun.proof));
    if (!callback.belongs_to(login))
        throw error(errc::invalid_argument, "the callback is of another login");
    if (callback.denied)
        throw error(errc::denied);
    const auto signer = std::make_shared<const oauth1::signer>(app->app, login, app->rules.method);
    http::request request = leg_request(*app, app->rules.access_token_url);
    oauth1::parameters oauth(1, oauth1::parameter("oauth_verifier", callback.verifier));
    const http::response response =
        co_await send_signed(app, signer, std::move(request), std::move(oauth), oauth1_step::access_token);
    const oauth1::access_token access = oauth1::parse_access_token_reply(response.body).value();
    reply<profile> user = co_await own_profile(app, signer_of(*app, access));
    co_return finished_login(std::move(user), credential(oauth1::stored_text(access)));
}

class oauth1_account final : public account {
public:
    oauth1_account(shared_app app, const oauth1::access_token& access)
        : app_(std::move(app)), signer_(signer_of(*app_, access))
    {}

    asio::awaitable<reply<profile>> me() override { return typed_errors(own_profile(app_, signer_)); }

    asio::awaitable<reply<http::response>> call(http::request request) override
    {
        if (!(request.origin == http::get(app_->rules.user_url).origin))
            throw error(errc::invalid_argument, "the request is for another host than the user's profile");
        return typed_errors(call_as(app_, signer_, std::move(request)));
    }

private:
    const shared_app app_;
    const shared_signer signer_;
};

class oauth1_login_provider final : public login_provider {
public:
    explicit oauth1_login_provider(shared_app app) : app_(std::move(app)) {}

    std::string_view name() const noexcept override { return app_->rules.name; }

    asio::awaitable<begun_login> begin(std::string callback, login_request request) override
    {
        return typed_errors(begin_login(app_, std::move(callback), std::move(request)));
    }

    result<std::string> key_of(std::string_view callback_query) const override
    {
        auto callback = oauth1::parse_callback(callback_query);
        if (!callback)
            return callback.error();
        return std::move(callback->token);
    }

    asio::awaitable<finished_login> finish(begun_login login, std::string, std::string callback_query) override
    {
        return typed_errors(finish_login(app_, std::move(login), std::move(callback_query)));
    }

    std::shared_ptr<account> open(const credential& held) const override
    {
        return std::make_shared<oauth1_account>(app_, oauth1::parse_stored_text(held.text().reveal()).value());
    }

private:
    const shared_app app_;
};

} // namespace

std::shared_ptr<login_provider> oauth1_provider(
    std::shared_ptr<http::transport> transport, oauth1::consumer app, oauth1_rules rules, std::shared_ptr<clock> clock)
{
    return std::make_shared<oauth1_login_provider>(
        std::make_shared<const oauth1_app>(std::move(transport), std::move(app), std::move(rules), std::move(clock)));
}

} // namespace coauth::providers
