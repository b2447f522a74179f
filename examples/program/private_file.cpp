#include "program/private_file.hpp"

#include "program/file_system.hpp"

#include <coauth/error.hpp>
#include <coauth/system_failure.hpp>

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace program {

namespace {

constexpr mode_t owner_only = 0600;

class descriptor {
public:
    descriptor(const std::string& path, int flags) : fd_(::open(path.c_str(), flags | O_CLOEXEC, owner_only)) {}
    ~descriptor() { close(); }

    descriptor(const descriptor&) = delete;
    descriptor& operator=(const descriptor&) = delete;

    explicit operator bool() const noexcept { return fd_ >= 0; }
    int get() const noexcept { return fd_; }
    int release() noexcept { return std::exchange(fd_, -1); }
    bool close() noexcept
    {
        const int fd = release();
        return fd < 0 || ::close(fd) == 0;
    }

private:
    int fd_;
};

coauth::error refusal(const std::string& path, const std::string& why, std::string hint)
{
    return coauth::error(coauth::errc::store_unavailable, "the file " + path + ' ' + why).with_hint(std::move(hint));
}

[[noreturn]] void fail(const std::string& path, const char* verb, int number)
{
    const boost::system::error_code reason(number, boost::system::system_category());
    std::string hint(coauth::shortage_hint(reason));
    if (hint.empty())
        hint = "check that its folder exists, that this user may write there, and that the disk is not full";
    throw refusal(path, std::string("can't be ") + verb + ": " + reason.message(), std::move(hint));
}

void check(const std::string& path, const struct stat& s)
{
    constexpr off_t largest = 4 * 1024 * 1024;
    if (!S_ISREG(s.st_mode))
        throw refusal(path, "is not a plain file", "name another one");
    if (s.st_uid != ::geteuid())
        throw refusal(path, "belongs to another user", "name a file of your own");
    if ((s.st_mode & 077) != 0)
        throw refusal(path, "holds a token and is open to other users",
            "run chmod 600 on it; if other users may have read it, withdraw the token at the provider as well");
    if (s.st_size > largest)
        throw refusal(path, "is far too large for what it should hold", "name another one");
}

} // namespace

private_file::private_file(std::string path) : path_(std::move(path))
{
    const std::string lock_path = path_ + ".lock";
    descriptor lock(lock_path, O_RDWR | O_CREAT | O_NOFOLLOW);
    if (!lock)
        fail(lock_path, "opened", errno);
    if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK)
            fail(lock_path, "locked", errno);
        throw refusal(path_, "is in use by another process", "wait for it to end, or name another file");
    }
    lock_ = lock.release();
}

private_file::~private_file()
{
    ::close(lock_);
}

std::optional<std::string> private_file::read() const
{
    // Not blocking, lest a pipe of that name hold the program up.
    const descriptor file(path_, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    if (!file && errno == ENOENT)
        return std::nullopt;
    if (!file && errno == ELOOP)
        throw refusal(path_, "is a link", "name the file itself");
    struct stat s = {};
    if (!file || ::fstat(file.get(), &s) != 0)
        fail(path_, "read", errno);
    check(path_, s);

    std::string text;
    std::array<char, 16 * 1024> piece;
    for (;;) {
        const auto got = ::read(file.get(), piece.data(), piece.size());
        if (got < 0 && errno != EINTR)
            fail(path_, "read", errno);
        if (got == 0)
            return text;
        if (got > 0)
            text.append(piece.data(), static_cast<std::size_t>(got));
    }
}

void private_file::write(std::string_view text) const
{
    // The lock is held, so a file that is there is what a killed process left behind.
    const std::string draft = path_ + ".new";
    ::unlink(draft.c_str());
    descriptor file(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW);
    if (!file)
        fail(draft, "written", errno);
    if (const int reason = write_all(file.get(), text))
        fail(draft, "written", reason);
    if (::fsync(file.get()) != 0 || !file.close())
        fail(draft, "written", errno);
    if (::rename(draft.c_str(), path_.c_str()) != 0)
        fail(path_, "replaced", errno);
    if (const int reason = sync_folder_of(path_))
        fail(path_, "replaced for good", reason);
}

} // namespace program
