#include "twitter/x_calls.hpp"

#include "api/oauth1_signing.hpp"
#include "twitter/arguments.hpp"
#include "twitter/routes.hpp"

#include <coauth/oauth1/legs.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace coauth::twitter {

namespace {

constexpr std::string_view accepted = "application/json";

oauth1::parameters form_of(access_type access)
{
    oauth1::parameters form;
    if (access != access_type::as_registered)
        form.emplace_back("x_auth_access_type", access == access_type::read ? "read" : "write");
    return form;
}

shared_call leg_call(
    const x_app& app, api::step at, const std::string& path, const oauth1::parameters& form, api::signing settings)
{
    auto call = std::make_shared<api::call>();
    call->at = at;
    call->request.origin = app.api().origin;
    call->request.method = "POST";
    call->request.target = app.api().path + path;
    if (!form.empty()) {
        call->request.headers.add("Content-Type", "application/x-www-form-urlencoded");
        call->request.body = oauth1::encode_form(form);
    }
    settings.nonce = app.nonce();
    settings.hidden.push_back(app.keys().secret());
    call->credential = api::signed_by(std::move(settings));
    return call;
}

// Without the credential.
std::shared_ptr<api::call> call_of(const x_app& app, api_call call, std::chrono::milliseconds retry_budget)
{
    auto made = std::make_shared<api::call>();
    made->request = routes::request_of(app.api(), std::move(call));
    made->repeatable = made->request.method == "GET";
    made->accept = accepted;
    made->retry_budget = retry_budget;
    return made;
}

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

} // namespace

shared_call request_token_call(const x_app& app, std::string callback, access_type access)
{
    oauth1::check_callback(callback).value();
    api::signing settings;
    settings.signer = app.signer();
    settings.oauth.emplace_back("oauth_callback", secret(std::move(callback)));
    return leg_call(app, api::step::request_token, app.options().endpoints.request_token_path, form_of(access),
        std::move(settings));
}

shared_call access_token_call(const x_app& app, const oauth1::request_token& login, const secret& verifier)
{
    const secret kept(trimmed_verifier(verifier.reveal()));
    oauth1::check_verifier(kept.reveal()).value();
    api::signing settings;
    settings.signer = std::make_shared<const oauth1::signer>(app.keys(), login);
    settings.oauth.emplace_back("oauth_verifier", kept);
    settings.hidden.reserve(4); // the app's secret, too
    settings.hidden.push_back(login.secret());
    settings.hidden.emplace_back(login.token());
    settings.hidden.push_back(kept);
    return leg_call(app, api::step::access_token, app.options().endpoints.access_token_path, oauth1::parameters(),
        std::move(settings));
}

std::shared_ptr<const api::authorization> user_authorization(const x_app& app, const oauth1::access_token& user)
{
    api::signing settings;
    settings.signer = std::make_shared<const oauth1::signer>(app.keys(), user);
    settings.nonce = app.nonce();
    settings.hidden = {app.keys().secret(), user.secret(), secret(user.token())};
    return api::signed_by(std::move(settings));
}

std::shared_ptr<const api::authorization> bearer_authorization(secret access_token)
{
    return std::make_shared<const bearer>(std::move(access_token));
}

shared_call user_call(const x_app& app, std::shared_ptr<const api::authorization> user, api_call call,
    std::chrono::milliseconds retry_budget)
{
    auto made = call_of(app, std::move(call), retry_budget);
    made->credential = std::move(user);
    return made;
}

shared_call user_call(const x_app& app, std::shared_ptr<const api::authorization> user, http::request request)
{
    auto made = api::user_call(std::move(request), app.api().origin);
    made->accept = accepted;
    made->credential = std::move(user);
    return made;
}

} // namespace coauth::twitter
