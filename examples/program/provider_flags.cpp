#include "program/provider_flags.hpp"

#include "program/main_loop.hpp"
#include "program/open_files.hpp"
#include "program/seconds.hpp"

#include <coauth/http/connection_pool.hpp>
#include <coauth/twitter/from_environment.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <iostream>
#include <utility>

namespace program {

void provider_flags::add_to(CLI::App& app, std::initializer_list<const char*> unused)
{
    app.add_option("--provider", provider,
           "The provider's API base, such as https://api.x.com, with the app's keys in COAUTH_CONSUMER_KEY and "
           "COAUTH_CONSUMER_SECRET")
        ->type_name("URL")
        ->default_str("a sandbox inside this program");
    add_common_to(app);
    for (const char* name : unused)
        app.get_option(name)->group("");
}

void provider_flags::add_common_to(CLI::App& app)
{
    app.add_option("--authorize-base", authorize_base, "Where users sign in")
        ->type_name("URL")
        ->default_str("the provider");
    app.add_option("--ca-file", ca_file, "Trust the certificate authorities in this PEM file only")->type_name("FILE");
    app.add_option("--api", api, "The API that profiles come from")
        ->check(CLI::IsMember({"2", "1.1"}))
        ->type_name("VERSION")
        ->capture_default_str();
    app.add_option("--deadline", deadline, "Seconds for each call on the wire")
        ->check(seconds_between(0.001, 3600))
        ->type_name("SECONDS")
        ->capture_default_str();
    app.add_option("--proxy", proxy, "An HTTP proxy, such as http://127.0.0.1:3128")
        ->type_name("URL")
        ->envname("COAUTH_PROXY");
    app.add_flag("--json", json, "Print JSON on standard output, errors too");
}

std::chrono::milliseconds provider_flags::call_deadline() const
{
    return std::chrono::milliseconds(static_cast<long>(deadline * 1000));
}

std::string provider_flags::fault_with_sandbox() const
{
    if (!ca_file.empty())
        return "--ca-file needs --provider: the sandbox inside this program has an authority of its own";
    if (!proxy.empty() && proxy != environment("COAUTH_PROXY"))
        return "--proxy needs --provider: the sandbox inside this program is asked without a proxy";
    return "";
}

coauth::twitter::client_options x_options(const provider_flags& flags, const std::string& base)
{
    coauth::twitter::client_options options;
    options.endpoints = coauth::twitter::endpoints(base);
    if (!flags.authorize_base.empty())
        options.endpoints.authorize_base = flags.authorize_base;
    options.api = flags.api == "2" ? coauth::twitter::api_version::v2 : coauth::twitter::api_version::v1_1;
    options.deadline = flags.call_deadline();
    return options;
}

network::network(boost::asio::io_context& io, const provider_flags& flags, bool has_sandbox,
    coauth::sandbox::options sandbox_options)
{
    require_open_files();
    coauth::http::pool_options pool;
    pool.proxy = flags.proxy;
    pool.max_connections_per_origin = flags.connections;
    if (!flags.ca_file.empty())
        pool.trust = coauth::http::tls_trust::ca_file(flags.ca_file);
    if (has_sandbox) {
        sandbox_ = std::make_unique<coauth::sandbox::provider>(io.get_executor(), std::move(sandbox_options));
        pool.trust = coauth::http::tls_trust::ca_file(sandbox_->ca_file());
        if (!pool.proxy.empty())
            std::cerr << "COAUTH_PROXY is not used: the sandbox inside this program is asked without a proxy\n";
        pool.proxy.clear();
    }
    // The deadline is for the whole call, so that no part of it may take longer.
    const auto deadline = flags.call_deadline();
    pool.total_timeout = deadline;
    pool.exchange_timeout = deadline;
    pool.connect_timeout = std::min(pool.connect_timeout, deadline);
    transport_ = std::make_shared<coauth::http::connection_pool>(io.get_executor(), std::move(pool));
}

provider_setup::provider_setup(
    boost::asio::io_context& io, const provider_flags& flags, coauth::sandbox::options sandbox_options)
    : network_(io, flags, flags.provider.empty(), std::move(sandbox_options)),
      base_(sandbox() ? sandbox()->url() : flags.provider),
      app_(sandbox() ? sandbox()->consumer() : coauth::twitter::consumer_from_environment()),
      client_(transport(), app_, x_options(flags, base_))
{}

} // namespace program
