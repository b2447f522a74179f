#include "providers/oauth2_devices.hpp"

#include "providers/login_end.hpp"
#include "providers/oauth2_exchange.hpp"
#include "providers/oauth2_login.hpp"

#include <coauth/coro/as_result.hpp>
#include <coauth/oauth2/device.hpp>
#include <coauth/oauth2/token_request.hpp>

#include <string>
#include <utility>

namespace coauth::providers {

namespace asio = boost::asio;

namespace {

// "DEVICE_CODE SCOPE"
secret device_proof(const secret& code, const std::string& scope)
{
    std::string out;
    out.reserve(code.size() + scope.size() + 1);
    out += code.reveal();
    out += ' ';
    out += scope;
    return secret(std::move(out));
}

void require_device(const oauth2_setup& setup)
{
    if (setup.rules.device_url.empty())
        throw error(errc::invalid_argument, "provider \"" + setup.rules.name + "\" has no logins on another device");
}

} // namespace

asio::awaitable<device_prompt> begin_device(shared_oauth2_app app, login_request request)
{
    const shared_oauth2_setup setup = co_await setup_of(app);
    require_device(*setup);
    const std::string scope = scope_of(setup->rules, request);
    const oauth2::form_request form =
        oauth2::device_authorization_request(setup->client, scope, token_parameters(*setup));
    auto call = form_call(*setup, api::step::request_token, setup->rules.device_url, form, std::vector<secret>());
    const api::outcome sent = co_await api::exchange(app, call);
    const oauth2::device_authorization device =
        oauth2::parse_device_authorization(sent.response.status, sent.response.body, call->hidden).value();
    device_prompt prompt(device.user_code, device.verification_uri, device_proof(device.device_code, scope));
    prompt.complete_url = device.verification_uri_complete;
    prompt.expires_in = device.expires_in;
    prompt.interval = device.interval;
    co_return prompt;
}

asio::awaitable<finished_login> finish_device(shared_oauth2_app app, device_prompt prompt)
{
    const std::string_view proof = prompt.proof.reveal();
    const std::size_t end = proof.find(' ');
    if (end == 0 || end == proof.npos)
        throw error(errc::invalid_argument, "the prompt is not one of begin_device");
    const secret code(proof.substr(0, end));
    login_proof login{secret(), secret(), std::string(proof.substr(end + 1))};
    const shared_oauth2_setup setup = co_await setup_of(app);
    require_device(*setup);
    clock& time = app->clock()->machine();
    const auto begun = time.steady_now();
    oauth2::device_polling polling(prompt.interval, prompt.expires_in);
    for (;;) {
        co_await time.sleep_for(polling.interval());
        const auto now = app->clock()->machine_now();
        oauth2::form_request form = oauth2::device_token_request(setup->client, code, token_parameters(*setup));
        std::vector<secret> hidden{code};
        result<oauth2::token_response> response = co_await as_result(
            request_tokens(app, setup, oauth2::request_kind::device_token, std::move(form), std::move(hidden)));
        const auto elapsed = std::chrono::floor<std::chrono::seconds>(time.steady_now() - begun);
        std::optional<oauth2::token_response> tokens = polling.take(std::move(response), elapsed).value();
        if (!tokens)
            continue;
        finished_login finished = co_await login_of(app, setup, *std::move(tokens), std::move(login), now);
        co_return finished;
    }
}

} // namespace coauth::providers
