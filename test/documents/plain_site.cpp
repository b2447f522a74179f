// What any site on http_server has, without logins: the test of web_login counts the lines beyond these.
#include <coauth/coro/run.hpp>
#include <coauth/server/http_server.hpp>
#include <coauth/server/page.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <iostream>

namespace asio = boost::asio;
namespace server = coauth::server;

asio::awaitable<server::response> respond(server::request) {
    co_return server::html_page(server::page(200, "Welcome", "<h1>Welcome</h1>"));
}

asio::awaitable<void> serve() {
    auto executor = co_await asio::this_coro::executor;
    server::http_server web(executor, server::server_options(), respond);
    std::cout << web.url() << std::endl;
    asio::steady_timer forever(executor, asio::steady_timer::time_point::max());
    co_await forever.async_wait(asio::use_awaitable); // until SIGINT or SIGTERM
}

int main() { return coauth::run(serve()); }
