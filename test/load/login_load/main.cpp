// login_load: users by the thousand, and attackers, against a login server that runs.
//
//     login_load logins --site http://127.0.0.1:8080 --ca-file ca.pem --users 2000 --at-once 2000
//     login_load idle --site http://127.0.0.1:8080 --connections 10000 --slow 100
//     login_load flood --site http://127.0.0.1:8080 --addresses 20 --seconds 5
//     login_load flood --site http://127.0.0.1:8080 --new-addresses --rate 300
//
// Prints one line of JSON; `idle` prints one when its connections are open, holds them until its stdin
// is closed (or, with --until-closed, until the server has closed them all), and prints another.
#include "login_load/descriptors.hpp"
#include "login_load/flood.hpp"
#include "login_load/login_users.hpp"
#include "login_load/slow_clients.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/serialize.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <string>
#include <unistd.h>
#include <utility>

namespace asio = boost::asio;
namespace json = boost::json;
using namespace login_load;

namespace {

void print(const json::object& line)
{
    std::cout << json::serialize(line) << std::endl;
}

void spawn(asio::io_context& io, asio::awaitable<void> op)
{
    asio::co_spawn(io, std::move(op), [](const std::exception_ptr& problem) {
        if (problem)
            std::rethrow_exception(problem);
    });
}

void run_logins(login_options options)
{
    const std::size_t wanted = std::min(options.at_once, options.users) + options.provider_connections;
    const std::size_t room = room_for(wanted);
    if (room <= options.provider_connections)
        throw std::runtime_error("there are too few file descriptors");
    const std::size_t at_once = room - options.provider_connections;

    asio::io_context io(1);
    const std::size_t users = options.users;
    login_users all(io.get_executor(), std::move(options));
    const auto begun = clock::now();
    for (std::size_t i = 0; i < at_once; ++i)
        spawn(io, all.run());
    io.run();
    json::object line;
    line["users"] = users;
    line["at_once"] = at_once;
    line["took_ms"] = std::chrono::round<std::chrono::milliseconds>(clock::now() - begun).count();
    for (auto& member : all.result().json())
        line.insert(member);
    print(line);
}

// Until the other end of stdin is closed.
asio::awaitable<void> wait_for_stdin()
{
    auto executor = co_await asio::this_coro::executor;
    asio::posix::stream_descriptor input(executor, ::dup(STDIN_FILENO));
    char byte = 0;
    boost::system::error_code failure;
    while (!failure) {
        auto [read_failure, size] =
            co_await input.async_read_some(asio::buffer(&byte, 1), asio::as_tuple(asio::use_awaitable));
        failure = read_failure;
    }
}

asio::awaitable<void> stay(asio::io_context& io, slow_clients& all, bool until_closed)
{
    co_await all.opened_all();
    json::object ready;
    ready["open"] = all.opened();
    print(ready);
    if (until_closed)
        co_await all.closed_all();
    else
        co_await wait_for_stdin();
    json::object end;
    end["closed_by_server"] = all.closed();
    print(end);
    io.stop();
}

void run_idle(slow_client_options options, bool until_closed)
{
    constexpr std::size_t workers = 200;
    const std::size_t room = room_for(options.idle + 3 * options.slow);
    options.idle = room - std::min(room, 3 * options.slow);
    asio::io_context io(1);
    slow_clients all(io.get_executor(), std::move(options));
    for (std::size_t i = 0; i < workers; ++i)
        spawn(io, all.run());
    spawn(io, stay(io, all, until_closed));
    io.run();
}

void run_flood(flood_options options)
{
    constexpr std::size_t connections_each = 4;
    room_for(options.addresses * connections_each);
    const std::size_t addresses = options.addresses;
    flood all(std::move(options));
    asio::io_context io(1);
    for (std::size_t i = 0; i < addresses * connections_each; ++i)
        spawn(io, all.press(i % addresses));
    io.run();
    print(all.json());
}

asio::awaitable<void> end_with_stdin(flood& all)
{
    co_await wait_for_stdin();
    all.end();
}

void run_new_addresses(flood_options options)
{
    constexpr std::size_t workers = 50;
    room_for(workers);
    flood all(std::move(options));
    asio::io_context io(1);
    for (std::size_t i = 0; i < workers; ++i)
        spawn(io, all.press_from_new_addresses(workers));
    spawn(io, end_with_stdin(all));
    io.run();
    print(all.json());
}

} // namespace

int main(int argc, char** argv)
{
    std::signal(SIGPIPE, SIG_IGN);
    std::string site;
    login_options users;
    slow_client_options idle;
    flood_options pressed;
    std::size_t patience = 30, lasts = 5;
    bool until_closed = false, new_addresses = false;

    CLI::App app("Plays users of a login server that runs.", "login_load");
    app.require_subcommand(1);
    auto* logins = app.add_subcommand("logins", "Users sign in at the sandbox's page; each as user_1, user_2, ...");
    logins->add_option("--ca-file", users.ca_file, "The authority to trust at the provider's page");
    logins->add_option("--users", users.users, "How many")->capture_default_str();
    logins->add_option("--at-once", users.at_once, "How many at once")->capture_default_str();
    logins->add_option("--patience", patience, "Seconds that one response may take")->capture_default_str();
    logins->add_option("--tries", users.tries, "How often a user who was refused begins again")->capture_default_str();
    logins->add_option("--stop-pid", users.stop_pid, "The server's process, which gets SIGTERM");
    logins->add_option("--stop-after", users.stop_after, "when so many were granted; 0: never");
    auto* idling = app.add_subcommand("idle", "Connections that stay open until stdin is closed");
    idling->add_option("--connections", idle.idle, "Silent ones")->capture_default_str();
    idling->add_option("--slow", idle.slow, "Slow ones, of each of the three behaviours")->capture_default_str();
    idling->add_option("--per-address", idle.per_address, "Connections from one address")->capture_default_str();
    idling->add_flag("--until-closed", until_closed, "Until the server has closed them all instead");
    auto* flooding = app.add_subcommand("flood", "POST /login as fast as possible");
    flooding->add_option("--addresses", pressed.addresses, "How many")->capture_default_str();
    flooding->add_option("--seconds", lasts, "How long")->capture_default_str();
    flooding->add_flag("--new-addresses", new_addresses, "Each time from another one instead, until stdin is closed");
    flooding->add_option("--rate", pressed.rate, "Of these, in a second")->capture_default_str();
    flooding->add_flag("--page-first", pressed.page_first, "Of these, each loads the page with the button before");
    for (auto* each : {logins, idling, flooding})
        each->add_option("--site", site, "Its URL")->required();

    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& e) {
        return app.exit(e) == 0 ? 0 : 2;
    }
    try {
        users.site = idle.site = pressed.site = read_location(site).server;
        users.patience = std::chrono::seconds(patience);
        pressed.lasts = std::chrono::seconds(lasts);
        if (*logins)
            run_logins(std::move(users));
        else if (*idling)
            run_idle(std::move(idle), until_closed);
        else if (new_addresses)
            run_new_addresses(std::move(pressed));
        else
            run_flood(std::move(pressed));
        return 0;
    } catch (const std::exception& e) {
        std::cerr << "login_load: " << e.what() << '\n';
        return 1;
    }
}
