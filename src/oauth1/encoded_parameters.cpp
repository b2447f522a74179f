#include "oauth1/encoded_parameters.hpp"

#include "text/hex.hpp"

#include <coauth/text/ascii.hpp>
#include <coauth/text/percent_encoding.hpp>

#include <algorithm>

namespace coauth::oauth1 {

namespace {

// What is encoded already holds unreserved characters and `%` only, so encoding it again touches `%` alone.
void encode_again(std::string_view encoded, std::string& out)
{
    for (const char c : encoded) {
        out += c;
        if (c == '%')
            out += "25";
    }
}

// RFC 3986, section 2.3.
bool is_unreserved(char c)
{
    return text::is_letter_or_digit(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

// True if decoding and encoding would give the same octets.
bool is_encoded(std::string_view part)
{
    for (std::size_t i = 0; i < part.size(); ++i) {
        if (is_unreserved(part[i]))
            continue;
        if (part[i] != '%' || part.size() - i < 3)
            return false;
        const auto high = text::upper_hex_digits.find(part[i + 1]);
        const auto low = text::upper_hex_digits.find(part[i + 2]);
        if (high == std::string_view::npos || low == std::string_view::npos ||
            is_unreserved(static_cast<char>(high * 16 + low)))
            return false;
        i += 2;
    }
    return true;
}

} // namespace

void encoded_parameters::add(std::string_view name, std::string_view value)
{
    piece p{};
    p.name = buffer_.size();
    text::percent_encode(name, buffer_);
    p.name_size = buffer_.size() - p.name;
    p.value = buffer_.size();
    text::percent_encode(value, buffer_);
    p.value_size = buffer_.size() - p.value;
    pieces_.push_back(p);
}

result<void> encoded_parameters::add_form(std::string_view raw)
{
    while (!raw.empty()) {
        const auto end = std::min(raw.find('&'), raw.size());
        const auto pair = raw.substr(0, end);
        raw.remove_prefix(std::min(end + 1, raw.size()));
        if (pair.empty())
            continue;
        const auto equals = std::min(pair.find('='), pair.size());
        piece p{};
        p.name = buffer_.size();
        if (auto added = add_part(pair.substr(0, equals)); !added)
            return added.error();
        p.name_size = buffer_.size() - p.name;
        p.value = buffer_.size();
        if (auto added = add_part(pair.substr(std::min(equals + 1, pair.size()))); !added)
            return added.error();
        p.value_size = buffer_.size() - p.value;
        pieces_.push_back(p);
    }
    return {};
}

result<void> encoded_parameters::add_part(std::string_view part)
{
    if (is_encoded(part)) {
        buffer_ += part;
        return {};
    }
    const auto decoded = text::form_decode(part);
    if (!decoded)
        return decoded.error();
    text::percent_encode(*decoded, buffer_);
    return {};
}

void encoded_parameters::sort()
{
    std::sort(pieces_.begin(), pieces_.end(), [this](const piece& a, const piece& b) {
        const int names = name(a).compare(name(b));
        return names != 0 ? names < 0 : value(a) < value(b);
    });
}

bool encoded_parameters::contains(std::string_view encoded_name) const noexcept
{
    return std::any_of(pieces_.begin(), pieces_.end(), [&](const piece& p) { return name(p) == encoded_name; });
}

void encoded_parameters::append_normalized(std::string& out) const
{
    for (const piece& p : pieces_) {
        if (&p != &pieces_.front())
            out += '&';
        out += name(p);
        out += '=';
        out += value(p);
    }
}

void encoded_parameters::append_encoded_again(std::string& out) const
{
    for (const piece& p : pieces_) {
        if (&p != &pieces_.front())
            out += "%26";
        encode_again(name(p), out);
        out += "%3D";
        encode_again(value(p), out);
    }
}

} // namespace coauth::oauth1
