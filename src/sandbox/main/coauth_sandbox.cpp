// coauth-sandbox: a provider to test logins against, as a program. docs/sandbox.md is its manual.
#include "command_line.hpp"
#include "command_line/output.hpp"
#include "parent_watch.hpp"

#include <coauth/server/listen_address.hpp>
#include <coauth/system_failure.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fstream>
#include <functional>
#include <iostream>
#include <string_view>
#include <utility>

namespace {

namespace asio = boost::asio;
namespace json = boost::json;
namespace sandbox = coauth::sandbox;

json::object bases_of(const sandbox::provider& p)
{
    const auto bases = p.bases();
    json::object all, x, google, github, facebook, oidc;
    x["api_base"] = bases.x_api;
    x["authorize_base"] = bases.x_authorize;
    google["issuer"] = bases.google_issuer;
    github["login_base"] = bases.github_login;
    github["api_base"] = bases.github_api;
    facebook["dialog_base"] = bases.facebook_dialog;
    facebook["graph_base"] = bases.facebook_graph;
    oidc["issuer"] = bases.oidc_issuer;
    all["x"] = std::move(x);
    all["google"] = std::move(google);
    all["github"] = std::move(github);
    all["facebook"] = std::move(facebook);
    all["oidc"] = std::move(oidc);
    return all;
}

void print_ready(const sandbox::provider& p, const sandbox::options& o)
{
    json::object ready;
    ready["url"] = p.url();
    if (p.ca_file().empty())
        ready["ca_file"] = nullptr;
    else
        ready["ca_file"] = p.ca_file();
    ready["consumer_key"] = o.consumer_key;
    ready["consumer_secret"] = o.consumer_secret;
    ready["control"] = p.control_url();
    ready["client_id"] = o.client_id;
    ready["client_secret"] = o.client_secret;
    ready["public_client_id"] = o.public_client_id;
    ready["providers"] = bases_of(p);
    std::cout << json::serialize(ready) << std::endl;
    coauth::command_line::flush_output();
}

asio::awaitable<void> close_on_signal(
    asio::io_context& io, asio::signal_set& signals, sandbox::provider& p, int& exit_code)
{
    const int signal = co_await signals.async_wait(asio::use_awaitable);
    exit_code = 128 + signal;
    // A second one waits for nothing.
    signals.async_wait([&io](const boost::system::error_code& failure, int) {
        if (!failure)
            io.stop();
    });
    co_await p.close();
    io.stop();
}

asio::awaitable<void> close_with_parent(asio::io_context& io, sandbox::parent_signs first, sandbox::provider& p)
{
    asio::steady_timer timer(io);
    std::string_view reason;
    while (reason.empty()) {
        timer.expires_after(std::chrono::milliseconds(100));
        co_await timer.async_wait(asio::use_awaitable);
        reason = sandbox::parent_gone(first, sandbox::observe_parent());
    }
    std::cerr << "coauth-sandbox: " << reason << ", so it ends (--exit-with-parent)" << std::endl;
    co_await p.close();
    io.stop();
}

void warn_of_exposure(const sandbox::options& o)
{
    if (!o.expose)
        return;
    coauth::server::listen_address listening;
    listening.address = o.address;
    if (listening.is_loopback())
        std::cerr << "coauth-sandbox: --expose does nothing with " << listening.address
                  << ", which is this machine only; listen on another address, such as --listen 0.0.0.0:4443\n";
    else
        std::cerr << "coauth-sandbox: warning: every client that reaches " << listening.address
                  << " can sign in here as any user; use no real keys and no real data\n";
}

// A log that can't be written does not end the sandbox, but stderr says so, once.
std::function<void(std::string_view)> log_to(std::ostream& out, const std::string& name)
{
    return [&out, name, lost = false](std::string_view line) mutable {
        out << line << std::endl;
        if (!out && !std::exchange(lost, true))
            std::cerr << "coauth-sandbox: the log " << name << " can't be written; going on without it\n";
    };
}

int run(sandbox::command_line& line)
{
    const auto first = sandbox::observe_parent();
    std::ofstream file;
    if (!line.log_file.empty()) {
        file.open(line.log_file, std::ios::app);
        if (!file)
            throw coauth::error(coauth::errc::invalid_argument,
                "the log " + line.log_file + " can't be written: " + std::strerror(errno));
    }
    line.options.log = log_to(line.log_file.empty() ? static_cast<std::ostream&>(std::cerr) : file, line.log_file);

    int exit_code = 0;
    asio::io_context io(1);
    asio::signal_set signals(io, SIGINT, SIGTERM);
    sandbox::provider p(io.get_executor(), line.options);
    asio::co_spawn(io, close_on_signal(io, signals, p, exit_code), asio::detached);
    if (line.exit_with_parent)
        asio::co_spawn(io, close_with_parent(io, first, p), asio::detached);
    warn_of_exposure(line.options);
    print_ready(p, line.options);
    io.run();
    return exit_code;
}

} // namespace

int main(int argc, char** argv)
{
    coauth::command_line::prepare_standard_streams();
    try {
        return coauth::typed_failures("starting coauth-sandbox", [&] {
            auto line = sandbox::parse_command_line(argc, argv);
            const int exit_code = line.exit_code ? *line.exit_code : run(line);
            if (exit_code == 0)
                coauth::command_line::flush_output();
            return exit_code;
        });
    } catch (const std::exception& e) {
        std::cerr << "coauth-sandbox: " << e.what() << '\n';
        return 1;
    }
}
