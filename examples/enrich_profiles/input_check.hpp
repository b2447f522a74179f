// Whether IN can be what the job takes it for, judged by its first inputs.
#pragma once

#include "enrich_profiles/input.hpp"

#include <coauth/error.hpp>

#include <cstdint>
#include <string>

namespace enrich {

/// Counts which of the first 1 000 inputs are no name or id. If more than half of them are, and there are 20 at least,
/// something is wrong with IN itself (another column, another delimiter), and nothing of it should be asked or written.
class input_check {
public:
    static constexpr std::uint64_t most_judged = 1000;
    static constexpr std::uint64_t least_judged = 20;

    explicit input_check(naming by) : by_(by) {}

    /// The next input. Those after the first 1 000 make no difference.
    void count(const input& given);

    bool full() const noexcept { return judged_ == most_judged; }

    enum class verdict {
        read_on, ///< The inputs at hand must wait for more to be read.
        accepted,
        refused,
    };

    /// `ended`: IN has no more. `more_at_hand`: it has, and reading it does not wait.
    ///
    /// A file is read until there are 1 000 inputs. A pipe is judged by what has come, for what comes next may depend
    /// on the responses; but while most of that is invalid, and it is too little to be refused, it waits for more.
    verdict judge(bool ended, bool more_at_hand) const noexcept;

    /// Why IN is refused. `layout`: see `input_reader`. `any_accepted`: what came before was not refused.
    coauth::error refusal(const std::string& layout, bool any_accepted) const;

private:
    naming by_;
    std::uint64_t judged_ = 0;
    std::uint64_t invalid_ = 0;
    input example_;
};

} // namespace enrich
