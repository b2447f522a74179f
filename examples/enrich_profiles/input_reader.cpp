#include "enrich_profiles/input_reader.hpp"

#include <coauth/error.hpp>

#include <utility>

namespace enrich {

namespace {

std::string delimiter_text(char delimiter)
{
    switch (delimiter) {
    case ',':
        return "commas";
    case ';':
        return "semicolons";
    case '\t':
        return "tabs";
    default:
        return std::string(1, delimiter);
    }
}

std::optional<utf16_decoder> decoder_for(encoding form)
{
    if (form == encoding::utf8)
        return std::nullopt;
    return utf16_decoder(form == encoding::utf16_be);
}

// Of the octets after the byte order mark.
std::string text_of(std::string_view octets, encoding form)
{
    auto decoder = decoder_for(form);
    if (!decoder)
        return std::string(octets);
    std::string text;
    for (const char octet : octets)
        text += decoder->read(octet);
    return text;
}

} // namespace

void input_reader::feed(std::string_view piece)
{
    if (rows_)
        return read(piece);
    // No character of UTF-16 has more octets than twice those that it has in UTF-8.
    constexpr std::size_t enough = 2 * longest_head + 4;
    head_ += piece;
    if (piece.find_first_of("\r\n") != piece.npos || head_.size() >= enough)
        look_at_head(false);
}

void input_reader::finish()
{
    if (!rows_)
        look_at_head(true);
    if (decoder_)
        read_text(decoder_->finish());
    if (rows_->finish())
        end_row();
}

void input_reader::look_at_head(bool ended)
{
    const auto found = detect_encoding(head_, ended);
    if (!found)
        return;
    if (!found->unreadable.empty())
        throw coauth::error(coauth::errc::invalid_argument, "IN is " + std::string(found->unreadable) + ", not text")
            .with_hint("save it as CSV in UTF-8, or as a name or id on each line");
    const std::string_view octets = std::string_view(head_).substr(found->mark_size);
    const auto form = detect_dialect(text_of(octets, found->form), ended, column_);
    if (!form)
        return;
    encoding_ = *found;
    decoder_ = decoder_for(found->form);
    octets_ = found->mark_size;
    begin(*form);
    read(octets);
    head_.clear();
    head_.shrink_to_fit();
}

void input_reader::begin(const dialect& form)
{
    form_ = form;
    rows_.emplace(form);
    delimiter_row_is_next_ = form.delimiter_row;
    header_is_next_ = form.header;
    if (!form.header)
        rows_->select(0, form.table ? 1 : 0);
    if (form.table && !form.header)
        layout_ = "one column in quotes, without a header";
}

void input_reader::read(std::string_view octets)
{
    while (!octets.empty()) {
        const std::size_t plain = decoder_ ? 0 : rows_->read_plain(octets);
        octets_ += plain;
        octets.remove_prefix(plain);
        if (octets.empty())
            return;
        ++octets_;
        if (decoder_)
            read_text(decoder_->read(octets.front()));
        else if (rows_->read(octets.front()))
            end_row();
        octets.remove_prefix(1);
    }
}

void input_reader::read_text(std::string_view text)
{
    for (const char c : text)
        if (rows_->read(c))
            end_row();
}

void input_reader::end_row()
{
    const row& last = rows_->last();
    if (std::exchange(delimiter_row_is_next_, false))
        return;
    if (std::exchange(header_is_next_, false))
        return read_header(last);
    input& added = inputs_.emplace_back();
    added.number = number_++;
    added.end = octets_;
    added.line = last.line;
    added.last_line = last.last_line;
    added.fault = last.fault;
    if (!added.fault.empty())
        return;
    added.text = as_utf8(last.fields.front());
    if (last.too_long)
        added.fault = "over 1 KiB, which is not a name or id";
}

void input_reader::read_header(const row& header)
{
    if (header.open_quote || header.too_long)
        throw column_error("IN looks like CSV, and its header can't be read: " +
                           (header.too_long ? std::string("it is over 64 KiB") : header.fault));
    const std::size_t column = choose_column(header.fields, column_);
    const std::size_t count = header.fields.size();
    rows_->select(column, count);
    const std::string name = quoted_text(trimmed(header.fields[column]));
    layout_ = encoding_.form == encoding::utf8 ? "" : "UTF-16, ";
    if (count == 1)
        layout_ += "one column, with the header " + name;
    else
        layout_ += "CSV separated by " + delimiter_text(*form_.delimiter) + ", of which column " + name + " (" +
                   std::to_string(column + 1) + " of " + std::to_string(count) + ") is read";
}

} // namespace enrich
