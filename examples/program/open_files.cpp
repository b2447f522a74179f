#include "program/open_files.hpp"

#include <coauth/system_failure.hpp>

#include <cerrno>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>
#include <vector>

namespace program {

namespace {

// The event loop 3, signals 2, the sandbox's two listeners, a callback's, two connections with both their ends, and
// what is read or written meanwhile.
constexpr std::size_t needed = 14;

// 0, or why so many files can't be open at once.
int try_to_open(std::size_t count)
{
    std::vector<int> opened;
    opened.reserve(count);
    int failure = 0;
    while (failure == 0 && opened.size() < count) {
        const int next = ::open("/", O_RDONLY | O_CLOEXEC);
        if (next < 0)
            failure = errno;
        else
            opened.push_back(next);
    }
    for (const int each : opened)
        ::close(each);
    return failure;
}

} // namespace

void require_open_files()
{
    int failure = try_to_open(needed);
    rlimit limit{};
    if (failure == EMFILE && ::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        if (::setrlimit(RLIMIT_NOFILE, &limit) == 0)
            failure = try_to_open(needed);
    }
    if (failure != 0)
        throw coauth::system_failure("starting the program", {failure, boost::system::system_category()});
}

} // namespace program
