#include "sandbox/utf8_text.hpp"

#include <coauth/text/utf8.hpp>

namespace coauth::sandbox {

std::string as_utf8(std::string_view text)
{
    if (text::is_utf8(text))
        return std::string(text);
    std::string out;
    while (!text.empty())
        out += text::take_character(text);
    return out;
}

} // namespace coauth::sandbox
