// A web site with a "Sign in with ..." button for each provider, whose profile page then fills itself in.
//
// Its logins are coauth::site::login_site; what is here is the profile page, and the program around it.
// All that it does is bounded; docs/04-login-server.md has the threats, and the test that proves each.
//
// With no configuration a sandbox is started inside this program and plays the provider. With --provider and keys in the
// environment it signs people in with the real one. With --store users stay signed in over a restart.

#include "command_line/output.hpp"
#include "login_server/flags.hpp"
#include "login_server/site.hpp"
#include "program/login_providers.hpp"
#include "program/main_loop.hpp"
#include "program/open_files.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/serialize.hpp>

#include <CLI/CLI.hpp>

#include <cstdio>
#include <iostream>

namespace asio = boost::asio;
namespace server = coauth::server;

namespace {

constexpr std::size_t most_connections = 16'000;
constexpr std::size_t most_connections_per_address = 100;
constexpr std::size_t connections_to_provider = 64;

// As long as a request may take that is in progress when the signal comes.
constexpr std::chrono::seconds grace(10);

server::server_options options_of_server(const login_server::settings& settings)
{
    server::server_options options;
    options.address = settings.listen.address;
    options.port = settings.listen.port;
    options.max_body = 16 * 1024;
    options.max_connections = program::connections_for(most_connections);
    // Behind a proxy all connections are the proxy's.
    options.max_connections_per_address = settings.proxy.empty() ? most_connections_per_address : 0;
    return options;
}

server::server_options options_of_metrics(const login_server::settings& settings)
{
    server::server_options options;
    options.address = settings.metrics.address;
    options.port = settings.metrics.port;
    options.max_body = 0;
    options.max_connections = 16;
    return options;
}

// A stream of C++ would write nothing more after the first line that could not be written.
void write_line(const std::string& line)
{
    std::fputs((line + '\n').c_str(), stderr);
}

class servers {
public:
    servers(asio::io_context& io, const login_server::settings& settings,
        std::vector<std::shared_ptr<coauth::login_provider>> providers, login_server::site_options options);

    /// Serves until a signal comes, then lets everyone finish.
    asio::awaitable<int> run();

private:
    asio::awaitable<server::response> metrics(server::request r);

    std::unique_ptr<login_server::site> site_; // outlives the servers, which ask it
    std::unique_ptr<server::http_server> pages_;
    std::unique_ptr<server::http_server> metrics_;
    std::string url_;
};

servers::servers(asio::io_context& io, const login_server::settings& settings,
    std::vector<std::shared_ptr<coauth::login_provider>> providers, login_server::site_options options)
{
    // Nothing is answered before the context runs, and then the site is there.
    pages_ = std::make_unique<server::http_server>(io.get_executor(), options_of_server(settings),
        [this](server::request r) { return site_->respond(std::move(r)); });
    metrics_ = std::make_unique<server::http_server>(
        io.get_executor(), options_of_metrics(settings), [this](server::request r) { return metrics(std::move(r)); });

    options.origin =
        settings.public_origin ? *settings.public_origin : coauth::http::parse_base_url(pages_->url()).value().origin;
    auto& logins = options.logins;
    logins.name = settings.name;
    logins.proxy = settings.proxy;
    // Each user's first lookup is under a token of their own, so users share the connections only.
    logins.session.max_requests = connections_to_provider;
    logins.log = write_line;
    url_ = options.origin.url();
    site_ = std::make_unique<login_server::site>(io.get_executor(), std::move(providers), std::move(options));
}

asio::awaitable<server::response> servers::metrics(server::request r)
{
    if (r.path() != "/metrics")
        co_return server::response(404, "text/plain; charset=utf-8", "GET /metrics\n");
    if (r.method != "GET" && r.method != "HEAD") {
        server::response refused(405, "text/plain; charset=utf-8", "GET /metrics\n");
        refused.headers.set("Allow", "GET, HEAD");
        co_return refused;
    }
    std::string text = co_await site_->logins().metrics(pages_->stats());
    co_return server::response(200, "text/plain; version=0.0.4; charset=utf-8", std::move(text));
}

asio::awaitable<int> servers::run()
{
    boost::json::object ready;
    ready["url"] = url_;
    ready["metrics"] = metrics_->url();
    coauth::command_line::print(boost::json::serialize(ready) + '\n');

    asio::steady_timer never(co_await asio::this_coro::executor, asio::steady_timer::time_point::max());
    co_await never.async_wait(asio::as_tuple(asio::use_awaitable)); // until a signal cancels it
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    std::clog << "draining: what has begun is finished" << std::endl;
    co_await pages_->close(grace);
    co_await site_->logins().close();
    co_await metrics_->close(std::chrono::seconds(1));
    co_return program::done;
}

int run(login_server::flags& flags, int argc, char** argv)
{
    CLI::App app("A web site with a sign-in button and a profile page that fills itself in. Prints one line of JSON "
                 "that says where it listens.",
        "login_server");
    flags.logins.common.connections = connections_to_provider;
    flags.add_to(app);
    const char* const example = "login_server --listen 127.0.0.1:8080\n"
                                "COAUTH_CONSUMER_KEY=... COAUTH_CONSUMER_SECRET=... login_server --provider "
                                "https://api.x.com --public-url https://example.org --behind-proxy 127.0.0.1";
    if (const auto exit_code = program::parse_flags(app, argc, argv, example))
        return *exit_code;

    const auto choices = program::choose_providers(flags.logins, flags.providers);
    if (!choices)
        return program::misused(app, choices.error().message());

    const auto settings = login_server::check(flags);
    asio::io_context io(static_cast<int>(settings.threads));
    const program::network connections(io, flags.logins.common, flags.logins.needs_sandbox());
    login_server::site_options options;
    options.logins.login_pages = program::login_sources(connections, flags.logins, *choices);
    options.logins.patience = flags.logins.common.call_deadline();
    options.logins.keep_in(*program::open_store(flags.logins.kept));
    options.x = program::x_options_of(connections, flags.logins, *choices);
    auto providers = program::login_providers_of(connections, flags.logins, *choices);
    if (const auto* sandbox = connections.sandbox())
        std::cerr << "No --provider: people sign in at a sandbox inside this program, " << sandbox->url()
                  << "\nThe browser will warn of its throw-away certificate: go on, it is this program's.\n";
    servers all(io, settings, std::move(providers), std::move(options));
    return program::run(io, flags.logins.common.json, all.run(), settings.threads);
}

} // namespace

int main(int argc, char** argv)
{
    login_server::flags flags;
    return program::guard(flags.logins.common.json, [&] { return run(flags, argc, argv); });
}
