#include "enrich_profiles/dialect.hpp"

#include "enrich_profiles/columns.hpp"
#include "enrich_profiles/input.hpp"
#include "enrich_profiles/row_reader.hpp"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>

namespace enrich {

namespace {

// Where the line that begins at `begin` ends: at the first of `ends` outside of quotes. npos: not in this text.
std::size_t find_line_end(std::string_view text, std::size_t begin, std::string_view ends)
{
    bool may_open = true; // or go on, after what may be the first of two quotes
    bool quoted = false;
    for (std::size_t i = begin; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '"' && (quoted || may_open)) {
            quoted = !quoted;
            may_open = true;
        } else if (!quoted && ends.find(c) != ends.npos) {
            return i;
        } else if (!quoted) {
            may_open = delimiters.find(c) != delimiters.npos || (may_open && is_blank(c));
        }
    }
    return text.npos;
}

// The same for a text of which there is no more: its end, and a quote left open ends with its line.
std::size_t find_last_line_end(std::string_view text, std::size_t begin, std::string_view ends)
{
    const std::size_t end = find_line_end(text, begin, ends);
    return end != text.npos ? end : std::min(text.find_first_of(ends, begin), text.size());
}

// Whether a CR by itself ends a line: the first line end tells. Nothing: what follows the CR is not known yet.
std::optional<bool> cr_ends_lines(std::string_view head, bool whole)
{
    constexpr std::string_view ends = "\r\n";
    const std::size_t end = whole ? find_last_line_end(head, 0, ends) : find_line_end(head, 0, ends);
    if (end >= head.size())
        return whole ? std::optional(false) : std::nullopt;
    const std::size_t after = head.find_first_not_of('\r', end);
    if (after == head.npos)
        return whole ? std::optional(true) : std::nullopt;
    return head[after] != '\n';
}

// The fields of the first row; of the dialect the line ends are known.
row split(std::string_view line, dialect form, std::optional<char> delimiter)
{
    form.table = true;
    form.delimiter = delimiter;
    row_reader reader(form);
    for (const char c : line)
        if (reader.read(c))
            return reader.last();
    reader.finish();
    return reader.last();
}

// The delimiter of a row "sep=;".
std::optional<char> declared_delimiter(std::string_view line)
{
    constexpr std::string_view word = "sep";
    while (line.ends_with('\r'))
        line.remove_suffix(1);
    if (line.size() > 1 && line.starts_with('"') && line.ends_with('"'))
        line = line.substr(1, line.size() - 2);
    if (line.size() < word.size() + 2 || folded(line.substr(0, word.size())) != word || line[word.size()] != '=')
        return std::nullopt;
    const std::string_view rest = line.substr(word.size() + 1);
    const char c = rest.front();
    const bool usable = c == '\t' || (c > ' ' && c < 0x7f && c != '"' && folded(rest.substr(0, 1)).empty());
    return usable && rest.find_first_not_of(c) == rest.npos ? std::optional(c) : std::nullopt;
}

// The delimiter of a header or of a row of inputs.
std::optional<char> likely_delimiter(std::string_view line, const dialect& form, std::string_view column)
{
    std::optional<char> best;
    std::tuple<bool, std::size_t> best_score(false, 1);
    for (const char delimiter : delimiters) {
        const auto fields = split(line, form, delimiter).fields;
        const bool known =
            column.empty() ? std::any_of(fields.begin(), fields.end(), is_known_header) : has_column(fields, column);
        // A tab at an end of the line is white space, unless the header says otherwise.
        const bool inside = delimiter != '\t' || split(trimmed(line), form, delimiter).fields.size() > 1;
        const std::tuple score(known, fields.size());
        if (fields.size() < 2 || (!known && !inside) || score <= best_score)
            continue;
        best = delimiter;
        best_score = score;
    }
    return best;
}

// Completes the dialect by the first row.
void look_at_row(dialect& found, std::string_view line, std::string_view column)
{
    if (!found.delimiter)
        found.delimiter = likely_delimiter(line, found, column);
    const row first = split(line, found, found.delimiter);
    const bool quoted = trimmed(line).starts_with('"') && first.fault.empty();
    const bool many = first.fields.size() > 1;
    const bool known = !many && is_known_header(first.fields.front());
    found.table = many || known || quoted || found.delimiter_row || !column.empty();
    if (!found.table)
        return;
    // A column by itself may have no header: then it begins with a name or an id.
    input value;
    value.text = first.fields.front();
    found.header = many || known || !column.empty() || !user_of(value, naming::digits_are_ids);
}

} // namespace

bool is_blank_in_table(char c) noexcept
{
    return is_blank(c) || delimiters.find(c) != delimiters.npos;
}

std::optional<dialect> detect_dialect(std::string_view head, bool ended, std::string_view column)
{
    const bool whole = ended || head.size() >= longest_head;
    head = head.substr(0, longest_head);
    dialect found;
    const auto cr_ends = cr_ends_lines(head, whole);
    if (!cr_ends)
        return std::nullopt;
    found.cr_ends = *cr_ends;
    const std::string_view ends = found.cr_ends ? "\r" : "\n";
    for (std::size_t begin = 0; begin < head.size();) {
        const std::size_t end = whole ? find_last_line_end(head, begin, ends) : find_line_end(head, begin, ends);
        if (end == head.npos)
            return std::nullopt;
        const std::string_view line = head.substr(begin, end - begin);
        begin = end + 1;
        if (std::all_of(line.begin(), line.end(), is_blank_in_table))
            continue;
        const auto declared = found.delimiter_row ? std::nullopt : declared_delimiter(line);
        if (!declared) {
            look_at_row(found, line, column);
            return found;
        }
        found.delimiter_row = true;
        found.delimiter = declared;
    }
    if (!whole)
        return std::nullopt;
    found.table = found.header = found.delimiter_row || !column.empty();
    return found;
}

} // namespace enrich
