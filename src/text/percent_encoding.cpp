#include "text/encoding_table.hpp"

#include <coauth/text/percent_encoding.hpp>

namespace coauth::text {

namespace {

result<std::string> decode(std::string_view text, bool plus_is_space)
{
    if (text.find('%') == text.npos && (!plus_is_space || text.find('+') == text.npos))
        return std::string(text);
    std::string out;
    out.reserve(text.size());
    std::size_t plain = 0; // the first octet that is not in `out`
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool is_space = text[i] == '+' && plus_is_space;
        if (text[i] != '%' && !is_space)
            continue;
        const int octet = is_space ? ' ' : escaped_octet(text.substr(i));
        if (octet < 0)
            return error(errc::invalid_argument, "a % is not followed by two hex digits");
        out.append(text, plain, i - plain);
        out += static_cast<char>(octet);
        i += is_space ? 0 : 2;
        plain = i + 1;
    }
    out.append(text, plain);
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
