#include "enrich_profiles/output_file.hpp"

#include "enrich_profiles/file_error.hpp"
#include "enrich_profiles/replacement_file.hpp"
#include "program/file_system.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace enrich {

namespace {

bool is_regular(const std::string& name)
{
    struct stat s = {};
    return ::stat(name.c_str(), &s) != 0 || S_ISREG(s.st_mode);
}

// Another run may have replaced the file between its opening and its locking.
bool has_name(int descriptor, const std::string& name)
{
    struct stat opened = {};
    struct stat named = {};
    return ::fstat(descriptor, &opened) == 0 && ::stat(name.c_str(), &named) == 0 && opened.st_dev == named.st_dev &&
           opened.st_ino == named.st_ino;
}

} // namespace

output_file::output_file(std::string name) : name_(std::move(name)), regular_(is_regular(name_))
{
    open();
    while (regular_ && !has_name(descriptor_, name_)) {
        ::close(std::exchange(descriptor_, -1));
        open();
    }
    lines_.emplace(descriptor_, name_);
    if (!regular_)
        lines_->end();
}

void output_file::open()
{
    constexpr mode_t readable_by_all = 0666; // the umask takes off what it should
    const int access = regular_ ? O_RDWR | O_CREAT : O_WRONLY;
    descriptor_ = ::open(name_.c_str(), access | O_CLOEXEC, readable_by_all);
    if (descriptor_ < 0)
        throw file_error(name_, "written", errno);
    if (regular_ && ::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
        const int reason = errno;
        ::close(std::exchange(descriptor_, -1));
        if (reason != EWOULDBLOCK)
            throw file_error(name_, "written", reason);
        throw coauth::error(coauth::errc::invalid_argument, "another run is writing to " + name_)
            .with_hint("wait until it has ended, or name another OUT");
    }
}

output_file::~output_file()
{
    if (descriptor_ >= 0)
        ::close(descriptor_);
}

bool output_file::same_file_as(int descriptor) const
{
    struct stat mine = {};
    struct stat other = {};
    return regular_ && ::fstat(descriptor_, &mine) == 0 && ::fstat(descriptor, &other) == 0 &&
           mine.st_dev == other.st_dev && mine.st_ino == other.st_ino;
}

std::optional<std::uint64_t> output_file::size() const
{
    struct stat s = {};
    if (!regular_ || ::fstat(descriptor_, &s) != 0)
        return std::nullopt;
    return static_cast<std::uint64_t>(s.st_size);
}

void output_file::begin_appending(bool complete_last_line)
{
    if (!regular_)
        return;
    const auto whole = static_cast<off_t>(lines_->position());
    lines_->end();
    if (!complete_last_line) {
        struct stat s = {};
        if (::fstat(descriptor_, &s) != 0)
            throw file_error(name_, "written", errno);
        if (s.st_size > whole && ::ftruncate(descriptor_, whole) != 0)
            throw file_error(name_, "written", errno);
    }
    if (::lseek(descriptor_, 0, SEEK_END) < 0)
        throw file_error(name_, "written", errno);
    if (complete_last_line)
        append("\n");
}

void output_file::append(std::string_view lines)
{
    if (broken_ == 0)
        broken_ = program::write_all(descriptor_, lines);
    if (broken_ != 0)
        throw file_error(name_, "written", broken_);
}

void output_file::replace_by(replacement_file& replacement)
{
    const int replaced = std::exchange(descriptor_, replacement.put_in_place());
    ::close(replaced);
    replacement.make_durable();
}

void output_file::close()
{
    if (::close(std::exchange(descriptor_, -1)) != 0 && errno != EINTR)
        throw file_error(name_, "written", errno);
}

} // namespace enrich
