#include "program/terminal.hpp"

#include <coauth/system_failure.hpp>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cerrno>
#include <iostream>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>

namespace program {

namespace asio = boost::asio;

namespace {

// A file or /dev/null is always ready, and epoll refuses to watch it.
bool never_blocks(int fd)
{
    struct stat s = {};
    return fstat(fd, &s) == 0 && (S_ISREG(s.st_mode) || (S_ISCHR(s.st_mode) && !isatty(fd)));
}

} // namespace

asio::awaitable<std::optional<std::string>> read_stdin_line()
{
    std::string line;
    if (never_blocks(STDIN_FILENO)) {
        if (!std::getline(std::cin, line))
            co_return std::nullopt;
        co_return line;
    }

    auto executor = co_await asio::this_coro::executor;
    const int copy = ::dup(STDIN_FILENO);
    if (copy < 0)
        throw coauth::system_failure("reading stdin", {errno, boost::system::system_category()});
    asio::posix::stream_descriptor input(executor, copy);
    for (;;) {
        char c = 0;
        boost::system::error_code ec;
        const std::size_t got =
            co_await input.async_read_some(asio::buffer(&c, 1), asio::redirect_error(asio::use_awaitable, ec));
        if (ec == asio::error::operation_aborted)
            throw boost::system::system_error(ec);
        if (got == 0 && line.empty())
            co_return std::nullopt;
        if (got == 0 || c == '\n')
            break;
        line += c;
    }
    if (!line.empty() && line.back() == '\r')
        line.pop_back();
    co_return line;
}

} // namespace program
