// The lines of OUT that say "failed", asked for again and replaced in place.
#pragma once

#include "enrich_profiles/inputs.hpp"
#include "enrich_profiles/line_scanner.hpp"
#include "enrich_profiles/output_file.hpp"
#include "enrich_profiles/output_line.hpp"
#include "enrich_profiles/replacement_file.hpp"

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

namespace enrich {

/// The inputs of these lines. They are numbered from 0, and an input's `end` is that of its line in OUT.
///
/// Memory: for the lines taken and not replaced. Lifetime: OUT must stay open.
class failed_lines final : public inputs {
public:
    /// Makes the new file. OUT has nothing but whole lines.
    explicit failed_lines(output_file& out);

    bool has() const noexcept override { return !ready_.empty(); }
    boost::asio::awaitable<bool> read_more() override;
    const input& front() const override { return ready_.front(); }
    input take() override;
    void interrupt() override { interrupted_ = true; }

    /// Writes these in the place of the old lines; numbers grow. Lines left out stay as they are.
    void replace(const std::vector<output_line>& lines);

    /// Puts the new file in OUT's place, and on the disk.
    void put_in_place() { out_.replace_by(new_file_); }

private:
    struct range {
        std::uint64_t number = 0;
        std::uint64_t begin = 0;
        std::uint64_t end = 0;
    };

    bool read_line();

    output_file& out_;
    line_scanner old_lines_;
    std::string line_;
    replacement_file new_file_;
    std::deque<input> ready_;
    std::uint64_t number_ = 0;
    std::deque<range> places_; // of the lines in `ready_` and those taken
    bool interrupted_ = false;
};

} // namespace enrich
