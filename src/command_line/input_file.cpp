#include "command_line/input_file.hpp"

#include <coauth/error.hpp>

#include <cerrno>
#include <cstring>
#include <sstream>
#include <utility>

namespace coauth::command_line {

namespace {

[[noreturn]] void fail(const std::string& path, int reason)
{
    throw error(errc::invalid_argument, "the file " + path + " can't be read: " + std::strerror(reason));
}

} // namespace

std::ifstream open_file(const std::string& path)
{
    errno = 0;
    std::ifstream in(path, std::ios::binary);
    in.peek(); // a folder can be opened, but not read
    if (!in.is_open() || in.bad())
        fail(path, errno);
    in.clear();
    return in;
}

std::string read_file(const std::string& path)
{
    std::ifstream in = open_file(path);
    if (in.peek() == std::ifstream::traits_type::eof())
        throw error(errc::invalid_argument, "the file " + path + " is empty");
    errno = 0;
    std::ostringstream text;
    text << in.rdbuf();
    if (!text || in.bad())
        fail(path, errno);
    return std::move(text).str();
}

} // namespace coauth::command_line
