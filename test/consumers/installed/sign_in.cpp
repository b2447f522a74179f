// The README's snippet, in a program that plays the provider and the user too.
#include "sign_in.hpp"

#include <coauth/http/connection_pool.hpp>
#include <coauth/sandbox/provider.hpp>
#include <coauth/twitter/client.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <iostream>

namespace asio = boost::asio;

namespace {

std::shared_ptr<coauth::http::transport> to_provider;
bool signed_in = false;

// The sandbox allows at once and shows the PIN.
asio::awaitable<std::string> ask_user(std::string url)
{
    coauth::http::request page;
    const auto path = url.find('/', std::string("https://").size());
    page.origin = coauth::http::parse_base_url(url.substr(0, path)).value().origin;
    page.target = url.substr(path);
    coauth::http::response shown = co_await to_provider->send(page);
    const auto start = shown.body.find("<code>") + std::string("<code>").size();
    co_return shown.body.substr(start, shown.body.find("</code>") - start);
}

// clang-format off
// [sign_in
asio::awaitable<void> sign_in(coauth::twitter::client& client)
{
    auto request = co_await client.request_token("oob");               // leg 1
    auto pin     = co_await ask_user(client.authorize_url(request)); // leg 2: a user allows it, types a PIN
    auto access  = co_await client.access_token(request, pin);         // leg 3
    auto user    = client.for_user(access);
    auto me      = co_await user.me();
    std::cout << me.name << " @" << me.username << '\n';
}
// ]
// clang-format on

} // namespace

bool signs_in()
{
    // [embed
    asio::io_context io;
    coauth::sandbox::options sandbox_options;
    sandbox_options.auto_approve = "user_1";
    coauth::sandbox::provider sandbox(io.get_executor(), sandbox_options);

    coauth::http::pool_options pool;
    pool.trust = coauth::http::tls_trust::ca_file(sandbox.ca_file());
    auto transport = std::make_shared<coauth::http::connection_pool>(io.get_executor(), pool);

    coauth::twitter::client_options options;
    options.endpoints = coauth::twitter::endpoints(sandbox.url());
    coauth::twitter::client client(transport, sandbox.consumer(), options);
    // ]
    to_provider = transport;

    asio::co_spawn(io, sign_in(client), [&](std::exception_ptr problem) {
        signed_in = !problem;
        io.stop();
    });
    io.run();
    to_provider.reset();
    return signed_in;
}
