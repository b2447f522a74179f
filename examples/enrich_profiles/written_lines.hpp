// Finds out which inputs have a line in a file already.
#pragma once

#include "enrich_profiles/input.hpp"

#include <coauth/error.hpp>

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace enrich {

/// Matches the lines of OUT with the inputs of IN, both as they are read, in memory for `width` of each.
///
/// While a run writes, no input is asked whose number is `width` or more above that of the oldest one
/// without a line. So the line of input number n is within `width` lines of place n of OUT, wherever the
/// run was stopped, and what is further away need not be remembered. In input order `width` is 1: line n
/// is for input n.
///
/// Equal inputs are as good as each other: a line counts for the earliest of them, which keeps every
/// line as near to its input as it can be.
///
/// Throws `errc::invalid_argument` when the lines can't be those of these inputs.
class written_lines {
public:
    explicit written_lines(std::uint64_t width) : width_(width) {}

    /// The next line's input, and the next input with it, while there are lines.
    void match(std::string line, input given);

    /// The next input, after the last line.
    void match(input given);

    /// Whether there are lines whose input has not come yet: the caller reads on.
    bool owed() const noexcept { return !lines_.empty(); }

    /// The caller has no more inputs. Throws if some are owed.
    void end_of_inputs() const;

    /// The inputs given so far that have no line, in order. The caller asks them first.
    std::vector<input> missing() &&;

private:
    using by_text = std::set<std::pair<std::string, std::uint64_t>>;

    void add_line(std::string line);
    void add_input(input given);
    void check_age() const;

    const std::uint64_t width_;
    std::uint64_t lines_read_ = 0;
    std::uint64_t inputs_read_ = 0;

    // What has no partner yet, by place and by text; of equal texts the earliest comes first.
    std::map<std::uint64_t, std::string> lines_;
    by_text lines_by_text_;
    std::map<std::uint64_t, input> inputs_;
    by_text inputs_by_text_;
};

} // namespace enrich
