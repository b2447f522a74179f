// [new_provider
#include <coauth/coro/run.hpp>
#include <coauth/http/pool_from_environment.hpp>
#include <coauth/providers/app_from_environment.hpp>
#include <coauth/providers/oauth2_provider.hpp>
#include <coauth/server/callback_listener.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/json/parse.hpp>
#include <iostream>

// The provider: what its documentation says, and a reader of its profiles.
coauth::profile read_gitlab_user(std::string_view body) {
    const auto json = boost::json::parse(body);
    coauth::profile user;
    user.id = json.at("sub").as_string();
    user.username = json.at("preferred_username").as_string();
    user.name = json.at("name").as_string();
    return user;
}

coauth::providers::oauth2_rules gitlab_rules(const std::string& base) {
    coauth::providers::oauth2_rules rules("gitlab");
    rules.authorize_url = base + "/authorize";
    rules.token_url = base + "/token";
    rules.user_url = base + "/userinfo";
    rules.revoke_url = base + "/revoke";
    rules.issuers = {base};
    rules.scope = "openid profile";
    rules.read_user = read_gitlab_user;
    return rules;
}

// A program that signs a user in there.
boost::asio::awaitable<void> sign_in(std::string base) {
    auto network = co_await coauth::http::pool_from_environment();
    auto app = coauth::providers::app_from_environment("gitlab");
    auto gitlab = coauth::providers::oauth2_provider(network, app, gitlab_rules(base));
    auto executor = co_await boost::asio::this_coro::executor;
    coauth::server::callback_listener callback(executor, "http://127.0.0.1:0/callback");
    auto login = co_await gitlab->begin(callback.url(), coauth::login_request());
    std::cout << login.url << std::endl;
    auto query = co_await callback.wait([&](std::string_view received) {
        auto key = gitlab->key_of(received);
        return key && *key == login.key;
    });
    auto finished = co_await gitlab->finish(login, callback.url(), query);
    std::cout << finished.user.name << " (" << finished.user.username << ")\n";
    co_await gitlab->revoke(finished.held);
}

int main(int, char** argv) { return coauth::run(sign_in(argv[1])); }
// ]
