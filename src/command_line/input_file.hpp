// Files that a program reads as they are named on its command line.
#pragma once

#include <fstream>
#include <string>

namespace coauth::command_line {

/// Opens it to be read; it may be empty. Throws `errc::invalid_argument` that says why it can't be read, such as a folder.
std::ifstream open_file(const std::string& path);

/// All of it. Throws as `open_file`, and for an empty file.
std::string read_file(const std::string& path);

} // namespace coauth::command_line
