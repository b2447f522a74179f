// One request while the sandbox handles it: its route, its parameters and its caller.
#pragma once

#include "sandbox/world/world.hpp"
#include "sandbox/x/routes.hpp"

#include <coauth/oauth1/parameters.hpp>
#include <coauth/server/http_server.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace coauth::sandbox {

/// Lifetime: valid while the request is handled; the world must not change in between.
struct call {
    call() = default;

    const server::request* http = nullptr;
    const route* matched = nullptr;
    std::vector<std::string> path_values; ///< The values of the `:` segments.
    oauth1::parameters parameters;        ///< Of query and form, decoded; without the protocol's own.
    oauth1::parameters oauth;             ///< The protocol's own; empty if the request was not signed.
    std::string base_url;                 ///< "https://" and the host the client used.
    std::chrono::sys_seconds now{};

    std::string consumer_key;    ///< Empty for pages.
    std::string token;           ///< As sent; empty if none was.
    const grant* user = nullptr; ///< Null: the app alone.
    std::uint64_t user_id = 0;   ///< The user of an OAuth 2 token or login; 0: none.
};

} // namespace coauth::sandbox
