#include "text/json_repair.hpp"

#include "text/hex.hpp"

#include <algorithm>
#include <charconv>

namespace coauth::text {

namespace {

constexpr std::size_t escape_length = 6; // \uXXXX

enum class unit { none, plain, high, low };

// What the escape at the front of `text` is, if it is one of four digits.
unit first_unit(std::string_view text)
{
    if (!text.starts_with("\\u") || text.size() < escape_length)
        return unit::none;
    unsigned value = 0;
    const char* const end = text.data() + escape_length;
    if (const auto read = std::from_chars(text.data() + 2, end, value, 16); read.ptr != end)
        return unit::none;
    return value < 0xd800 || value > 0xdfff ? unit::plain : value < 0xdc00 ? unit::high : unit::low;
}

std::string escape_of(char control)
{
    std::string out = "\\u00";
    text::append_hex(static_cast<unsigned char>(control), out);
    return out;
}

// Takes the piece off the front of `text`, which stands inside a JSON text, that is one character or one
// escape or a pair of escapes; `legal` becomes false if something else is given in its place.
std::string take_piece(std::string_view& text, bool& legal)
{
    const auto take = [&text](std::size_t length) {
        const std::string_view piece = text.substr(0, length);
        text.remove_prefix(piece.size());
        return std::string(piece);
    };
    if (static_cast<unsigned char>(text.front()) < 0x20) {
        legal = false;
        return escape_of(take(1).front());
    }
    const unit first = first_unit(text);
    if (first == unit::high && first_unit(text.substr(escape_length)) == unit::low)
        return take(2 * escape_length);
    if (first == unit::high || first == unit::low) {
        legal = false;
        take(escape_length);
        return "\\ufffd";
    }
    // An escaped backslash or quote begins nothing.
    return take(text.front() == '\\' ? 2 : 1);
}

// Takes the number off the front of `text`; what has another form is left to the parser.
std::string take_number(std::string_view& text, bool& legal)
{
    constexpr std::size_t longest_exponent = 5;
    const std::size_t length = std::min(text.find_first_not_of("+-.0123456789eE"), text.size());
    const std::string_view number = text.substr(0, length);
    text.remove_prefix(length);
    const std::size_t e = std::min(number.find_first_of("eE"), number.size());
    const std::size_t digits = number.find_first_not_of("+-0", std::min(e + 1, number.size()));
    if (digits == std::string_view::npos || number.size() - digits <= longest_exponent)
        return std::string(number);
    legal = false;
    return "null";
}

} // namespace

std::optional<std::string> with_legal_values(std::string_view json)
{
    std::string out;
    out.reserve(json.size());
    bool legal = true;
    bool inside = false;
    while (!json.empty()) {
        if (json.front() == '"')
            inside = !inside;
        if (inside && json.front() != '"') {
            out += take_piece(json, legal);
        } else if (json.front() == '-' || text::is_digit(json.front())) {
            out += take_number(json, legal);
        } else {
            out += json.front();
            json.remove_prefix(1);
        }
    }
    if (legal)
        return std::nullopt;
    return out;
}

} // namespace coauth::text
