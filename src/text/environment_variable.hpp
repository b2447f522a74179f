// A variable of the process's environment.
#pragma once

#include <cstdlib>
#include <string>

namespace coauth::text {

/// Its value, or empty if it is not set. Not safe beside a thread that changes the environment.
inline std::string environment_variable(const char* name)
{
    const char* const value = std::getenv(name);
    return value ? value : "";
}

} // namespace coauth::text
