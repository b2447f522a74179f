// The numbers of a site for its operator.
#pragma once

#include "site/durations.hpp"

#include <coauth/server/http_server.hpp>
#include <coauth/session/session_event.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace coauth::site {

struct login_numbers {
    login_numbers() = default;

    std::optional<server::server_stats> connections;
    session_stats session;
    std::optional<std::size_t> pending;  ///< Logins; empty if the store does not say.
    std::optional<std::size_t> visitors; ///< Browsers signed in; the same.
    std::uint64_t refused_by_address = 0;
    std::uint64_t refused_by_site = 0;

    durations::counts begins;                                         ///< First legs.
    durations::counts ends;                                           ///< Last legs.
    std::map<std::string, std::uint64_t, std::less<>> begin_failures; ///< By the name of the error's code.
    std::map<std::string, std::uint64_t, std::less<>> end_failures;
};

/// Adds what `metrics_text` shows of `added` to `total`.
void add(session_stats& total, const session_stats& added);

/// Prometheus' text format, version 0.0.4. Numbers only, without names or ids.
std::string metrics_text(const login_numbers& numbers);

} // namespace coauth::site
