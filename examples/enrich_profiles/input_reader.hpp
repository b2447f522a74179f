// Reads inputs from IN: plain lines, or one column of a table.
#pragma once

#include "enrich_profiles/columns.hpp"
#include "enrich_profiles/dialect.hpp"
#include "enrich_profiles/input.hpp"
#include "enrich_profiles/row_reader.hpp"
#include "enrich_profiles/text_encoding.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

namespace enrich {

/// Reads inputs from octets that come in pieces of any size, which make no difference; memory is bounded by them.
///
/// IN is UTF-8 or UTF-16 (`detect_encoding`), lines or a table (`detect_dialect`, `row_reader`) of which one column is
/// read (`choose_column`). Each row that is not blank is an input; the header and a row "sep=;" before it are not.
/// What can't be read is an input with a `fault` and no text: every row that is there has its input.
class input_reader {
public:
    /// `column`: of `--column`; empty: the one that is known.
    explicit input_reader(std::string column = {}) : column_(std::move(column)) {}

    /// Throws `column_error`, or `coauth::error` (`invalid_argument`) if IN is not text.
    void feed(std::string_view piece);

    /// There is no more. Throws as `feed` does.
    void finish();

    /// The inputs read so far, oldest first; for the caller to take from.
    std::deque<input>& inputs() noexcept { return inputs_; }
    const std::deque<input>& inputs() const noexcept { return inputs_; }

    /// "CSV separated by semicolons, of which column \"username\" (2 of 3) is read". Empty for plain lines, and before
    /// the header was read.
    const std::string& layout() const noexcept { return layout_; }

private:
    void look_at_head(bool ended);
    void begin(const dialect& form);
    void read(std::string_view octets);
    void read_text(std::string_view text);
    void end_row();
    void read_header(const row& header);

    const std::string column_;
    std::string head_; // octets, until the dialect is known
    text_encoding encoding_;
    std::optional<utf16_decoder> decoder_;
    dialect form_;
    std::optional<row_reader> rows_;
    bool delimiter_row_is_next_ = false;
    bool header_is_next_ = false;
    std::string layout_;
    std::deque<input> inputs_;
    std::uint64_t number_ = 0;
    std::uint64_t octets_ = 0;
};

} // namespace enrich
