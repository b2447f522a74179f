// [kept_site
#include <coauth/coro/run.hpp>
#include <coauth/server/http_server.hpp>
#include <coauth/server/page.hpp>
#include <coauth/site/login_site.hpp>
#include <coauth/store/sqlite_store.hpp>
#include <coauth/twitter/from_environment.hpp>
#include <coauth/twitter/provider.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <iostream>

namespace asio = boost::asio;
namespace server = coauth::server;

asio::awaitable<server::response> respond(coauth::site::login_site& logins, server::request request) {
    auto handled = co_await logins.handle(request);
    if (handled)
        co_return *std::move(handled);
    auto user = co_await logins.user(request);
    if (!user)
        co_return logins.sign_in_page(request, server::page(200, "Welcome", logins.buttons()));
    auto name = server::isolated_html(coauth::site::shown_name(*user));
    co_return logins.page(server::page(200, "Welcome", "<h1>Hello, " + name + "</h1>" + logins.sign_out_button()));
}

asio::awaitable<void> serve(std::string file, std::string keys) {
    auto executor = co_await asio::this_coro::executor;
    auto x = coauth::twitter::provider(coauth::twitter::client_from_environment(executor));
    auto kept = coauth::store::sqlite_store(file, coauth::store::keys_from_file(keys));
    coauth::site::login_site_options options;
    options.keep_in(*kept); // logins, credentials, and who is signed in
    std::optional<coauth::site::login_site> logins;
    auto handler = [&](server::request request) { return respond(*logins, std::move(request)); };
    server::http_server web(executor, server::server_options(), handler);
    logins.emplace(executor, web.url(), std::vector{x}, options);
    std::cout << web.url() << std::endl;
    asio::steady_timer forever(executor, asio::steady_timer::time_point::max());
    co_await forever.async_wait(asio::use_awaitable); // until SIGINT or SIGTERM
}

int main(int, char** argv) { return coauth::run(serve(argv[1], argv[2])); }
// ]
