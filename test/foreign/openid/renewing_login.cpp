// A login at an OpenID provider whose refresh tokens rotate, for the test of a foreign one: prints the address to open, renews twice,
// and tries a refresh token a second time. Then it prints the user's id and how the last two renewals ended.
//
// usage: renewing_login ISSUER, with COAUTH_OIDC_CLIENT_ID and COAUTH_OIDC_CLIENT_SECRET
#include <coauth/coro/as_result.hpp>
#include <coauth/coro/run.hpp>
#include <coauth/http/connection_pool.hpp>
#include <coauth/providers/app_from_environment.hpp>
#include <coauth/providers/oidc.hpp>
#include <coauth/server/callback_listener.hpp>

#include <boost/asio/this_coro.hpp>

#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace {

std::string_view end_of(const coauth::result<coauth::credential>& renewed)
{
    return renewed ? "renewed" : coauth::name(renewed.error().reason());
}

boost::asio::awaitable<void> sign_in_and_renew(std::string issuer)
{
    const auto executor = co_await boost::asio::this_coro::executor;
    const auto network = std::make_shared<coauth::http::connection_pool>(executor);
    coauth::providers::oidc_options options;
    options.scope = "openid offline_access";
    const coauth::oauth2::app app = coauth::providers::app_from_environment("oidc");
    const auto provider = coauth::providers::oidc(network, app, std::move(issuer), std::move(options));

    coauth::server::callback_listener listener(executor, "http://127.0.0.1:0/callback");
    const std::string callback = listener.url();
    coauth::login_request request;
    request.ask_again = true;
    coauth::begun_login login = co_await provider->begin(callback, request);
    std::cout << login.url << std::endl;
    const auto accepts = [&](std::string_view query) {
        const auto key = provider->key_of(query);
        return key && *key == login.key;
    };
    std::string query = co_await listener.wait(accepts);
    const coauth::finished_login finished = co_await provider->finish(login, callback, std::move(query));

    const coauth::credential second = co_await provider->renew(finished.held);
    const coauth::credential third = co_await provider->renew(second);
    const auto account = provider->open(third);
    const auto user = co_await account->me();
    const auto reused = co_await coauth::as_result(provider->renew(second));
    const auto ended = co_await coauth::as_result(provider->renew(third));
    std::cout << user.id << ' ' << end_of(reused) << ' ' << end_of(ended) << std::endl;
}

} // namespace

int main(int, char** argv)
{
    return coauth::run(sign_in_and_renew(argv[1]));
}
