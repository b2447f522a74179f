// What the main() of every example does: flags, signals, exit codes.
#pragma once

#include <coauth/error.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include <functional>
#include <optional>
#include <string>

namespace CLI {
class App;
}

namespace program {

/// Exit codes of every example (130 and 143 after SIGINT and SIGTERM come beside these).
inline constexpr int done = 0;
inline constexpr int failed = 1; ///< Also if something could not be written to stdout.
inline constexpr int wrong_usage = 2;

/// The whole of main(): prepares the standard streams, calls `body` and returns its exit code. What `body` throws
/// is reported as `report` does, with `json` as it is then; so is output that was lost on the way to stdout.
/// Nothing leaves by exception.
int guard(const bool& json, const std::function<int()>& body) noexcept;

/// The exception that is handled, as an error: what the system refuses and a lack of memory have a hint, and what is no
/// error of the system is an internal one. Throws `std::bad_alloc`.
coauth::error current_error();

/// The error of a lack of memory.
coauth::error out_of_memory();

/// Reads the flags. Returns the exit code if the program should end now (--help, --version, wrong usage). For --help:
/// `example`: commands, one a line; `failure`: what exit code 1 means.
std::optional<int> parse_flags(CLI::App& app, int argc, char** argv, std::string example,
    const std::string& failure = "an error, which standard error reports");

/// Says on stderr what is wrong with flags that do not go together, and returns the exit code.
int misused(const CLI::App& app, const std::string& fault);

/// Runs `work` on `io` until it ends and returns its exit code. A SIGINT or SIGTERM cancels it; after a
/// second one nothing is waited for. `threads` run the context; `work` has a strand of its own.
/// What `work` throws is reported. Throws what the operating system refuses, such as a signal handler.
int run(boost::asio::io_context& io, bool json, boost::asio::awaitable<int> work, unsigned threads = 1);

/// Prints an error and returns the exit code: with `json` as a line on stdout, else, or if that can't be written, for
/// users on stderr.
int report(const coauth::error& e, bool json);

/// The value of an environment variable, or empty.
std::string environment(const char* name);

} // namespace program
