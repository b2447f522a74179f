#include "login_server/flags.hpp"

#include <boost/asio/ip/address.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <thread>

namespace login_server {

namespace {

using coauth::errc;
using coauth::error;

// What browsers call this site: scheme, host and port.
coauth::http::origin public_origin(const std::string& url)
{
    auto base = coauth::http::parse_base_url(url);
    if (!base)
        throw error(errc::invalid_argument, "--public-url: " + base.error().message())
            .with_hint(
                "give the address that browsers use, such as https://example.org; http is for this machine only");
    if (!base->path.empty())
        throw error(errc::invalid_argument, "--public-url has a path")
            .with_hint("the site wants a host of its own: its cookies hold for the whole host");
    return base->origin;
}

} // namespace

void flags::add_to(CLI::App& app)
{
    app.add_option(
           "--with", providers, "Of x, google, github, facebook, oidc: the first has /callback, others /callback/NAME")
        ->type_name("NAME,NAME")
        ->default_str("those of --provider; in the sandbox all but oidc");
    logins.add_to(app);
    app.get_option("--json")->group("");
    app.add_option("--listen", listen, "IP address and port to listen on; port 0 is chosen by the system")
        ->type_name("ADDRESS:PORT")
        ->capture_default_str();
    app.add_option("--public-url", public_url, "The address that browsers use, such as https://example.org")
        ->type_name("URL")
        ->default_str("the one listened on");
    app.add_option("--behind-proxy", behind_proxy,
           "The proxy in front, whose X-Forwarded-For and Forwarded are believed when they name the client")
        ->type_name("ADDRESS")
        ->default_str("no proxy");
    app.add_option("--name", name, "The name of the site, shown on each page")
        ->type_name("TEXT")
        ->default_str("the host of its address");
    app.add_option("--threads", threads, "How many threads serve")
        ->check(CLI::Range(1u, 256u))
        ->type_name("N")
        ->default_str("as many as there are processors");
    app.add_option("--metrics", metrics, "Loopback address and port for GET /metrics")
        ->type_name("ADDRESS:PORT")
        ->capture_default_str();
}

settings check(const flags& given)
{
    settings out;
    out.listen = coauth::server::listen_address::parse(given.listen).value();
    out.metrics = coauth::server::listen_address::parse(given.metrics).value();
    if (!out.metrics.is_loopback())
        throw error(errc::invalid_argument, "--metrics is not a loopback address")
            .with_hint("numbers about your people are for this machine alone; use 127.0.0.1:0");
    if (!given.public_url.empty())
        out.public_origin = public_origin(given.public_url);
    else if (!out.listen.is_loopback())
        throw error(errc::invalid_argument, "--listen is open to other machines, and there is no --public-url")
            .with_hint("put a proxy with TLS in front and give its address: --public-url https://example.org");
    if (!given.behind_proxy.empty()) {
        boost::system::error_code failure;
        const auto address = boost::asio::ip::make_address(given.behind_proxy, failure);
        if (failure)
            throw error(errc::invalid_argument, "--behind-proxy is not an IP address")
                .with_hint("give the address the proxy connects from, such as 127.0.0.1");
        out.proxy = address.to_string();
    }
    out.name = given.name;
    out.threads = given.threads > 0 ? given.threads : std::max(1u, std::thread::hardware_concurrency());
    return out;
}

} // namespace login_server
