// Which column of a table has the names or ids.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace enrich {

/// The header has no column that could be meant, or more than one: wrong usage, and nothing was asked.
struct column_error : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// A header as headers are compared: lower case, without white space, @, quotes, or other ASCII punctuation.
std::string folded(std::string_view header);

/// Whether a header by itself says that its column has names or ids of users.
bool is_known_header(std::string_view header);

/// Whether the header has the column that `--column` names.
bool has_column(const std::vector<std::string>& header, std::string_view wanted);

/// The column with the names or ids: that of `--column`, as it is spelled or else as `folded`, or if `wanted` is empty
/// the one that is known.
///
/// A user name is preferred to an id, for a row's names and ids are of the same user. Two names or two ids may be of
/// two users, such as the id of a tweet beside that of its author, and a bare "id" or "name" may be of anything: of
/// those there must be one only. Throws `column_error`.
std::size_t choose_column(const std::vector<std::string>& header, std::string_view wanted);

} // namespace enrich
