#include "sandbox/x/dates.hpp"

#include <coauth/text/ascii.hpp>

#include <array>
#include <cstdio>

namespace coauth::sandbox {

namespace {

constexpr std::array day_names = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array month_names = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

struct parts {
    int year;
    unsigned month, day;
    const char* day_name;
    const char* month_name;
    int hour, minute, second;
};

parts split(std::chrono::sys_seconds when)
{
    const auto day = std::chrono::floor<std::chrono::days>(when);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(when - day);
    const auto month = static_cast<unsigned>(date.month());
    return {static_cast<int>(date.year()), month, static_cast<unsigned>(date.day()),
        day_names[std::chrono::weekday(day).c_encoding()], month_names[month - 1],
        static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
        static_cast<int>(time.seconds().count())};
}

template <class... Values>
std::string print(const char* format, Values... values)
{
    std::array<char, 96> text{};
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    const int size = std::snprintf(text.data(), text.size(), format, values...);
#pragma GCC diagnostic pop
    return std::string(text.data(), static_cast<std::size_t>(size));
}

// Exactly `size` digits at the front of `text`, which are taken off.
std::optional<int> take_number(std::string_view& text, std::size_t size)
{
    if (text.size() < size)
        return std::nullopt;
    int value = 0;
    for (const char c : text.substr(0, size)) {
        if (!text::is_digit(c))
            return std::nullopt;
        value = value * 10 + (c - '0');
    }
    text.remove_prefix(size);
    return value;
}

bool take(std::string_view& text, char expected)
{
    if (text.empty() || text.front() != expected)
        return false;
    text.remove_prefix(1);
    return true;
}

} // namespace

std::string iso8601(std::chrono::sys_seconds when)
{
    const auto p = split(when);
    return print("%04d-%02u-%02uT%02d:%02d:%02d.000Z", p.year, p.month, p.day, p.hour, p.minute, p.second);
}

std::string api_1_1_date(std::chrono::sys_seconds when)
{
    const auto p = split(when);
    return print(
        "%s %s %02u %02d:%02d:%02d +0000 %04d", p.day_name, p.month_name, p.day, p.hour, p.minute, p.second, p.year);
}

std::optional<std::chrono::sys_seconds> parse_iso8601(std::string_view text)
{
    const auto year = take_number(text, 4);
    if (!year || !take(text, '-'))
        return std::nullopt;
    const auto month = take_number(text, 2);
    if (!month || !take(text, '-'))
        return std::nullopt;
    const auto day = take_number(text, 2);
    if (!day || !take(text, 'T'))
        return std::nullopt;
    const auto hour = take_number(text, 2);
    if (!hour || !take(text, ':'))
        return std::nullopt;
    const auto minute = take_number(text, 2);
    if (!minute || !take(text, ':'))
        return std::nullopt;
    const auto second = take_number(text, 2);
    if (!second)
        return std::nullopt;
    if (take(text, '.')) {
        if (!take_number(text, 1))
            return std::nullopt;
        while (take_number(text, 1)) {}
    }
    if (text != "Z")
        return std::nullopt;

    const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
        std::chrono::day(static_cast<unsigned>(*day))};
    if (!date.ok() || *hour > 23 || *minute > 59 || *second > 59)
        return std::nullopt;
    return std::chrono::sys_days(date) + std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
           std::chrono::seconds(*second);
}

} // namespace coauth::sandbox
