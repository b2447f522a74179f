#include "login_load/descriptors.hpp"

#include <algorithm>
#include <iostream>
#include <sys/resource.h>

namespace login_load {

std::size_t room_for(std::size_t wanted)
{
    constexpr std::size_t own = 32; // standard streams, the reactor's, the CA file
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
    ::getrlimit(RLIMIT_NOFILE, &limit);
    const std::size_t room = limit.rlim_cur > own ? limit.rlim_cur - own : 1;
    if (room < wanted)
        std::cerr << "login_load: wanted are " << wanted << " connections; the hard limit of file descriptors is "
                  << limit.rlim_max << ", so there will be " << room << '\n';
    return std::min(room, wanted);
}

} // namespace login_load
