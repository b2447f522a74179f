// Enough file descriptors to work with.
#pragma once

namespace program {

/// Makes sure that this process can open the few files that every example needs, for which it raises its soft limit
/// if it has to. Throws as `coauth::system_failure` does if it can't: with fewer a program would start and then
/// wait for connections that can't be accepted.
void require_open_files();

} // namespace program
