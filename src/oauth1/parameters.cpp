#include "oauth1/encoded_parameters.hpp"

#include <coauth/oauth1/parameters.hpp>
#include <coauth/text/ascii.hpp>
#include <coauth/text/percent_encoding.hpp>

#include <algorithm>

namespace coauth::oauth1 {

result<parameters> parse_form(std::string_view text)
{
    parameters list;
    while (!text.empty()) {
        const auto end = std::min(text.find('&'), text.size());
        const auto pair = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (pair.empty())
            continue;
        const auto equals = std::min(pair.find('='), pair.size());
        auto name = text::form_decode(pair.substr(0, equals));
        auto value = text::form_decode(pair.substr(std::min(equals + 1, pair.size())));
        if (!name)
            return name.error();
        if (!value)
            return value.error();
        list.emplace_back(std::move(*name), std::move(*value));
    }
    return list;
}

std::string encode_form(const parameters& list)
{
    std::string out;
    for (const auto& [name, value] : list) {
        if (!out.empty())
            out += '&';
        text::percent_encode(name, out);
        out += '=';
        text::percent_encode(value, out);
    }
    return out;
}

const std::string* find(const parameters& list, std::string_view name) noexcept
{
    const auto found = std::find_if(list.begin(), list.end(), [&](const parameter& p) { return p.first == name; });
    return found == list.end() ? nullptr : &found->second;
}

std::size_t count(const parameters& list, std::string_view name) noexcept
{
    return static_cast<std::size_t>(
        std::count_if(list.begin(), list.end(), [&](const parameter& p) { return p.first == name; }));
}

std::string normalize(const parameters& list)
{
    encoded_parameters encoded;
    for (const auto& [name, value] : list)
        encoded.add(name, value);
    encoded.sort();
    std::string out;
    encoded.append_normalized(out);
    return out;
}

bool is_form(std::string_view content_type) noexcept
{
    constexpr std::string_view form = "application/x-www-form-urlencoded";
    const std::string_view type = content_type.substr(0, content_type.find(';'));
    return text::equal_ignoring_case(text::trimmed(type, text::blanks), form);
}

} // namespace coauth::oauth1
