#include "output.hpp"

#include <coauth/error.hpp>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <iostream>
#include <unistd.h>

namespace coauth::sandbox {

void prepare_standard_streams()
{
    // The wrong way round: stdin to write only, the others to read only.
    for (int number = STDIN_FILENO; number <= STDERR_FILENO; ++number)
        if (::fcntl(number, F_GETFD) < 0)
            ::open("/dev/null", number == STDIN_FILENO ? O_WRONLY : O_RDONLY);
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
}

void check_output()
{
    std::cout.flush();
    if (std::cout)
        return;
    const int reason = errno;
    throw error(errc::invalid_argument,
        std::string("stdout can't be written") + (reason != 0 ? std::string(": ") + std::strerror(reason) : ""))
        .with_hint("keep it open, and send it where there is room");
}

} // namespace coauth::sandbox
