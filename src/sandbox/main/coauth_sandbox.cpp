// coauth-sandbox: a provider to test logins against, as a program. docs/sandbox.md is its manual.
#include "command_line.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <csignal>
#include <fstream>
#include <iostream>

namespace {

namespace asio = boost::asio;
namespace json = boost::json;
namespace sandbox = coauth::sandbox;

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
    std::cout << json::serialize(ready) << std::endl;
}

asio::awaitable<void> close_on_signal(asio::signal_set& signals, sandbox::provider& p, int& exit_code)
{
    const int signal = co_await signals.async_wait(asio::use_awaitable);
    exit_code = 128 + signal;
    co_await p.close();
}

// Whoever closes the log must not end the sandbox.
std::function<void(std::string_view)> log_to(std::ostream& out)
{
    return [&out](std::string_view line) { out << line << std::endl; };
}

int run(sandbox::command_line& line)
{
    std::ofstream file;
    if (!line.log_file.empty()) {
        file.open(line.log_file, std::ios::app);
        if (!file)
            throw coauth::error(coauth::errc::invalid_argument, "the log " + line.log_file + " can't be written to");
    }
    line.options.log = log_to(line.log_file.empty() ? static_cast<std::ostream&>(std::cerr) : file);

    int exit_code = 0;
    asio::io_context io(1);
    asio::signal_set signals(io, SIGINT, SIGTERM);
    sandbox::provider p(io.get_executor(), line.options);
    asio::co_spawn(io, close_on_signal(signals, p, exit_code), asio::detached);
    print_ready(p, line.options);
    io.run();
    return exit_code;
}

} // namespace

int main(int argc, char** argv)
{
    std::signal(SIGPIPE, SIG_IGN);
    try {
        auto line = sandbox::parse_command_line(argc, argv);
        return line.exit_code ? *line.exit_code : run(line);
    } catch (const std::exception& e) {
        std::cerr << "coauth-sandbox: " << e.what() << '\n';
        return 1;
    }
}
