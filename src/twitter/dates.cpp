#include "twitter/dates.hpp"

#include <coauth/text/ascii.hpp>

#include <algorithm>
#include <array>
#include <cstddef>

namespace coauth::twitter {

namespace {

using std::chrono::sys_days;
using std::chrono::sys_seconds;
using std::chrono::year_month_day;

constexpr std::array<std::string_view, 7> weekdays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> months{
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

// `form` has # for a digit, ? for any character, and the others as they must be.
bool has_form(std::string_view text, std::string_view form) noexcept
{
    return std::equal(text.begin(), text.end(), form.begin(), form.end(),
        [](char c, char f) { return f == '#' ? text::is_digit(c) : f == '?' || c == f; });
}

int number(std::string_view text, std::size_t begin, std::size_t digits) noexcept
{
    int value = 0;
    for (std::size_t i = begin; i != begin + digits; ++i)
        value = value * 10 + (text[i] - '0');
    return value;
}

// From 0; 12 for another text than the name of a month.
std::size_t month_of(std::string_view name) noexcept
{
    return static_cast<std::size_t>(std::find(months.begin(), months.end(), name) - months.begin());
}

// Both forms have day and clock in the same place.
std::optional<sys_days> day_of(std::string_view text, int year, std::size_t month) noexcept
{
    const year_month_day day(std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
        std::chrono::day(static_cast<unsigned>(number(text, 8, 2))));
    return day.ok() ? std::optional<sys_days>(day) : std::nullopt;
}

std::optional<sys_seconds> at_clock(std::optional<sys_days> day, std::string_view text) noexcept
{
    const int hour = number(text, 11, 2);
    const int minute = number(text, 14, 2);
    const int second = number(text, 17, 2);
    // Second 60 is a leap second, and the same moment as the next minute's first.
    if (!day || hour > 23 || minute > 59 || second > 60)
        return std::nullopt;
    return *day + std::chrono::hours(hour) + std::chrono::minutes(minute) + std::chrono::seconds(second);
}

// "Z", or a fraction before it.
bool is_end(std::string_view text) noexcept
{
    if (!text.ends_with('Z'))
        return false;
    text.remove_suffix(1);
    return text.empty() ||
           (text.size() >= 2 && text.size() <= 10 && text.front() == '.' && text::all_digits(text.substr(1)));
}

} // namespace

std::optional<sys_seconds> read_v1_1_date(std::string_view text)
{
    if (!has_form(text, "??? ??? ## ##:##:## +0000 ####"))
        return std::nullopt;
    const auto day = day_of(text, number(text, 26, 4), 1 + month_of(text.substr(4, 3)));
    if (!day || !text.starts_with(weekdays[std::chrono::weekday(*day).c_encoding()]))
        return std::nullopt;
    return at_clock(*day, text);
}

std::optional<sys_seconds> read_v2_date(std::string_view text)
{
    constexpr std::string_view form = "####-##-##T##:##:##";
    if (!has_form(text.substr(0, form.size()), form) || !is_end(text.substr(form.size())))
        return std::nullopt;
    return at_clock(day_of(text, number(text, 0, 4), static_cast<std::size_t>(number(text, 5, 2))), text);
}

std::optional<sys_seconds> read_date(api_version api, std::string_view text)
{
    return api == api_version::v2 ? read_v2_date(text) : read_v1_1_date(text);
}

} // namespace coauth::twitter
