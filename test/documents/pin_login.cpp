// [pin_login
#include <coauth/coro/run.hpp>
#include <coauth/twitter/from_environment.hpp>
#include <iostream>

boost::asio::awaitable<void> sign_in() {
    auto client = co_await coauth::twitter::client_from_environment();
    auto login = co_await client.request_token("oob");                   // leg 1
    std::cout << client.authorize_url(login) << "\nPIN: " << std::flush; // leg 2: the user allows it there
    std::string pin;
    std::getline(std::cin, pin);
    auto access = co_await client.access_token(login, pin); // leg 3
    auto me = co_await client.for_user(access).me();
    std::cout << me.name << " @" << me.username << '\n';
}

int main() { return coauth::run(sign_in()); }
// ]
