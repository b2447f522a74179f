#include "program/provider_flags.hpp"

#include "program/main_loop.hpp"
#include "program/open_files.hpp"

#include <coauth/http/connection_pool.hpp>
#include <coauth/twitter/from_environment.hpp>

#include <CLI/CLI.hpp>

namespace program {

void provider_flags::add_to(CLI::App& app, std::initializer_list<const char*> unused)
{
    app.add_option("--provider", provider,
           "The provider's API base, such as https://api.x.com, with the app's keys in COAUTH_CONSUMER_KEY and "
           "COAUTH_CONSUMER_SECRET")
        ->type_name("URL")
        ->default_str("a sandbox inside this program");
    app.add_option("--authorize-base", authorize_base, "Where users sign in")
        ->type_name("URL")
        ->default_str("the provider");
    app.add_option("--ca-file", ca_file, "Trust the certificate authorities in this PEM file only")->type_name("FILE");
    app.add_option("--api", api, "The API that profiles come from")
        ->check(CLI::IsMember({"2", "1.1"}))
        ->type_name("VERSION")
        ->capture_default_str();
    app.add_option("--deadline", deadline, "Seconds for each call on the wire")
        ->check(CLI::Range(0.001, 3600.0))
        ->type_name("SECONDS")
        ->capture_default_str();
    app.add_option("--proxy", proxy, "An HTTP proxy, such as http://127.0.0.1:3128")
        ->type_name("URL")
        ->envname("COAUTH_PROXY");
    app.add_flag("--json", json, "Print JSON on standard output, errors too");
    for (const char* name : unused)
        app.get_option(name)->group("");
}

provider_setup::provider_setup(
    boost::asio::io_context& io, const provider_flags& flags, coauth::sandbox::options sandbox_options)
{
    require_open_files();
    coauth::http::pool_options pool;
    pool.proxy = flags.proxy;
    pool.max_connections_per_origin = flags.connections;
    if (!flags.ca_file.empty())
        pool.trust = coauth::http::tls_trust::ca_file(flags.ca_file);

    base_ = flags.provider;
    if (base_.empty()) {
        sandbox_ = std::make_unique<coauth::sandbox::provider>(io.get_executor(), std::move(sandbox_options));
        base_ = sandbox_->url();
        app_ = sandbox_->consumer();
        pool.trust = coauth::http::tls_trust::ca_file(sandbox_->ca_file());
        pool.proxy.clear();
    } else {
        app_ = coauth::twitter::consumer_from_environment();
    }

    const auto deadline = std::chrono::milliseconds(static_cast<long>(flags.deadline * 1000));
    coauth::twitter::client_options options;
    options.endpoints = coauth::twitter::endpoints(base_);
    if (!flags.authorize_base.empty())
        options.endpoints.authorize_base = flags.authorize_base;
    options.api = flags.api == "2" ? coauth::twitter::api_version::v2 : coauth::twitter::api_version::v1_1;
    options.deadline = deadline;

    // The deadline is for the whole call, so that no part of it may take longer.
    pool.total_timeout = deadline;
    pool.exchange_timeout = deadline;
    pool.connect_timeout = std::min(pool.connect_timeout, deadline);
    transport_ = std::make_shared<coauth::http::connection_pool>(io.get_executor(), std::move(pool));
    client_.emplace(transport_, *app_, std::move(options));
}

} // namespace program
