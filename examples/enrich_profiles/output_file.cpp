#include "enrich_profiles/output_file.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace enrich {

namespace {

constexpr std::size_t piece = 256 * 1024;

// No line of ours is longer; so a file without line ends is not read into memory.
constexpr std::size_t longest_line = 4 * 1024 * 1024;

bool is_regular(const std::string& name)
{
    struct stat s = {};
    return ::stat(name.c_str(), &s) != 0 || S_ISREG(s.st_mode);
}

} // namespace

output_file::output_file(std::string name) : name_(std::move(name)), regular_(is_regular(name_))
{
    constexpr mode_t readable_by_all = 0666; // the umask takes off what it should
    const int access = regular_ ? O_RDWR | O_CREAT : O_WRONLY;
    descriptor_ = ::open(name_.c_str(), access | O_CLOEXEC, readable_by_all);
    if (descriptor_ < 0)
        fail(errno);
    if (regular_ && ::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
        const int why = errno;
        ::close(descriptor_);
        if (why != EWOULDBLOCK)
            fail(why);
        throw coauth::error(coauth::errc::invalid_argument, "another run is writing to " + name_)
            .with_hint("wait until it has ended, or name another OUT");
    }
}

output_file::~output_file()
{
    if (descriptor_ >= 0)
        ::close(descriptor_);
}

bool output_file::read_line(std::string& line)
{
    line.clear();
    while (regular_) {
        const std::string_view rest = std::string_view(buffer_).substr(at_);
        const auto end = rest.find('\n');
        line += rest.substr(0, end);
        if (end != rest.npos) {
            at_ += end + 1;
            whole_ += line.size() + 1;
            return true;
        }
        if (line.size() > longest_line)
            throw coauth::error(coauth::errc::invalid_argument, name_ + " holds a line that this program did not write")
                .with_hint("name another OUT; nothing was changed");

        buffer_.resize(piece);
        at_ = 0;
        const auto from = static_cast<off_t>(whole_ + line.size());
        ssize_t got = 0;
        do
            got = ::pread(descriptor_, buffer_.data(), piece, from);
        while (got < 0 && errno == EINTR);
        if (got < 0)
            fail(errno);
        buffer_.resize(static_cast<std::size_t>(got));
        if (got == 0)
            return false;
    }
    return false;
}

bool output_file::same_file_as(int descriptor) const
{
    struct stat mine = {};
    struct stat other = {};
    return regular_ && ::fstat(descriptor_, &mine) == 0 && ::fstat(descriptor, &other) == 0 &&
           mine.st_dev == other.st_dev && mine.st_ino == other.st_ino;
}

void output_file::begin_appending(bool complete_last_line)
{
    if (!regular_)
        return;
    buffer_ = std::string();
    if (!complete_last_line) {
        struct stat s = {};
        if (::fstat(descriptor_, &s) != 0)
            fail(errno);
        const auto end = static_cast<off_t>(whole_);
        if (s.st_size > end && ::ftruncate(descriptor_, end) != 0)
            fail(errno);
    }
    if (::lseek(descriptor_, 0, SEEK_END) < 0)
        fail(errno);
    if (complete_last_line)
        append("\n");
}

void output_file::append(std::string_view lines)
{
    if (broken_ != 0)
        fail(broken_);
    while (!lines.empty()) {
        const ssize_t wrote = ::write(descriptor_, lines.data(), lines.size());
        if (wrote >= 0)
            lines.remove_prefix(static_cast<std::size_t>(wrote));
        else if (errno != EINTR)
            fail(broken_ = errno);
    }
}

void output_file::close()
{
    if (::close(std::exchange(descriptor_, -1)) != 0 && errno != EINTR)
        fail(errno);
}

void output_file::fail(int why) const
{
    const coauth::error e(
        coauth::errc::invalid_argument, "OUT, the file " + name_ + ", can't be written: " + std::strerror(why));
    switch (why) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        throw e.with_hint("make room and run again with the same OUT: it goes on where it stopped");
    case EPIPE:
        throw e.with_hint("who read from it has gone");
    case EACCES:
    case EROFS:
    case ENOENT:
    case EISDIR:
        throw e.with_hint("name a file in a folder where you may write");
    default:
        throw e;
    }
}

} // namespace enrich
