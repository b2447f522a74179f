#include "login_server/open_files.hpp"

#include <algorithm>
#include <sys/resource.h>

namespace login_server {

namespace {

// Connections to the provider, those of the sandbox inside, listeners, standard streams.
constexpr std::size_t other_files = 2'500;

} // namespace

std::size_t connections_for(std::size_t wanted)
{
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return std::min<std::size_t>(wanted, 512);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    getrlimit(RLIMIT_NOFILE, &limit);
    const auto files = static_cast<std::size_t>(limit.rlim_cur);
    const std::size_t left = files > 2 * other_files ? files - other_files : files / 2;
    return std::clamp<std::size_t>(left, 1, wanted);
}

} // namespace login_server
