#include "sign_in/provider_login.hpp"

#include "command_line/output.hpp"
#include "program/browser.hpp"
#include "program/pin.hpp"
#include "sign_in/callback_wait.hpp"

#include <coauth/coro/as_result.hpp>
#include <coauth/coro/cancel_after.hpp>
#include <coauth/text/percent_encoding.hpp>

#include <boost/asio/this_coro.hpp>

#include <chrono>
#include <iostream>
#include <utility>

namespace sign_in {

namespace asio = boost::asio;

namespace {

std::string rejection_of(const coauth::login_provider& provider, const std::string& key, std::string_view query)
{
    const auto named = provider.key_of(query);
    if (!named)
        return named.error().message();
    return coauth::equal_in_constant_time(*named, key) ? "" : "it belongs to another login (state)";
}

coauth::login_request request_of(const flags& given)
{
    coauth::login_request request;
    request.scope = given.scope;
    request.ask_again = given.authorize;
    request.force_login = given.force_login;
    return request;
}

// As a user does who types the code into the sandbox's page.
std::string page_with_code(const coauth::device_prompt& prompt)
{
    return prompt.complete_url.empty() ? prompt.url + "?user_code=" + coauth::text::percent_encode(prompt.code)
                                       : prompt.complete_url;
}

coauth::error with_advice(const coauth::error& failure)
{
    const bool lacks_hint = failure.reason() == coauth::errc::denied && !failure.hint();
    return lacks_hint ? failure.with_hint("run again and allow the app to sign in") : failure;
}

} // namespace

asio::awaitable<coauth::finished_login> login_by_callback(
    const program::network& connections, const flags& given, std::shared_ptr<coauth::login_provider> provider)
{
    auto executor = co_await asio::this_coro::executor;
    auto wait = std::make_shared<callback_wait>(executor, given.callback_url());
    const std::string callback = wait->listener->url();

    std::cerr << "begin  a login with " << program::title_of(given.provider) << '\n';
    coauth::begun_login login = co_await provider->begin(callback, request_of(given));
    std::cerr << "allow  the user opens this address and allows the app\n";
    coauth::command_line::print(login.url + '\n');

    callback_check check = [&provider = *provider, key = login.key](
                               std::string_view query) { return rejection_of(provider, key, query); };
    std::string query = co_await wait_for_callback(wait, given, connections.transport(), login.url, std::move(check));

    std::cerr << "finish trading the code for a token, and asking for the profile\n";
    auto finished = co_await coauth::as_result(provider->finish(std::move(login), callback, std::move(query)));
    if (!finished)
        throw with_advice(finished.error());
    co_return *std::move(finished);
}

asio::awaitable<coauth::finished_login> login_by_device(
    const program::network& connections, const flags& given, std::shared_ptr<coauth::login_provider> provider)
{
    std::cerr << "begin  a login with " << program::title_of(given.provider) << " on another device\n";
    const coauth::device_prompt prompt = co_await provider->begin_device(request_of(given));
    coauth::command_line::print((prompt.complete_url.empty() ? prompt.url : prompt.complete_url) + '\n');
    std::cerr << "code   " << prompt.code
              << "\nallow  the user opens the address on any device, types the code if it is "
              << "asked for, and allows the app\n";
    if (given.plays_browser()) {
        const std::string page = page_with_code(prompt);
        co_await program::play_browser(connections.transport(), page);
    }

    const auto end = std::chrono::steady_clock::now() + given.user_timeout();
    auto finished =
        co_await coauth::as_result(coauth::cancel_after(given.user_timeout(), provider->finish_device(prompt)));
    const bool is_over = std::chrono::steady_clock::now() >= end; // else the provider took too long
    if (!finished && finished.error().reason() == coauth::errc::timeout && is_over)
        throw program::not_finished("the login was not allowed", given.timeout)
            .with_hint("give users longer with --timeout");
    if (!finished)
        throw with_advice(finished.error());
    co_return *std::move(finished);
}

} // namespace sign_in
