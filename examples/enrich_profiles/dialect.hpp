// How IN is laid out: a name on each line, or a table with delimiters, quotes and a header.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace enrich {

/// Those that are looked for.
inline constexpr std::string_view delimiters = ",;\t|";

/// White space, or a delimiter: a row of nothing else is blank.
bool is_blank_in_table(char c) noexcept;

struct dialect {
    dialect() = default;

    bool table = false;            ///< Rows of fields, with quotes; else each line is one input, unchanged.
    bool header = false;           ///< The first row of the table names its columns.
    bool delimiter_row = false;    ///< Before that there is a row "sep=;", as Excel writes and reads.
    std::optional<char> delimiter; ///< None: one column.
    bool cr_ends = false;          ///< A CR ends a line, with or without an LF behind it; else an LF does.
};

/// As much of IN, in octets of UTF-8, as the dialect is looked for in.
inline constexpr std::size_t longest_head = 64 * 1024;

/// Finds the dialect out by the first row that is not blank. Nothing: more of the text must tell. `ended`: there is no
/// more.
///
/// With a `column` IN is a table. Without, it is one if there is a delimiter (comma, semicolon, tab or bar, outside of
/// quotes) in that row, if the row is a known header (`is_known_header`), or if it is in quotes. The delimiter is the
/// one that makes a known header of a field, or the column asked for; else the one that makes the most fields.
std::optional<dialect> detect_dialect(std::string_view head, bool ended, std::string_view column);

} // namespace enrich
