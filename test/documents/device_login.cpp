// [device_login
#include <coauth/coro/run.hpp>
#include <coauth/http/pool_from_environment.hpp>
#include <coauth/providers/app_from_environment.hpp>
#include <coauth/providers/github.hpp>
#include <iostream>

boost::asio::awaitable<void> sign_in(std::string login_base, std::string api_base) {
    coauth::providers::github_options options;
    options.login_base = login_base; // default https://github.com
    options.api_base = api_base;     // default https://api.github.com
    auto network = co_await coauth::http::pool_from_environment();
    auto app = coauth::providers::app_from_environment("github");
    auto github = coauth::providers::github(network, app, options);
    auto prompt = co_await github->begin_device(coauth::login_request());
    std::cout << "Open " << prompt.url << " and type " << prompt.code << std::endl;
    auto finished = co_await github->finish_device(prompt); // the user allows it there
    std::cout << finished.user.name << " @" << finished.user.username << '\n';
}

int main(int, char** argv) { return coauth::run(sign_in(argv[1], argv[2])); }
// ]
