// What the command line says.
#pragma once

#include "enrich_profiles/job.hpp"
#include "program/provider_flags.hpp"
#include "program/store_flags.hpp"

#include <coauth/session/session.hpp>

#include <optional>
#include <string>

namespace enrich {

struct flags {
    flags() = default;

    program::provider_flags provider;
    program::store_flags kept;
    std::string user; ///< Of X, whose credential is in the store.
    std::string input;
    std::string output;
    std::string column;
    std::string by;
    bool unordered = false;
    std::size_t concurrency = 8;
    std::string max_cost;
    std::string price = "0.010";
    double max_wait = 960; ///< Seconds.
    double retry_for = 30; ///< Seconds.
    bool retry_failed = false;

    /// What the job wants of them.
    job_options job() const;

    /// What the session wants of them.
    coauth::session_options session() const;
};

/// Reads the flags. Returns the exit code if the program should end now.
std::optional<int> read_flags(flags& to, int argc, char** argv);

} // namespace enrich
