// The flags that every example has: which provider, or the sandbox inside the program.
#pragma once

#include <coauth/oauth1/credentials.hpp>
#include <coauth/sandbox/provider.hpp>
#include <coauth/twitter/client.hpp>

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstddef>
#include <initializer_list>
#include <memory>
#include <string>

namespace CLI {
class App;
}

namespace program {

/// --provider, --authorize-base, --ca-file, --api, --deadline, --proxy and --json.
struct provider_flags {
    provider_flags() = default;

    std::string provider;       ///< Empty: the sandbox inside the program.
    std::string authorize_base; ///< Empty: the provider.
    std::string ca_file;
    std::string api = "2";
    double deadline = 10; ///< Seconds, for each call on the wire.
    std::string proxy;
    bool json = false;

    std::size_t connections = 16; ///< The most at once. Not a flag of its own.

    /// `unused`: flags that mean nothing to this program; they are taken and not shown by --help.
    void add_to(CLI::App& app, std::initializer_list<const char*> unused = {});

    /// All but --provider, for a program that takes several of these.
    void add_common_to(CLI::App& app);

    std::chrono::milliseconds call_deadline() const;

    /// What is wrong with the flags where the sandbox inside this program is the provider; empty if nothing is.
    std::string fault_with_sandbox() const;
};

/// X's client as the flags ask for it. `base`: of its API.
coauth::twitter::client_options x_options(const provider_flags& flags, const std::string& base);

/// The connections to a provider, and where none is named the sandbox inside this program.
class network {
public:
    /// Throws `coauth::error` for flags that can't be used, and if too few files may be open. Says on stderr that a sandbox is
    /// not asked by way of COAUTH_PROXY.
    network(boost::asio::io_context& io, const provider_flags& flags, bool has_sandbox,
        coauth::sandbox::options sandbox_options = coauth::sandbox::options());

    /// Null if there is none.
    coauth::sandbox::provider* sandbox() const noexcept { return sandbox_.get(); }

    std::shared_ptr<coauth::http::transport> transport() const noexcept { return transport_; }

private:
    std::unique_ptr<coauth::sandbox::provider> sandbox_;
    std::shared_ptr<coauth::http::transport> transport_;
};

/// X with OAuth 1.0a to talk to: the provider named by the flags with keys from the environment, or a sandbox.
class provider_setup {
public:
    /// Throws `coauth::error` for a provider or keys that can't be used, and if too few files may be open.
    provider_setup(boost::asio::io_context& io, const provider_flags& flags,
        coauth::sandbox::options sandbox_options = coauth::sandbox::options());

    /// The sandbox inside this program, or null.
    coauth::sandbox::provider* sandbox() const noexcept { return network_.sandbox(); }

    const std::string& base() const noexcept { return base_; }
    const coauth::oauth1::consumer& app() const noexcept { return app_; }
    std::shared_ptr<coauth::http::transport> transport() const noexcept { return network_.transport(); }
    coauth::twitter::client& client() noexcept { return client_; }

private:
    network network_;
    std::string base_;
    coauth::oauth1::consumer app_;
    coauth::twitter::client client_;
};

} // namespace program
