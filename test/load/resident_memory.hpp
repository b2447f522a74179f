// What this process holds in memory.
#pragma once

#include <cstddef>
#include <fstream>
#include <malloc.h>
#include <string>

namespace coauth::testing {

/// Bytes, after what was freed has been given back.
inline std::size_t resident_bytes()
{
    malloc_trim(0);
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("VmRSS:"))
            return std::stoul(line.substr(6)) * 1024;
    return 0;
}

} // namespace coauth::testing
