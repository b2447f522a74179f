#include "twitter/user_access.hpp"

#include "text/json_body.hpp"
#include "twitter/names.hpp"
#include "twitter/read_lookups.hpp"
#include "twitter/read_profile.hpp"
#include "twitter/refusal.hpp"

#include <string>

namespace coauth::twitter {

namespace asio = boost::asio;

namespace {

class bearer final : public api::authorization {
public:
    explicit bearer(secret access_token) : access_token_(std::move(access_token)) {}

    void append_header(const http::request&, std::chrono::sys_seconds, std::string& value) const override
    {
        value.append("Bearer ").append(access_token_.reveal());
    }

    std::vector<secret> hidden(std::string_view) const override { return {access_token_}; }

private:
    const secret access_token_;
};

std::shared_ptr<const api::authorization> signed_as(const x_app& app, const oauth1::access_token& user)
{
    api::signing settings;
    settings.signer = std::make_shared<const oauth1::signer>(app.keys(), user);
    settings.nonce = app.nonce();
    settings.hidden = {app.keys().secret(), user.secret(), secret(user.token())};
    return api::signed_by(std::move(settings));
}

// Both APIs may say with a 404 that none was found; a 404 of something else, such as a wrong base
// URL, must not look like that.
lookups read_none_found(api_version version, const std::vector<user_ref>& users, const api::outcome& result)
{
    if (result.response.status == 404) {
        const refusal said = read_refusal(result.response.body);
        if (said.code == 17 || said.code == 50)
            return none_found(users);
        if (said.problem == "resource-not-found")
            return read_lookups(version, users, result.response.body);
    }
    throw *result.refused;
}

} // namespace

user_access::user_access(shared_app app, oauth1::access_token user, std::chrono::milliseconds retry_budget)
    : app_(std::move(app)), user_(std::move(user)), credential_(signed_as(*app_, *user_)), retry_budget_(retry_budget)
{}

user_access::user_access(shared_app app, secret access_token, std::chrono::milliseconds retry_budget)
    : app_(std::move(app)), credential_(std::make_shared<const bearer>(std::move(access_token))),
      retry_budget_(retry_budget)
{}

std::shared_ptr<const api::call> user_access::signed_call(http::request request) const
{
    auto call = api::user_call(std::move(request), app_->routes().base().origin);
    call->accept = "application/json";
    call->retry_budget = retry_budget_;
    call->credential = credential_;
    return call;
}

asio::awaitable<reply<profile>> own_profile(shared_user user)
{
    const std::string id(is_id(user->extra("user_id")) ? user->extra("user_id") : std::string_view());
    const std::string name(is_username(user->extra("screen_name")) ? user->extra("screen_name") : std::string_view());
    const bool want_email = user->app()->options().want_email;
    const auto make = [id, name, want_email](const routes& x) { return x.me(id, name, want_email); };
    // The name may have changed since the login; the id can't have.
    const auto read = [id](api_version version, std::string_view body) {
        return id.empty() ? read_profile(version, body) : read_profile(version, body, user_ref::id(id));
    };
    return ask(std::move(user), make, read);
}

asio::awaitable<reply<lookups>> look_up(shared_user user, std::vector<user_ref> users)
{
    try {
        if (users.empty())
            co_return reply<lookups>();
        auto call = user->signed_call(user->app()->routes().profiles(users));
        const api::outcome result = co_await api::exchange(user->app(), std::move(call));
        const auto read = [&](std::string_view body) {
            const api_version version = user->app()->routes().version();
            return result.refused ? read_none_found(version, users, result) : read_lookups(version, users, body);
        };
        const rate_limits limits = user->limits_of(result.response);
        co_return reply<lookups>(api::read_response(result.response, read), limits);
    } catch (const boost::system::system_error&) {
        throw error_from_current_exception();
    }
}

asio::awaitable<reply<http::response>> request_as(shared_user user, std::shared_ptr<const api::call> call)
{
    try {
        http::response response = co_await api::perform(user->app(), std::move(call));
        const rate_limits limits = user->limits_of(response);
        co_return reply<http::response>(std::move(response), limits);
    } catch (const boost::system::system_error&) {
        throw error_from_current_exception();
    }
}

asio::awaitable<void> invalidate(shared_user user)
{
    auto call = user->signed_call(user->app()->routes().post(user->app()->options().endpoints.invalidate_token_path));
    const http::response response = co_await api::perform(user->app(), std::move(call));
    // Any JSON will do: it repeats the token, and the status has told already.
    api::read_response(response, [](std::string_view body) { return text::read_json(body); });
}

} // namespace coauth::twitter
