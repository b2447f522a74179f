#include <coauth/oauth1/percent_encoding.hpp>

#include <array>

namespace coauth::oauth1 {

namespace {

constexpr bool unreserved(unsigned char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
           c == '_' || c == '~';
}

constexpr auto unreserved_table = [] {
    std::array<bool, 256> t{};
    for (unsigned i = 0; i < t.size(); ++i)
        t[i] = unreserved(static_cast<unsigned char>(i));
    return t;
}();

constexpr int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return -1;
}

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
    static constexpr char digits[] = "0123456789ABCDEF";
    for (const char c : text) {
        const auto octet = static_cast<unsigned char>(c);
        if (unreserved_table[octet]) {
            out += c;
        } else {
            const char escaped[3] = {'%', digits[octet >> 4], digits[octet & 15]};
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

} // namespace coauth::oauth1
