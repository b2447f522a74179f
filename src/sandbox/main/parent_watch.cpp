#include "parent_watch.hpp"

#include <poll.h>
#include <string_view>
#include <unistd.h>

namespace coauth::sandbox {

parent_signs observe_parent() noexcept
{
    // Not PR_SET_PDEATHSIG: it also signals when the parent's thread ends, and not for a parent that ended before.
    pollfd input{STDIN_FILENO, POLLRDHUP, 0};
    const bool ended = ::poll(&input, 1, 0) > 0 && (input.revents & (POLLHUP | POLLRDHUP)) != 0;
    return parent_signs(::getppid(), ended);
}

std::string_view parent_gone(const parent_signs& first, const parent_signs& now) noexcept
{
    constexpr pid_t init = 1;
    if (now.parent != first.parent || (first.parent == init && first.input_ended))
        return "the program that started it has ended";
    if (now.input_ended && !first.input_ended)
        return "its standard input has ended";
    return {};
}

} // namespace coauth::sandbox
