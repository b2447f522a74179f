#include "enrich_profiles/line_scanner.hpp"

#include "enrich_profiles/file_error.hpp"

#include <cerrno>
#include <string_view>
#include <unistd.h>

namespace enrich {

namespace {

constexpr std::size_t piece = 256 * 1024;

// No line of ours is longer; so a file without line ends is not read into memory.
constexpr std::size_t longest_line = 4 * 1024 * 1024;

} // namespace

bool line_scanner::next(std::string& line)
{
    line.clear();
    while (!ended_) {
        const std::string_view rest = std::string_view(buffer_).substr(at_);
        const auto end = rest.find('\n');
        line += rest.substr(0, end);
        if (end != rest.npos) {
            at_ += end + 1;
            position_ += line.size() + 1;
            return true;
        }
        if (line.size() > longest_line)
            throw coauth::error(coauth::errc::invalid_argument, name_ + " holds a line that this program did not write")
                .with_hint("name another OUT; nothing was changed");

        buffer_.resize(piece);
        at_ = 0;
        const auto begin = static_cast<off_t>(position_ + line.size());
        ssize_t got = 0;
        do
            got = ::pread(descriptor_, buffer_.data(), piece, begin);
        while (got < 0 && errno == EINTR);
        buffer_.resize(static_cast<std::size_t>(got < 0 ? 0 : got));
        if (got < 0)
            throw file_error(name_, "read", errno);
        ended_ = got == 0;
    }
    return false;
}

} // namespace enrich
