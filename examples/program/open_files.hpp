// Enough file descriptors to work with.
#pragma once

#include <cstddef>

namespace program {

/// Makes sure that this process can open the few files that every example needs, for which it raises its soft limit
/// if it has to. Throws as `coauth::system_failure` does if it can't: with fewer a program would start and then
/// wait for connections that can't be accepted.
void require_open_files();

/// Raises this process's limit of open files as far as it goes, and returns how many connections a server can hold then,
/// at most `wanted`: some files are left for the provider and the rest.
std::size_t connections_for(std::size_t wanted);

} // namespace program
