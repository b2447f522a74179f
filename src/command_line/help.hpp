// What a program says of its flags: --help in plain words, and for a misspelt flag the nearest one.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}

namespace coauth::command_line {

/// No line of the help is longer.
inline constexpr std::size_t help_width = 100;

/// Gives `app` a --help of at most `help_width` columns: its description, the flags with their values, ranges and
/// defaults in words, then `example` (one command a line) and `exit_codes`. Complaints of the parser become one line
/// and the name of --help; an unknown flag is named as it was typed, without what follows its "=", beside the
/// nearest flag of `app`.
///
/// What a flag's value is called is its type name: "N", "FILE". Ranges and choices are read from CLI11's own checks,
/// defaults from `capture_default_str`; leave both out of the descriptions.
void set_up_help(CLI::App& app, std::string example, std::string exit_codes);

/// After a parse that succeeded: what is wrong with a positional argument that looks like a flag ("---help"), as the
/// parser's complaints say it; empty if there is none. "-" and numbers are arguments.
std::string mistaken_flag(const CLI::App& app);

/// The flag of `known` ("--users") that `typed` most likely stands for; empty if none is near.
std::string nearest_flag(std::string_view typed, const std::vector<std::string>& known);

} // namespace coauth::command_line
