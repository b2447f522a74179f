#include "program/open_files.hpp"

#include <coauth/system_failure.hpp>

#include <algorithm>
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

// The soft limit as high as it goes. False if it can't be read.
bool raise_limit(rlimit& limit)
{
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return false;
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
    return ::getrlimit(RLIMIT_NOFILE, &limit) == 0;
}

// A server's beside its connections: those to the provider, those of the sandbox inside, listeners, standard streams.
constexpr std::size_t other_files = 2'500;

} // namespace

void require_open_files()
{
    int failure = try_to_open(needed);
    rlimit limit{};
    if (failure == EMFILE && raise_limit(limit))
        failure = try_to_open(needed);
    if (failure != 0)
        throw coauth::system_failure("starting the program", {failure, boost::system::system_category()});
}

std::size_t connections_for(std::size_t wanted)
{
    rlimit limit{};
    if (!raise_limit(limit))
        return std::min<std::size_t>(wanted, 512);
    const auto files = static_cast<std::size_t>(limit.rlim_cur);
    const std::size_t left = files > 2 * other_files ? files - other_files : files / 2;
    return std::clamp<std::size_t>(left, 1, wanted);
}

} // namespace program
