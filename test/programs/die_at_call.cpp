// Preloaded into a program: kills it, as `kill -9` would, just before or just after its n-th call that
// the outside can notice. DIE_AT=0, 1, 2, ... are these moments in turn: even ones before a call, odd
// ones after it.

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <dlfcn.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

void moment()
{
    static const char* const wanted = std::getenv("DIE_AT");
    static std::atomic<long> left{wanted ? std::atol(wanted) : -1};
    if (left-- == 0)
        ::kill(::getpid(), SIGKILL);
}

template <class Function, class... Arguments>
auto watched(const char* name, Arguments... arguments)
{
    const auto real = reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
    moment();
    const auto result = real(arguments...);
    moment();
    return result;
}

} // namespace

extern "C" {

int fsync(int fd)
{
    return watched<int(int)>("fsync", fd);
}

int fdatasync(int fd)
{
    return watched<int(int)>("fdatasync", fd);
}

int ftruncate64(int fd, off64_t size) noexcept
{
    return watched<int(int, off64_t)>("ftruncate64", fd, size);
}

int unlink(const char* path) noexcept
{
    return watched<int(const char*)>("unlink", path);
}

int mknod(const char* path, mode_t mode, dev_t device) noexcept
{
    return watched<int(const char*, mode_t, dev_t)>("mknod", path, mode, device);
}

int rename(const char* old_path, const char* new_path) noexcept
{
    return watched<int(const char*, const char*)>("rename", old_path, new_path);
}

ssize_t write(int fd, const void* data, size_t size)
{
    return watched<ssize_t(int, const void*, size_t)>("write", fd, data, size);
}

ssize_t pwrite64(int fd, const void* data, size_t size, off64_t offset)
{
    return watched<ssize_t(int, const void*, size_t, off64_t)>("pwrite64", fd, data, size, offset);
}

ssize_t send(int fd, const void* data, size_t size, int flags)
{
    return watched<ssize_t(int, const void*, size_t, int)>("send", fd, data, size, flags);
}

ssize_t sendmsg(int fd, const msghdr* message, int flags)
{
    return watched<ssize_t(int, const msghdr*, int)>("sendmsg", fd, message, flags);
}
}
