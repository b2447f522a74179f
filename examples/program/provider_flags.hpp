// The flags that every example has: which provider, or the sandbox inside the program.
#pragma once

#include <coauth/oauth1/credentials.hpp>
#include <coauth/sandbox/provider.hpp>
#include <coauth/twitter/client.hpp>

#include <boost/asio/io_context.hpp>

#include <cstddef>
#include <memory>
#include <optional>
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
};

/// A provider to talk to: the one named by the flags with keys from the environment, or a sandbox.
class provider_setup {
public:
    /// Throws `coauth::error` for a provider or keys that can't be used, and if too few files may be open.
    provider_setup(boost::asio::io_context& io, const provider_flags& flags,
        coauth::sandbox::options sandbox_options = coauth::sandbox::options());

    /// The sandbox inside this program, or null.
    coauth::sandbox::provider* sandbox() const noexcept { return sandbox_.get(); }

    const std::string& base() const noexcept { return base_; }
    const coauth::oauth1::consumer& app() const noexcept { return *app_; }
    std::shared_ptr<coauth::http::transport> transport() const noexcept { return transport_; }
    coauth::twitter::client& client() noexcept { return *client_; }

private:
    std::unique_ptr<coauth::sandbox::provider> sandbox_;
    std::string base_;
    std::optional<coauth::oauth1::consumer> app_;
    std::shared_ptr<coauth::http::transport> transport_;
    std::optional<coauth::twitter::client> client_;
};

} // namespace program
