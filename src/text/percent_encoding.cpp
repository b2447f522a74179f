#include "text/encoding_table.hpp"

#include <coauth/text/percent_encoding.hpp>

namespace coauth::text {

namespace {

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
            const int octet = escaped_octet(text.substr(i));
            if (octet < 0)
                return error(errc::invalid_argument, "a % is not followed by two hex digits");
            out += static_cast<char>(octet);
            i += 2;
        }
    }
    return out;
}

} // namespace

void percent_encode(std::string_view text, std::string& out)
{
    std::size_t written = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (is_unreserved(text[i]))
            continue;
        const encoded_octet& entry = encoded_once[static_cast<unsigned char>(text[i])];
        out += text.substr(written, i - written);
        out.append(entry.text, entry.size);
        written = i + 1;
    }
    out += text.substr(written);
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
