// How many connections this process may hold.
#pragma once

#include <cstddef>

namespace login_load {

/// Raises the soft limit of file descriptors to the hard one, and says how many connections fit.
/// If fewer than `wanted`, says so on stderr.
std::size_t room_for(std::size_t wanted);

} // namespace login_load
