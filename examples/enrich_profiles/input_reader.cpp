#include "enrich_profiles/input_reader.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace enrich {

namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

std::string lower(std::string text)
{
    for (char& c : text)
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    return text;
}

std::string trimmed(std::string text)
{
    while (!text.empty() && is_space(text.back()))
        text.pop_back();
    text.erase(text.begin(), std::find_if_not(text.begin(), text.end(), is_space));
    return text;
}

std::string_view without_mark(std::string_view text)
{
    if (text.starts_with(byte_order_mark))
        text.remove_prefix(byte_order_mark.size());
    return text;
}

std::size_t find_column(const std::vector<std::string>& header, const std::string& wanted)
{
    const auto exact = std::find(header.begin(), header.end(), wanted);
    const auto same = [&](const std::string& name) { return lower(name) == lower(wanted); };
    const auto found = exact != header.end() ? exact : std::find_if(header.begin(), header.end(), same);
    return static_cast<std::size_t>(found - header.begin());
}

std::size_t choose_column(const std::vector<std::string>& header, const std::string& wanted)
{
    constexpr std::array usual = {"username", "screen_name", "user_id", "id", "name"};
    const std::vector<std::string> names =
        wanted.empty() ? std::vector<std::string>(usual.begin(), usual.end()) : std::vector<std::string>{wanted};
    for (const auto& name : names)
        if (const auto column = find_column(header, name); column != header.size())
            return column;

    std::string why = wanted.empty() ? "IN looks like CSV and has no column called username, screen_name, user_id, "
                                       "id or name; choose one with --column"
                                     : "IN has no column called \"" + as_utf8(wanted) + '"';
    why += ". Its columns:";
    for (const auto& name : header)
        why += " \"" + as_utf8(name.substr(0, 100)) + '"';
    throw no_such_column(why);
}

} // namespace

void input_reader::feed(std::string_view piece)
{
    if (form_ != form::unknown)
        return read(piece);

    first_line_ += piece;
    const std::string_view text = without_mark(first_line_);
    const auto begin = std::find_if_not(text.begin(), text.end(), is_space);
    if (std::find(begin, text.end(), '\n') != text.end() || text.size() > longest_record)
        look_at_first_line();
}

void input_reader::finish()
{
    if (form_ == form::unknown)
        look_at_first_line();
    const bool open_quote = form_ != form::lines && place_ == place::quoted;
    if (open_quote)
        fault_ = "a quote is never closed";
    if (record_size_ == 0)
        return;
    if (form_ == form::lines)
        end_input();
    else
        end_record();
}

void input_reader::look_at_first_line()
{
    const std::string_view text = without_mark(first_line_);
    octets_ += first_line_.size() - text.size();
    const auto begin = std::find_if_not(text.begin(), text.end(), is_space);
    const auto end = std::find(begin, text.end(), '\n');
    const bool csv = !column_.empty() || std::find(begin, end, ',') != end;
    form_ = csv ? form::header : form::lines;
    read(text);
    first_line_.clear();
    first_line_.shrink_to_fit();
}

void input_reader::read(std::string_view piece)
{
    for (const char c : piece) {
        ++octets_;
        ++record_size_;
        if (form_ == form::lines)
            read_line_char(c);
        else
            read_csv_char(c);
    }
}

void input_reader::read_line_char(char c)
{
    if (c == '\n')
        end_input();
    else
        keep(c);
}

void input_reader::read_csv_char(char c)
{
    if (place_ == place::quoted) {
        if (c == '"') {
            place_ = place::quote_seen;
        } else if (c == '\n' && record_size_ > longest_record) {
            fault_ = "a quote is not closed within 64 KiB";
            end_record();
        } else {
            keep(c);
        }
    } else if (c == '"' && place_ == place::quote_seen) {
        keep(c);
        place_ = place::quoted;
    } else if (c == '"' && place_ == place::field_start) {
        only_space_ = false;
        place_ = place::quoted;
    } else if (c == ',') {
        end_field();
    } else if (c == '\n') {
        end_record();
    } else if (place_ == place::quote_seen) {
        if (is_space(c))
            return;
        if (field_ == wanted_)
            fault_ = "there is text after a closing quote";
        place_ = place::bare;
        keep(c);
    } else {
        place_ = place::bare;
        keep(c);
    }
}

void input_reader::keep(char c)
{
    only_space_ = only_space_ && is_space(c);
    const bool heading = form_ == form::header;
    if (form_ != form::lines && !heading && field_ != wanted_)
        return;
    // One more, for the CR of a line end.
    if (text_.size() < (heading ? longest_record : longest_input + 1))
        text_ += c;
    else
        too_long_ = true;
}

void input_reader::end_field()
{
    only_space_ = false;
    if (form_ == form::header) {
        if (record_size_ > longest_record)
            throw no_such_column("IN looks like CSV, and its header is over 64 KiB");
        header_.push_back(trimmed(std::exchange(text_, {})));
    } else if (field_ == wanted_) {
        taken_ = true;
    }
    ++field_;
    place_ = place::field_start;
}

bool input_reader::blank_record() const noexcept
{
    return field_ == 0 && only_space_;
}

void input_reader::end_record()
{
    if (form_ == form::header && !blank_record()) {
        end_field();
        wanted_ = choose_column(header_, column_);
        form_ = form::records;
        text_.clear();
    } else if (!blank_record()) {
        if (!taken_ && field_ == wanted_ && place_ == place::bare && text_.ends_with('\r') && !too_long_)
            text_.pop_back();
        if (!taken_ && field_ < wanted_ && fault_.empty())
            fault_ = "the record has no such column";
        only_space_ = false;
        return end_input();
    }
    only_space_ = true;
    record_size_ = 0;
    end_input();
}

// Also starts the next one. A blank line is no input.
void input_reader::end_input()
{
    if (form_ == form::lines && text_.ends_with('\r') && !too_long_)
        text_.pop_back();
    if (!only_space_) {
        input found;
        found.number = number_++;
        found.end = octets_;
        found.fault = too_long_ || text_.size() > longest_input ? "this is over 1 KiB, which is no name or id" : fault_;
        found.text = as_utf8(std::string_view(text_).substr(0, longest_input));
        inputs_.push_back(std::move(found));
    }
    place_ = place::field_start;
    field_ = 0;
    record_size_ = 0;
    only_space_ = true;
    too_long_ = false;
    taken_ = false;
    text_.clear();
    fault_ = {};
}

} // namespace enrich
