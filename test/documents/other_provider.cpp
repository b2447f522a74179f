// [other_provider
#include <coauth/coro/run.hpp>
#include <coauth/http/pool_from_environment.hpp>
#include <coauth/providers/login_by_pin.hpp>
#include <coauth/providers/oauth1_provider.hpp>
#include <coauth/twitter/from_environment.hpp>
#include <boost/json/parse.hpp>
#include <iostream>

coauth::profile read_user(std::string_view body) {
    coauth::profile user;
    user.id = boost::json::parse(body).at("id_str").as_string();
    user.name = boost::json::parse(body).at("name").as_string();
    return user;
}

boost::asio::awaitable<void> sign_in(std::string login_host, std::string api_host) {
    coauth::providers::oauth1_rules rules("example");
    rules.request_token_url = login_host + "/oauth/request_token";
    rules.authorize_url = login_host + "/oauth/authorize";
    rules.access_token_url = login_host + "/oauth/access_token";
    rules.user_url = api_host + "/1.1/account/verify_credentials.json";
    rules.read_user = read_user;
    rules.method = coauth::oauth1::hmac_sha256(); // and realm, leg_method, authorize_parameters, ...
    auto pool = co_await coauth::http::pool_from_environment();
    auto provider = oauth1_provider(pool, coauth::twitter::consumer_from_environment(), rules);
    auto finished = co_await coauth::providers::login_by_pin(provider, std::cin, std::cout);
    std::cout << finished.user.name << '\n';
}

int main(int, char** argv) { return coauth::run(sign_in(argv[1], argv[2])); }
// ]
