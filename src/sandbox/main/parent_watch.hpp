// Whether the program that started this one is still there.
#pragma once

#include <string_view>
#include <sys/types.h>

namespace coauth::sandbox {

/// What shows whether the parent is there.
struct parent_signs {
    parent_signs() = default;
    parent_signs(pid_t parent, bool input_ended) : parent(parent), input_ended(input_ended) {}

    pid_t parent = 0;         ///< 0: outside this process namespace, where it can't be seen.
    bool input_ended = false; ///< Stdin is a pipe, socket or terminal whose other end has gone.
};

/// As they are now. Reads nothing from stdin, which may be the parent's own.
parent_signs observe_parent() noexcept;

/// Why this program should end, or empty. `first` are the signs at the start.
///
/// A stdin that had ended before the start is not the parent's: CI runners give such a one to all they start. With
/// it and init as the parent, though, the parent has gone before it could be seen.
std::string_view parent_gone(const parent_signs& first, const parent_signs& now) noexcept;

} // namespace coauth::sandbox
