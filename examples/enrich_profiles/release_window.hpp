// Holds the lines of inputs until they may be written.
#pragma once

#include "enrich_profiles/output_line.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace enrich {

/// The inputs that have been taken and whose lines are not written yet. Their numbers differ by less
/// than `width`, even if one is slow: that bounds memory, and how far a line may be from its place in OUT.
class release_window {
public:
    release_window(bool in_order, std::uint64_t width) : in_order_(in_order), width_(width) {}

    /// Whether the input of this number may be taken now.
    bool fits(std::uint64_t number) const noexcept;

    /// Takes an input; numbers grow. Returns its ticket.
    std::uint64_t take(std::uint64_t number);

    /// Every input that was taken has its line.
    bool complete() const noexcept { return places_.empty(); }

    /// The input has its line.
    void set_line(std::uint64_t ticket, output_line line);

    /// The lines that may be written now, in this order.
    std::vector<output_line> release();

    /// The lines that wait for others before them, in order. No input is taken or gets its line after this.
    std::vector<output_line> release_rest();

private:
    struct place {
        explicit place(std::uint64_t number) : number(number) {}

        std::uint64_t number;
        bool has_line = false;
        std::optional<output_line> line; // where input order makes it wait
    };

    const bool in_order_;
    const std::uint64_t width_;
    std::uint64_t first_ticket_ = 0; // of the oldest place
    std::deque<place> places_;
    std::vector<output_line> ready_;
};

} // namespace enrich
