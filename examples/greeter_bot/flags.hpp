// The flags of greeter_bot.
#pragma once

#include "program/provider_flags.hpp"
#include "program/store_flags.hpp"

#include <optional>
#include <string>

namespace greeter_bot {

struct flags {
    flags() = default;

    program::provider_flags provider;
    program::store_flags kept;
    bool names_store = false; ///< --store was given.
    std::string state;
    std::string user; ///< Whose token sign_in kept; empty: the state's user, or one who signs in by PIN.
    std::string message = "Hello @{username}, nice to hear from you!";
    bool once = false;
    double interval = 60; ///< Seconds.

    /// The token is kept beside the state. One from the environment is kept nowhere, and a sandbox ends with its program.
    bool keeps_beside_state() const;
};

/// Reads the flags. Returns the exit code if the program should end now.
std::optional<int> read_flags(flags& to, int argc, char** argv);

} // namespace greeter_bot
