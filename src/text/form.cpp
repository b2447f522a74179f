#include <coauth/text/form.hpp>
#include <coauth/text/percent_encoding.hpp>

#include <algorithm>

namespace coauth::text {

bool take_field(std::string_view& rest, std::string_view& name, std::string_view& value) noexcept
{
    rest.remove_prefix(std::min(rest.find_first_not_of('&'), rest.size()));
    if (rest.empty())
        return false;
    const auto field = rest.substr(0, rest.find('&'));
    rest.remove_prefix(field.size());
    const auto equals = std::min(field.find('='), field.size());
    name = field.substr(0, equals);
    value = field.substr(std::min(equals + 1, field.size()));
    return true;
}

result<form> parse_form(std::string_view text)
{
    form fields;
    std::string_view raw_name;
    std::string_view raw_value;
    while (take_field(text, raw_name, raw_value)) {
        auto name = form_decode(raw_name);
        auto value = form_decode(raw_value);
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
