#include "command_line/output.hpp"

#include <coauth/error.hpp>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <iostream>
#include <unistd.h>
#include <utility>

namespace coauth::command_line {

namespace {

[[noreturn]] void fail(int reason)
{
    std::string text = "stdout can't be written";
    if (reason != 0)
        text += std::string(": ") + std::strerror(reason);
    throw error(errc::invalid_argument, std::move(text))
        .with_hint(reason == EPIPE ? "keep what reads the output open until this program has ended"
                                   : "send the output to a file or pipe that is open and has room");
}

} // namespace

void print(std::string_view text)
{
    errno = 0;
    std::cout << text;
    flush_output();
}

void flush_output()
{
    std::cout.flush();
    if (!std::cout)
        fail(errno);
}

void prepare_standard_streams()
{
    // The wrong way round: stdin to write only, the others to read only.
    for (int number = STDIN_FILENO; number <= STDERR_FILENO; ++number)
        if (::fcntl(number, F_GETFD) < 0)
            ::open("/dev/null", number == STDIN_FILENO ? O_WRONLY : O_RDONLY);
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
}

} // namespace coauth::command_line
