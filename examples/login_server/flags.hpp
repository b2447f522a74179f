// The flags of login_server.
#pragma once

#include "program/provider_choice.hpp"

#include <coauth/http/origin.hpp>
#include <coauth/server/listen_address.hpp>

#include <optional>
#include <string>

namespace CLI {
class App;
}

namespace login_server {

struct flags {
    flags() = default;

    program::login_flags logins;
    std::string providers; ///< Names with commas between; empty: those of `logins`.
    std::string listen = "127.0.0.1:8080";
    std::string public_url;
    std::string behind_proxy;
    std::string name;
    unsigned threads = 0; ///< 0: as many as there are processors.
    std::string metrics = "127.0.0.1:0";

    void add_to(CLI::App& app);
};

/// The flags once they have been found to make sense.
struct settings {
    settings() = default;

    coauth::server::listen_address listen;
    coauth::server::listen_address metrics;
    std::optional<coauth::http::origin> public_origin; ///< Empty: where it listens.
    std::string proxy;
    std::string name; ///< Of the site; empty: its host.
    unsigned threads = 1;
};

/// Throws `coauth::error` with `errc::invalid_argument`.
settings check(const flags& given);

} // namespace login_server
