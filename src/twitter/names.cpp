#include "twitter/names.hpp"

#include <algorithm>

namespace coauth::twitter {

namespace {

bool is_digit(char c) noexcept
{
    return c >= '0' && c <= '9';
}

char lower(char c) noexcept
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_name_character(char c) noexcept
{
    const char l = lower(c);
    return is_digit(c) || (l >= 'a' && l <= 'z') || c == '_';
}

} // namespace

bool is_username(std::string_view text) noexcept
{
    return text.size() <= 15 && is_account_name(text);
}

bool is_account_name(std::string_view text) noexcept
{
    return !text.empty() && std::all_of(text.begin(), text.end(), is_name_character);
}

bool is_id(std::string_view text) noexcept
{
    return !text.empty() && text.size() <= 19 && text.front() != '0' && std::all_of(text.begin(), text.end(), is_digit);
}

std::string folded(std::string_view username)
{
    std::string out(username);
    std::transform(out.begin(), out.end(), out.begin(), lower);
    return out;
}

bool equal_without_case(std::string_view a, std::string_view b) noexcept
{
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

} // namespace coauth::twitter
