// Reads what a user types, without blocking the loop.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <string>

namespace program {

/// One line of stdin without its end; empty at the end of the input. Honours cancellation.
boost::asio::awaitable<std::string> read_stdin_line();

} // namespace program
