#include "twitter/names.hpp"

#include <coauth/text/ascii.hpp>
#include <coauth/twitter/user_names.hpp>

#include <algorithm>

namespace coauth::twitter {

namespace {

bool is_name_character(char c) noexcept
{
    return text::is_letter_or_digit(c) || c == '_';
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
    return !text.empty() && text.size() <= 19 && text.front() != '0' && text::all_digits(text);
}

bool can_be_asked_for(const user_ref& user) noexcept
{
    return user.is_id() ? is_id(user.text()) : is_username(user.text());
}

std::string objection_to(const user_ref& user)
{
    if (can_be_asked_for(user))
        return {};
    return user.is_id() ? "an id has 1 to 19 digits and no zero in front"
                        : "a user name has 1 to 15 letters, digits or underscores; ask for a longer one by its id";
}

std::string lookup_key(const user_ref& user)
{
    return user.is_id() ? '#' + user.text() : text::lowered(user.text());
}

} // namespace coauth::twitter
