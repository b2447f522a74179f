#include "sign_in/oauth1_login.hpp"

#include "command_line/output.hpp"
#include "program/pin.hpp"
#include "sign_in/callback_wait.hpp"

#include <coauth/coro/as_result.hpp>
#include <coauth/oauth1/callback.hpp>
#include <coauth/oauth1/legs.hpp>
#include <coauth/twitter/provider.hpp>

#include <boost/asio/this_coro.hpp>

#include <iostream>
#include <memory>
#include <utility>

namespace sign_in {

namespace asio = boost::asio;
namespace oauth1 = coauth::oauth1;

namespace {

std::string rejection_of(const oauth1::request_token& login, std::string_view query)
{
    const auto callback = oauth1::parse_callback(query);
    if (!callback)
        return callback.error().message();
    return callback->belongs_to(login) ? "" : "its oauth_token belongs to another login";
}

asio::awaitable<oauth1::access_token> trade(
    const coauth::twitter::client& client, const oauth1::request_token& login, std::string verifier)
{
    std::cerr << "leg 3  trading the request token for an access token\n";
    return client.access_token(login, std::move(verifier));
}

asio::awaitable<oauth1::access_token> finish_by_pin(
    program::provider_setup& setup, const flags& given, const oauth1::request_token& login, std::string url)
{
    program::pin_entry entry;
    for (;;) {
        const auto input =
            co_await coauth::as_result(program::ask_for_pin(setup, url, given.interactive, given.timeout));
        std::string pin = entry.typed(input);
        auto access = co_await coauth::as_result(trade(setup.client(), login, std::move(pin)));
        if (access)
            co_return *std::move(access);
        entry.refused(access.error());
    }
}

asio::awaitable<oauth1::access_token> finish_by_callback(program::provider_setup& setup, const flags& given,
    std::shared_ptr<callback_wait> wait, const oauth1::request_token& login, std::string url)
{
    callback_check check = [&login](std::string_view query) { return rejection_of(login, query); };
    const std::string query =
        co_await wait_for_callback(std::move(wait), given, setup.transport(), std::move(url), std::move(check));
    const auto callback = oauth1::parse_callback(query).value();
    if (callback.denied)
        throw coauth::error(coauth::errc::denied).with_hint("run again and allow the app to sign in");
    std::string verifier(callback.verifier.reveal());
    oauth1::access_token access = co_await trade(setup.client(), login, std::move(verifier));
    co_return access;
}

coauth::twitter::access_type access_of(const std::string& scope)
{
    using coauth::twitter::access_type;
    if (scope.empty())
        return access_type::as_registered;
    return scope == "read" ? access_type::read : access_type::write;
}

} // namespace

asio::awaitable<coauth::finished_login> login_by_oauth1(program::provider_setup& setup, const flags& given)
{
    const coauth::twitter::client& client = setup.client();
    const bool by_pin = given.by_pin();
    auto executor = co_await asio::this_coro::executor;

    std::shared_ptr<callback_wait> wait;
    if (!by_pin)
        wait = std::make_shared<callback_wait>(executor, given.callback_url());

    std::cerr << "leg 1  asking " << setup.base() << " for a request token\n";
    const std::string callback = by_pin ? given.callback_url() : wait->listener->url();
    const oauth1::request_token login = co_await client.request_token(callback, access_of(given.scope));
    program::tell_clock(client);

    coauth::twitter::authorize_options options;
    options.force_login = given.force_login;
    const bool ask_always = by_pin || given.authorize;
    const std::string url = ask_always ? client.authorize_url(login, options) : client.authenticate_url(login, options);
    std::cerr << "leg 2  the user opens this address and allows the app\n";
    coauth::command_line::print(url + '\n');

    asio::awaitable<oauth1::access_token> finish =
        by_pin ? finish_by_pin(setup, given, login, url) : finish_by_callback(setup, given, wait, login, url);
    const oauth1::access_token access = co_await std::move(finish);

    std::cerr << "then   asking for the profile\n";
    const auto me = co_await client.for_user(access).me();
    co_return coauth::finished_login(me, coauth::twitter::credential_of(access));
}

} // namespace sign_in
