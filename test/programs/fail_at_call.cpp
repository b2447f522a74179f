// Preloaded into a program: makes its n-th call of one function fail, as the kernel might. FAIL_CALL names the
// function, FAIL_NTH is n (1 is the first), FAIL_ERRNO the error number.

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>
#include <utility>

namespace {

// The error number if this call is to fail, else 0.
int failure_of(const char* name)
{
    static const char* const call = std::getenv("FAIL_CALL");
    static long left = std::atol(std::getenv("FAIL_NTH"));
    if (!call || std::strcmp(call, name) != 0 || --left != 0)
        return 0;
    return std::atoi(std::getenv("FAIL_ERRNO"));
}

template <class Function, class... Arguments>
auto call(const char* name, Arguments... arguments)
{
    using result = decltype(std::declval<Function*>()(arguments...));
    if (const int failure = failure_of(name)) {
        errno = failure;
        return static_cast<result>(-1);
    }
    return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name))(arguments...);
}

} // namespace

extern "C" {

int epoll_create1(int flags) noexcept
{
    return call<int(int)>("epoll_create1", flags);
}

int epoll_ctl(int epoll, int operation, int fd, epoll_event* event) noexcept
{
    return call<int(int, int, int, epoll_event*)>("epoll_ctl", epoll, operation, fd, event);
}

int pipe(int* fds) noexcept
{
    return call<int(int*)>("pipe", fds);
}

int pipe2(int* fds, int flags) noexcept
{
    return call<int(int*, int)>("pipe2", fds, flags);
}

int eventfd(unsigned value, int flags) noexcept
{
    return call<int(unsigned, int)>("eventfd", value, flags);
}

int timerfd_create(int clock, int flags) noexcept
{
    return call<int(int, int)>("timerfd_create", clock, flags);
}

int socket(int family, int type, int protocol) noexcept
{
    return call<int(int, int, int)>("socket", family, type, protocol);
}

int listen(int fd, int backlog) noexcept
{
    return call<int(int, int)>("listen", fd, backlog);
}

int getsockname(int fd, sockaddr* address, socklen_t* size) noexcept
{
    return call<int(int, sockaddr*, socklen_t*)>("getsockname", fd, address, size);
}

int dup(int fd) noexcept
{
    return call<int(int)>("dup", fd);
}

ssize_t getrandom(void* bytes, size_t size, unsigned flags)
{
    return call<ssize_t(void*, size_t, unsigned)>("getrandom", bytes, size, flags);
}

// OpenSSL's way to the same.
int getentropy(void* bytes, size_t size)
{
    return call<int(void*, size_t)>("getentropy", bytes, size);
}

int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*start)(void*), void* argument) noexcept
{
    if (const int failure = failure_of("pthread_create"))
        return failure;
    using function = int(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);
    return reinterpret_cast<function*>(::dlsym(RTLD_NEXT, "pthread_create"))(thread, attributes, start, argument);
}
}
