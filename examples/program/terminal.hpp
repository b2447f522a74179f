// Reads what a user types, without blocking the loop.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>

namespace program {

/// One line of stdin without its end; nothing at the end of the input. Honours cancellation.
boost::asio::awaitable<std::optional<std::string>> read_stdin_line();

} // namespace program
