#include "text/hex.hpp"

#include <coauth/text/ascii.hpp>
#include <coauth/text/percent_encoding.hpp>

#include <array>

namespace coauth::text {

namespace {

// RFC 3986, section 2.3.
constexpr bool unreserved(char c) noexcept
{
    return is_letter_or_digit(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

constexpr auto unreserved_table = [] {
    std::array<bool, 256> t{};
    for (unsigned i = 0; i < t.size(); ++i)
        t[i] = unreserved(static_cast<char>(i));
    return t;
}();

result<std::string> decode(std::string_view text, bool plus_is_space)
{
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '+' && plus_is_space) {
            out += ' ';
        } else if (c != '%') {
            out += c;
        } else {
            const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
            const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
            if (high < 0 || low < 0)
                return error(errc::invalid_argument, "a % is not followed by two hex digits");
            out += static_cast<char>(high * 16 + low);
            i += 2;
        }
    }
    return out;
}

} // namespace

void percent_encode(std::string_view text, std::string& out)
{
    for (const char c : text) {
        const auto octet = static_cast<unsigned char>(c);
        if (unreserved_table[octet]) {
            out += c;
        } else {
            const char escaped[3] = {'%', upper_hex_digits[octet >> 4], upper_hex_digits[octet & 15]};
            out.append(escaped, 3);
        }
    }
}

std::string percent_encode(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    percent_encode(text, out);
    return out;
}

result<std::string> percent_decode(std::string_view text)
{
    return decode(text, false);
}

result<std::string> form_decode(std::string_view text)
{
    return decode(text, true);
}

} // namespace coauth::text
