#include "twitter/x_calls.hpp"

#include "api/oauth1_signing.hpp"
#include "twitter/arguments.hpp"

#include <coauth/oauth1/legs.hpp>

#include <functional>
#include <utility>

namespace coauth::twitter {

namespace {

oauth1::parameters form_of(access_type access)
{
    oauth1::parameters form;
    if (access != access_type::as_registered)
        form.emplace_back("x_auth_access_type", access == access_type::read ? "read" : "write");
    return form;
}

// `sign` builds the leg's whole request.
std::shared_ptr<api::call> leg_call(
    const x_app& app, api::step at, std::function<result<oauth1::signed_request>(const oauth1::moment&)> sign)
{
    auto call = std::make_shared<api::call>();
    call->at = at;
    call->request.origin = app.api().origin;
    call->hidden.push_back(app.keys().secret());
    call->authorize = [sign = std::move(sign), nonce = app.nonce()](
                          http::request& request, std::chrono::sys_seconds provider_time) {
        const oauth1::moment at_time(nonce(), provider_time.time_since_epoch().count());
        return api::put_signed(sign(at_time).value(), request);
    };
    return call;
}

void accept_json(http::request& request)
{
    if (request.headers.count("Accept") == 0)
        request.headers.add("Accept", "application/json");
}

// Without the credential.
std::shared_ptr<api::call> call_of(const x_app& app, api_call call, std::chrono::milliseconds retry_budget)
{
    require_call(call);
    http::request request;
    request.origin = app.api().origin;
    request.method = std::move(call.method);
    request.target = app.api().path + call.path;
    if (!call.query.empty())
        request.target += '?' + oauth1::encode_form(call.query);
    if (!call.form.empty()) {
        request.headers.add("Content-Type", "application/x-www-form-urlencoded");
        request.body = oauth1::encode_form(call.form);
    } else if (!call.json.empty()) {
        request.headers.add("Content-Type", "application/json");
        request.body = std::move(call.json);
    }
    auto made = api::user_call(std::move(request), app.api().origin);
    made->retry_budget = retry_budget;
    return made;
}

shared_call signed_user_call(std::shared_ptr<api::call> call, const x_app& app, const oauth1::access_token& user,
    std::shared_ptr<const oauth1::signer> signer)
{
    accept_json(call->request);
    call->hidden = {app.keys().secret(), user.secret(), secret(user.token())};
    call->authorize = api::signed_by(std::move(signer), app.nonce());
    return call;
}

shared_call with_bearer(std::shared_ptr<api::call> call, const secret& access_token)
{
    accept_json(call->request);
    call->request.headers.add("Authorization", "Bearer " + std::string(access_token.reveal()));
    call->hidden = {access_token};
    return call;
}

} // namespace

shared_call request_token_call(const x_app& app, std::string callback, access_type access)
{
    return leg_call(app, api::step::request_token,
        [keys = app.keys(), url = app.api().url() + app.options().endpoints.request_token_path,
            callback = std::move(callback), form = form_of(access)](
            const oauth1::moment& at) { return oauth1::build_request_token_request(keys, url, callback, at, form); });
}

shared_call access_token_call(const x_app& app, const oauth1::request_token& login, const secret& verifier)
{
    const secret kept(trimmed_verifier(verifier.reveal()));
    auto call = leg_call(app, api::step::access_token,
        [keys = app.keys(), login, url = app.api().url() + app.options().endpoints.access_token_path, kept](
            const oauth1::moment& at) {
            return oauth1::build_access_token_request(keys, url, login, kept.reveal(), at);
        });
    call->hidden.push_back(login.secret());
    call->hidden.emplace_back(login.token());
    call->hidden.push_back(kept);
    return call;
}

shared_call user_call(const x_app& app, const oauth1::access_token& user, std::shared_ptr<const oauth1::signer> signer,
    api_call call, std::chrono::milliseconds retry_budget)
{
    return signed_user_call(call_of(app, std::move(call), retry_budget), app, user, std::move(signer));
}

shared_call user_call(const x_app& app, const oauth1::access_token& user, std::shared_ptr<const oauth1::signer> signer,
    http::request request)
{
    return signed_user_call(api::user_call(std::move(request), app.api().origin), app, user, std::move(signer));
}

shared_call bearer_call(
    const x_app& app, const secret& access_token, api_call call, std::chrono::milliseconds retry_budget)
{
    return with_bearer(call_of(app, std::move(call), retry_budget), access_token);
}

shared_call bearer_call(const x_app& app, const secret& access_token, http::request request)
{
    return with_bearer(api::user_call(std::move(request), app.api().origin), access_token);
}

} // namespace coauth::twitter
