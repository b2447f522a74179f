// Preloaded into a program: kills it, as `kill -9` would, just before or just after its n-th call that
// the outside can notice. DIE_AT=0, 1, 2, ... are these moments in turn: even ones before a call, odd
// ones after it.

#include <csignal>
#include <cstdlib>
#include <dlfcn.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

void moment()
{
    static const char* const wanted = std::getenv("DIE_AT");
    static long left = wanted ? std::atol(wanted) : -1;
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

int rename(const char* old_path, const char* new_path) noexcept
{
    return watched<int(const char*, const char*)>("rename", old_path, new_path);
}

ssize_t write(int fd, const void* data, size_t size)
{
    return watched<ssize_t(int, const void*, size_t)>("write", fd, data, size);
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
