// What the site tells whoever watches it.
#pragma once

#include "login_server/durations.hpp"

#include <coauth/server/http_server.hpp>
#include <coauth/session/session_event.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace login_server {

struct site_numbers {
    site_numbers() = default;

    coauth::server::server_stats connections;
    coauth::session_stats session;
    std::optional<std::size_t> pending; ///< Logins that have begun and not ended; empty if the store does not say.
    std::size_t visitors = 0;           ///< Browsers signed in.
    std::uint64_t refused_by_address = 0;
    std::uint64_t refused_by_site = 0;

    durations::counts begins;                                         ///< First legs.
    durations::counts ends;                                           ///< Last legs.
    std::map<std::string, std::uint64_t, std::less<>> begin_failures; ///< By the name of the error's code.
    std::map<std::string, std::uint64_t, std::less<>> end_failures;
};

/// Prometheus' text format, version 0.0.4. Numbers only: nobody's name or id.
std::string metrics_text(const site_numbers& numbers);

} // namespace login_server
