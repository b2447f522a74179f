#include "oauth1/encoded_parameters.hpp"

#include <coauth/oauth1/parameters.hpp>
#include <coauth/text/ascii.hpp>
#include <coauth/text/percent_encoding.hpp>

#include <utility>

namespace coauth::oauth1 {

std::string encode_form(const parameters& list)
{
    std::string out;
    encode_form(list, out);
    return out;
}

void encode_form(const parameters& list, std::string& out)
{
    bool first = true;
    for (const auto& [name, value] : list) {
        if (!std::exchange(first, false))
            out += '&';
        text::percent_encode(name, out);
        text::percent_encode(value, out += '=');
    }
}

std::string normalize(const parameters& list)
{
    scratch memory;
    encoded_parameters encoded(memory);
    for (const auto& [name, value] : list)
        encoded.add(name, value);
    encoded.sort();
    char* const begin = memory.room(encoded.room());
    return text::percent_decode(memory.keep(encoded.write(begin))).value();
}

bool is_form(std::string_view content_type) noexcept
{
    constexpr std::string_view form = "application/x-www-form-urlencoded";
    const std::string_view type = content_type.substr(0, content_type.find(';'));
    return text::equal_ignoring_case(text::trimmed(type, text::blanks), form);
}

} // namespace coauth::oauth1
