#include <coauth/text/form.hpp>
#include <coauth/text/percent_encoding.hpp>

#include <algorithm>

namespace coauth::text {

result<form> parse_form(std::string_view text)
{
    form fields;
    while (!text.empty()) {
        const auto end = std::min(text.find('&'), text.size());
        const auto pair = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (pair.empty())
            continue;
        const auto equals = std::min(pair.find('='), pair.size());
        auto name = form_decode(pair.substr(0, equals));
        auto value = form_decode(pair.substr(std::min(equals + 1, pair.size())));
        if (!name)
            return name.error();
        if (!value)
            return value.error();
        fields.emplace_back(std::move(*name), std::move(*value));
    }
    return fields;
}

const std::string* find(const form& fields, std::string_view name) noexcept
{
    const auto found =
        std::find_if(fields.begin(), fields.end(), [&](const auto& field) { return field.first == name; });
    return found == fields.end() ? nullptr : &found->second;
}

std::size_t count(const form& fields, std::string_view name) noexcept
{
    return static_cast<std::size_t>(
        std::count_if(fields.begin(), fields.end(), [&](const auto& field) { return field.first == name; }));
}

} // namespace coauth::text
