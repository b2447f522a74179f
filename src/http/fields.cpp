#include <coauth/http/fields.hpp>

#include <algorithm>

namespace coauth::http {

namespace {

// Names are ASCII; what the locale thinks of a letter must not matter.
char lower(char c) noexcept
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

} // namespace

void fields::add(std::string name, std::string value)
{
    list_.emplace_back(std::move(name), std::move(value));
}

void fields::set(std::string_view name, std::string value)
{
    value_type replacement(std::string(name), std::move(value));
    std::erase_if(list_, [&](const value_type& field) { return same_field_name(field.first, replacement.first); });
    list_.push_back(std::move(replacement));
}

std::string_view fields::get(std::string_view name) const noexcept
{
    const auto found =
        std::find_if(begin(), end(), [&](const value_type& field) { return same_field_name(field.first, name); });
    return found == end() ? std::string_view() : std::string_view(found->second);
}

std::size_t fields::count(std::string_view name) const noexcept
{
    const auto n =
        std::count_if(begin(), end(), [&](const value_type& field) { return same_field_name(field.first, name); });
    return static_cast<std::size_t>(n);
}

bool same_field_name(std::string_view a, std::string_view b) noexcept
{
    return std::equal(
        a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) noexcept { return lower(x) == lower(y); });
}

} // namespace coauth::http
