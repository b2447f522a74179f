// The memory on the disk.
#pragma once

#include "greeter_bot/memory.hpp"
#include "program/private_file.hpp"

namespace greeter_bot {

/// The provider's name in the state file for a sandbox inside the program: it ends with the program.
inline constexpr const char* inner_sandbox = "sandbox";

/// What the file holds; a fresh memory for `provider` if there is none. Throws `errc::store_unavailable` if
/// the file can't be used, `errc::invalid_argument` if it is of another provider.
memory load(const program::private_file& file, std::string provider);

void save(const program::private_file& file, const memory& m);

} // namespace greeter_bot
