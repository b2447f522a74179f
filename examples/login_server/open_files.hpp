// How many connections this process can hold.
#pragma once

#include <cstddef>

namespace login_server {

/// Raises this process's limit of open files as far as it goes, and returns how many connections it
/// can serve then, at most `wanted`: some files are left for the provider and the rest.
std::size_t connections_for(std::size_t wanted);

} // namespace login_server
