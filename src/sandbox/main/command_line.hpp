// The flags of coauth-sandbox as the library's options.
#pragma once

#include <coauth/sandbox/provider.hpp>

#include <optional>
#include <string>

namespace coauth::sandbox {

struct command_line {
    command_line() = default;

    sandbox::options options; ///< Without the log.
    std::string log_file;     ///< Empty: stderr.
    bool exit_with_parent = false;

    std::optional<int> exit_code; ///< Set if there is nothing to run: help, version, wrong usage.
};

/// Prints help and version to stdout and complaints to stderr. Wrong usage is exit code 2. Throws
/// `errc::invalid_argument` for a file that can't be read.
command_line parse_command_line(int argc, char** argv);

} // namespace coauth::sandbox
