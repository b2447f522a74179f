#include "enrich_profiles/replacement_file.hpp"

#include "enrich_profiles/file_error.hpp"
#include "program/file_system.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <memory>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace enrich {

namespace {

constexpr std::size_t chunk = 256 * 1024;

struct free_text {
    void operator()(char* text) const noexcept { std::free(text); }
};

// Empty, with `errno`, if there is no such file.
std::string path_of(const std::string& name)
{
    const std::unique_ptr<char, free_text> path(::realpath(name.c_str(), nullptr));
    return path ? path.get() : std::string();
}

std::string without_links(const std::string& name)
{
    std::string path = path_of(name);
    if (path.empty())
        throw file_error(name, "replaced", errno);
    return path;
}

constexpr const char* ending = ".retry-failed";

} // namespace

replacement_file::replacement_file(existing, const std::string& name, int original)
    : path_(without_links(name)), draft_(path_ + ending), original_(original)
{}

replacement_file::replacement_file(const std::string& name, int original) : replacement_file(existing(), name, original)
{
    // OUT is locked, so no run is writing to this.
    if (::unlink(draft_.c_str()) != 0 && errno != ENOENT)
        fail(errno);
    constexpr mode_t owner_only = 0600; // until it has the old file's owner
    descriptor_ = ::open(draft_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, owner_only);
    if (descriptor_ < 0)
        fail(errno);
    made_ = true;
    lock();
}

std::unique_ptr<replacement_file> replacement_file::left_behind(const std::string& name, int original)
{
    std::unique_ptr<replacement_file> found(new replacement_file(existing(), name, original));
    // Not blocking, lest a pipe of that name hold the program up.
    found->descriptor_ = ::open(found->draft_.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    struct stat s = {};
    if (found->descriptor_ < 0 || ::fstat(found->descriptor_, &s) != 0)
        return nullptr;
    const bool for_owner_only = (s.st_mode & (S_IWGRP | S_IWOTH)) == 0;
    if (!S_ISREG(s.st_mode) || s.st_uid != ::geteuid() || s.st_nlink != 1 || !for_owner_only)
        return nullptr;
    found->lock();
    return found;
}

bool replacement_file::has_place_of(const std::string& name, int descriptor)
{
    const std::string path = path_of(name);
    struct stat opened = {};
    struct stat named = {};
    return !path.empty() && ::fstat(descriptor, &opened) == 0 && ::stat((path + ending).c_str(), &named) == 0 &&
           opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

void replacement_file::lock()
{
    if (::flock(descriptor_, LOCK_EX | LOCK_NB) == 0)
        return;
    const int reason = errno;
    ::close(std::exchange(descriptor_, -1));
    if (made_)
        ::unlink(draft_.c_str());
    fail(reason);
}

replacement_file::~replacement_file()
{
    if (descriptor_ < 0)
        return;
    ::close(descriptor_);
    if (made_)
        ::unlink(draft_.c_str());
}

void replacement_file::fail(int reason) const
{
    const coauth::error e = file_error(path_, "replaced by " + draft_, reason);
    if (reason == ENOSPC || reason == EDQUOT || reason == EFBIG)
        throw e.with_hint("OUT is as it was; make room for a second file of its size and run again");
    throw e.with_hint("OUT is as it was; --retry-failed writes a new file beside it, in a folder where this user may "
                      "write");
}

void replacement_file::keep_until(std::uint64_t end, std::uint64_t original_end)
{
    const auto length = static_cast<off_t>(end);
    if (::ftruncate(descriptor_, length) != 0 || ::lseek(descriptor_, length, SEEK_SET) < 0)
        fail(errno);
    copied_ = original_end;
}

void replacement_file::copy_until(std::uint64_t end)
{
    std::string text;
    while (copied_ < end) {
        text.resize(static_cast<std::size_t>(std::min<std::uint64_t>(chunk, end - copied_)));
        const ssize_t got = ::pread(original_, text.data(), text.size(), static_cast<off_t>(copied_));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            broken_ = got < 0 ? errno : EIO; // the file has become shorter
            fail(broken_);
        }
        append(std::string_view(text).substr(0, static_cast<std::size_t>(got)));
        copied_ += static_cast<std::uint64_t>(got);
    }
}

void replacement_file::append(std::string_view text)
{
    if (broken_ == 0)
        broken_ = program::write_all(descriptor_, text);
    if (broken_ != 0)
        fail(broken_);
}

// As far as this user may. Rights of a group that the file can't be given to are left out.
void replacement_file::take_owner_and_mode()
{
    struct stat s = {};
    if (::fstat(original_, &s) != 0)
        fail(errno);
    mode_t mode = s.st_mode & (S_IRWXU | S_IRWXG | S_IRWXO);
    if (::fchown(descriptor_, s.st_uid, s.st_gid) != 0 && ::fchown(descriptor_, static_cast<uid_t>(-1), s.st_gid) != 0)
        mode &= ~static_cast<mode_t>(S_IRWXG);
    if (::fchmod(descriptor_, mode) != 0)
        fail(errno);
}

int replacement_file::put_in_place()
{
    struct stat s = {};
    if (::fstat(original_, &s) != 0)
        fail(errno);
    copy_until(static_cast<std::uint64_t>(s.st_size));
    take_owner_and_mode();
    if (::fsync(descriptor_) != 0 || ::rename(draft_.c_str(), path_.c_str()) != 0)
        fail(errno);
    return std::exchange(descriptor_, -1);
}

void replacement_file::make_durable()
{
    if (const int reason = program::sync_folder_of(path_))
        throw file_error(path_, "replaced for good", reason);
}

} // namespace enrich
