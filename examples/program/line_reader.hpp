// Reads lines of bounded length, so that a file of any size is read in constant memory.
#pragma once

#include <cstddef>
#include <istream>
#include <string>

namespace program {

/// Reads one line into `line`, without its end ("\n" or "\r\n"). Returns false at the end of the input.
/// Of a line over `longest` octets the rest is skipped, and `too_long` is set.
inline bool read_line(std::istream& in, std::string& line, bool& too_long, std::size_t longest = 1024 * 1024)
{
    line.clear();
    too_long = false;
    auto* const buffer = in.rdbuf();
    constexpr int end = std::char_traits<char>::eof();
    bool any = false;
    for (int c = buffer->sbumpc(); c != end; c = buffer->sbumpc()) {
        any = true;
        if (c == '\n')
            break;
        if (line.size() < longest)
            line += static_cast<char>(c);
        else
            too_long = true;
    }
    if (!line.empty() && line.back() == '\r')
        line.pop_back();
    return any;
}

} // namespace program
