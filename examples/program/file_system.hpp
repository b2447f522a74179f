// What writing a file safely takes of the system, once.
#pragma once

#include <string>
#include <string_view>

namespace program {

/// Writes all of `text`. Returns 0 or the `errno`.
int write_all(int descriptor, std::string_view text) noexcept;

/// Puts the folder of a file on the disk, and so the names in it. Returns 0 or the `errno`.
int sync_folder_of(const std::string& path);

} // namespace program
