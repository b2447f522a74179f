// Takes a text apart into rows and fields, character by character.
#pragma once

#include "enrich_profiles/dialect.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace enrich {

/// A row that is not blank: a line, or a record of a table.
struct row {
    row() = default;

    std::uint64_t line = 1;          ///< Where it begins, from 1.
    std::uint64_t last_line = 1;     ///< Where it ends; more than `line` if there are line ends in quotes.
    std::vector<std::string> fields; ///< All of them, or the one that was selected if the row has it.
    std::string fault;               ///< Why its fields can't be told from each other; empty: nothing.
    bool open_quote = false;         ///< The fault is a quote that is not closed.
    bool too_long = false;           ///< The end of what is in `fields` is missing.
};

/// A table is read as RFC 4180 says: a field in quotes may hold delimiters, line ends and doubled quotes. Blanks after
/// a closing quote are left out. What the RFC does not allow makes the row one with a fault: a quote inside a field or
/// after a blank, text after a closing quote, a quote that is never closed, and more or fewer fields than the header
/// has. A fault never moves a text from one field to another unseen.
///
/// A row is blank if it has nothing but white space and delimiters. Memory: what is kept of the fields.
class row_reader {
public:
    /// A quoted field that goes on for longer ends at the next line end, so that a quote left open costs some lines and
    /// not the file. The longest cell of a spreadsheet, 32 767 characters, fits.
    static constexpr std::size_t longest_quoted = 128 * 1024;

    /// Of a row whose fields are all kept, in octets.
    static constexpr std::size_t longest_kept = 64 * 1024;

    explicit row_reader(const dialect& form);

    /// From the next row on only this field is kept, and rows must have `count` of them (0: any number).
    void select(std::size_t field, std::size_t count);

    /// The next character. True if a row that is not blank has ended with it: see `last`.
    bool read(char c);

    /// As many of the next characters as can be read at once, since they go on with the field that has begun. Returns
    /// their count, which may be 0: then `read` must read one.
    std::size_t read_plain(std::string_view text);

    /// There are no more characters. True if that ends a row that is not blank.
    bool finish();

    /// The row that has ended. Valid until the next call of `read`.
    const row& last() const noexcept { return row_; }

private:
    enum class place { field_start, blanks, bare, quoted, quote_seen, after_quote };

    void begin_row();
    bool read_field(char c, bool line_end);
    bool end_row(std::uint64_t line);
    void end_field();
    void add(char c);
    void keep(std::string_view text);
    void found(std::string_view fault);

    const dialect form_;
    std::array<bool, 256> special_{}; // may end a field, or begin or end quotes
    bool selected_ = false;
    std::size_t wanted_ = 0;
    std::size_t count_ = 0;

    std::uint64_t line_ = 1; // of the next character
    char previous_ = '\0';

    row row_;
    bool ended_ = true;
    place place_ = place::field_start;
    std::size_t field_ = 0;
    std::size_t size_ = 0;
    std::size_t kept_ = 0;
    bool blank_ = true;
};

} // namespace enrich
