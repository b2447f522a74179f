// Takes IN apart: plain lines, or one column of CSV.
#pragma once

#include "enrich_profiles/input.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace enrich {

/// A header without the column that was asked for, or without one that could be meant.
struct no_such_column : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Reads inputs from a text that comes in pieces of any size; memory is bounded by the pieces.
///
/// Lines: each line that is not blank is an input. CSV (RFC 4180: quotes, doubled quotes, quoted line
/// ends; LF or CR LF): the first record that is not blank names the columns, and each further one that
/// is not blank is an input. A quoted field that goes on for more than `longest_record` ends at the next
/// line end, so that a quote left open costs a few lines and not the file. A byte order mark is left out.
///
/// What can't be read is an input with a `fault`: every line or record that is there has its input.
class input_reader {
public:
    static constexpr std::size_t longest_record = 64 * 1024;

    /// With a column IN is CSV. Without, it is CSV if there is a comma in the first line, and the column
    /// is the first one there is of username, screen_name, user_id, id and name. Columns are found
    /// without regard to case if not with it.
    explicit input_reader(std::string column = {}) : column_(std::move(column)) {}

    /// Throws `no_such_column`.
    void feed(std::string_view piece);

    /// There is no more. Throws `no_such_column`.
    void finish();

    /// The inputs read so far, oldest first; for the caller to take from.
    std::deque<input>& inputs() noexcept { return inputs_; }
    const std::deque<input>& inputs() const noexcept { return inputs_; }

private:
    enum class form { unknown, lines, header, records };
    enum class place { field_start, bare, quoted, quote_seen };

    void look_at_first_line();
    void read(std::string_view piece);
    void read_line_char(char c);
    void read_csv_char(char c);
    void keep(char c);
    void end_field();
    void end_record();
    void end_input();
    bool blank_record() const noexcept;

    std::string column_;
    form form_ = form::unknown;
    std::string first_line_; // with blank lines before it
    std::deque<input> inputs_;
    std::uint64_t number_ = 0;
    std::uint64_t octets_ = 0;

    std::vector<std::string> header_;
    std::size_t wanted_ = 0; // the column

    // The line or record that is being read.
    place place_ = place::field_start;
    std::size_t field_ = 0;
    std::size_t record_size_ = 0;
    bool only_space_ = true;
    bool too_long_ = false;
    bool taken_ = false; // the wanted column is complete
    std::string text_;
    std::string_view fault_;
};

} // namespace enrich
