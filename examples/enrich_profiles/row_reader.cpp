#include "enrich_profiles/row_reader.hpp"

#include "enrich_profiles/input.hpp"

namespace enrich {

row_reader::row_reader(const dialect& form) : form_(form)
{
    for (const char c : {'"', '\r', '\n', form.delimiter.value_or('\n')})
        special_[static_cast<unsigned char>(c)] = true;
}

void row_reader::select(std::size_t field, std::size_t count)
{
    selected_ = true;
    wanted_ = field;
    count_ = count;
}

bool row_reader::read(char c)
{
    if (ended_)
        begin_row();
    const bool after_cr = form_.cr_ends && previous_ == '\r' && c == '\n';
    previous_ = c;
    if (after_cr && place_ != place::quoted)
        return false; // the CR has ended the line
    const bool line_end = c == (form_.cr_ends ? '\r' : '\n');
    const std::uint64_t line = line_;
    line_ += line_end || (c == '\n' && !after_cr);
    ++size_;
    if (line_end && place_ != place::quoted)
        return end_row(line);
    if (!form_.table)
        add(c);
    else if (read_field(c, line_end))
        return end_row(line);
    return false;
}

std::size_t row_reader::read_plain(std::string_view text)
{
    const bool in_field = place_ == place::bare || place_ == place::quoted || !form_.table;
    if (ended_ || blank_ || !in_field)
        return 0;
    std::size_t count = 0;
    while (count < text.size() && !special_[static_cast<unsigned char>(text[count])])
        ++count;
    if (count == 0)
        return 0;
    keep(text.substr(0, count));
    size_ += count;
    previous_ = text[count - 1];
    return count;
}

// Returns whether the row ends here all the same: in quotes that were left open.
bool row_reader::read_field(char c, bool line_end)
{
    if (place_ == place::quoted) {
        if (c == '"') {
            place_ = place::quote_seen;
        } else if (line_end && size_ > longest_quoted) {
            found("a quote is not closed within 128 KiB");
            row_.open_quote = true;
            return true;
        } else {
            add(c);
        }
        return false;
    }
    const bool closed = place_ == place::quote_seen || place_ == place::after_quote;
    if (c == form_.delimiter) {
        end_field();
    } else if (c == '"' && place_ == place::quote_seen) {
        add(c);
        place_ = place::quoted;
    } else if (closed && is_blank(c)) {
        place_ = place::after_quote;
    } else if (closed) {
        found("there is text after a closing quote");
        place_ = place::bare;
    } else if (c == '"' && place_ == place::bare) {
        found("there is a quote inside a field that does not begin with one");
    } else if (c == '"') {
        // After blanks it is a fault, but delimiters and line ends up to the closing quote may well be text.
        if (place_ == place::blanks)
            found("there is a blank before an opening quote");
        blank_ = false;
        place_ = place::quoted;
    } else {
        place_ = is_blank(c) && place_ != place::bare ? place::blanks : place::bare;
        add(c);
    }
    return false;
}

bool row_reader::finish()
{
    if (ended_ || size_ == 0)
        return false;
    row_.open_quote = place_ == place::quoted;
    if (row_.open_quote)
        found("a quote is never closed");
    const bool line_ended = previous_ == '\n' || (previous_ == '\r' && form_.cr_ends);
    return end_row(line_ - line_ended);
}

void row_reader::begin_row()
{
    ended_ = false;
    place_ = place::field_start;
    field_ = 0;
    size_ = 0;
    kept_ = 0;
    blank_ = true;
    row_.line = line_;
    row_.fields.resize(1);
    row_.fields.front().clear();
    row_.fault.clear();
    row_.open_quote = false;
    row_.too_long = false;
}

void row_reader::add(char c)
{
    blank_ = blank_ && (form_.table ? is_blank_in_table(c) : is_blank(c));
    keep(std::string_view(&c, 1));
}

void row_reader::keep(std::string_view text)
{
    if (selected_ && field_ != wanted_)
        return;
    // One more, for the CR of a line end.
    const std::size_t room = (selected_ ? longest_input + 1 : longest_kept) - kept_;
    row_.too_long = row_.too_long || text.size() > room;
    text = text.substr(0, room);
    row_.fields.back() += text;
    kept_ += text.size();
}

void row_reader::end_field()
{
    ++field_;
    place_ = place::field_start;
    if (!selected_)
        row_.fields.emplace_back();
}

void row_reader::found(std::string_view fault)
{
    blank_ = false;
    if (row_.fault.empty())
        row_.fault = fault;
}

bool row_reader::end_row(std::uint64_t line)
{
    ended_ = true;
    if (blank_)
        return false;
    row_.last_line = line;
    std::string& text = row_.fields.back();
    const bool bare = place_ == place::blanks || place_ == place::bare || !form_.table;
    const bool is_last = !selected_ || field_ == wanted_;
    while (bare && is_last && text.ends_with('\r') && !row_.too_long)
        text.pop_back();
    if (selected_ && text.size() > longest_input) {
        row_.too_long = true;
        text.resize(longest_input);
    }
    const std::size_t fields = field_ + 1;
    if (count_ != 0 && fields != count_)
        found("the row has " + std::to_string(fields) + (fields == 1 ? " field" : " fields") + ", and the header has " +
              std::to_string(count_));
    return true;
}

} // namespace enrich
