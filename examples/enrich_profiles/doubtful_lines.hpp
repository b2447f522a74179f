// Failures that may be about one input or about every input, until other requests tell.
#pragma once

#include "enrich_profiles/output_line.hpp"

#include <coauth/error.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace enrich {

/// Lines that say "failed" for `failure_scope::unclear`, held until it is known that others succeed: then they are
/// written. If none does, nothing is written off.
///
/// Requests are known by the ticket of their first input; tickets grow.
class doubtful_lines {
public:
    /// So many requests that fail one after the other are no coincidence.
    static constexpr std::size_t most_failures = 3;

    using held_lines = std::vector<std::pair<std::uint64_t, output_line>>; ///< By ticket.

    /// A request brought nothing but failures. `next_ticket`: of the first input that is not asked yet. `own`: false if
    /// these are failures of other requests; then it is not counted.
    void failed(held_lines lines, const coauth::error& why, std::uint64_t next_ticket, bool own = true);

    /// The request that begins with `ticket` brought something. Returns the lines of those that had failed before it
    /// was asked.
    held_lines succeeded(std::uint64_t ticket);

    /// Nothing is asked any more. Returns the lines that are held if any request has succeeded at all.
    held_lines ended();

    /// Nothing is written.
    void drop() noexcept { failures_.clear(); }

    bool empty() const noexcept { return failures_.empty(); }

    /// Requests that failed since the last one that succeeded.
    std::size_t in_a_row() const noexcept { return in_a_row_; }

    /// Of the latest request that failed.
    const coauth::error& last_error() const noexcept { return last_error_; }

private:
    struct failure {
        held_lines lines;
        std::uint64_t next_ticket = 0;
    };

    std::vector<failure> failures_;
    std::size_t in_a_row_ = 0;
    bool any_success_ = false;
    coauth::error last_error_;
};

} // namespace enrich
