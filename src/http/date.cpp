#include <coauth/http/date.hpp>
#include <coauth/text/ascii.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdio>
#include <vector>

namespace coauth::http {

namespace {

using std::chrono::sys_seconds;

constexpr std::array<std::string_view, 7> weekdays = {
    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
constexpr std::array<std::string_view, 12> months = {
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

// The words of a date, whose punctuation differs from form to form; no more of them than of the longest form and one.
std::vector<std::string_view> split(std::string_view text, std::string_view separators)
{
    std::vector<std::string_view> words;
    while (words.size() <= 6) {
        text.remove_prefix(std::min(text.find_first_not_of(separators), text.size()));
        if (text.empty())
            break;
        words.push_back(text.substr(0, text.find_first_of(separators)));
        text.remove_prefix(words.back().size());
    }
    return words;
}

struct date_parts {
    std::string_view weekday, day, month, year, time;
};

bool is_utc(std::string_view zone) noexcept
{
    return text::equal_ignoring_case(zone, "GMT") || text::equal_ignoring_case(zone, "UTC") || zone == "+0000";
}

std::optional<date_parts> recognize(std::string_view text)
{
    // "Sun, 06 Nov 1994 08:49:37 GMT", which nearly all servers send.
    if (text.size() == 29 && text[3] == ',' && text[4] == ' ' && text[7] == ' ' && text[11] == ' ' && text[16] == ' ' &&
        text[25] == ' ' && text.ends_with("GMT"))
        return date_parts{
            text.substr(0, 3), text.substr(5, 2), text.substr(8, 3), text.substr(12, 4), text.substr(17, 8)};
    auto w = split(text, " \t,");
    if (w.size() == 4) // RFC 850, whose day, month and year are one word
        if (const auto date = split(w[1], "-"); date.size() == 3)
            w = {w[0], date[0], date[1], date[2], w[2], w[3]};
    if (w.size() == 6 && is_utc(w[5])) // IMF-fixdate
        return date_parts{w[0], w[1], w[2], w[3], w[4]};
    if (w.size() == 5) // asctime
        return date_parts{w[0], w[2], w[1], w[4], w[3]};
    return std::nullopt;
}

std::optional<int> number(std::string_view digits) noexcept
{
    int value = 0;
    for (const char c : digits) {
        if (!text::is_digit(c))
            return std::nullopt;
        value = value * 10 + (c - '0');
    }
    return value;
}

std::optional<std::chrono::year> read_year(std::string_view digits, sys_seconds now) noexcept
{
    auto value = digits.size() == 2 || digits.size() == 4 ? number(digits) : std::nullopt;
    if (!value)
        return std::nullopt;
    if (digits.size() == 2) {
        const std::chrono::year_month_day today(std::chrono::floor<std::chrono::days>(now));
        const int latest = static_cast<int>(today.year()) + 50;
        *value += (latest - *value) / 100 * 100;
    }
    return std::chrono::year(*value);
}

std::optional<std::chrono::month> read_month(std::string_view name) noexcept
{
    const auto found = std::find_if(
        months.begin(), months.end(), [name](std::string_view m) { return text::equal_ignoring_case(m, name); });
    if (found == months.end())
        return std::nullopt;
    return std::chrono::month(static_cast<unsigned>(found - months.begin()) + 1);
}

bool names(std::string_view text, std::chrono::weekday day) noexcept
{
    const std::string_view name = weekdays[day.c_encoding()];
    return text::equal_ignoring_case(text, name) || text::equal_ignoring_case(text, name.substr(0, 3));
}

// hh:mm:ss. Second 60 is a leap second, and the same moment as the next minute's first.
std::optional<std::chrono::seconds> read_time(std::string_view text) noexcept
{
    if (text.size() != 8 || text[2] != ':' || text[5] != ':')
        return std::nullopt;
    const auto hour = number(text.substr(0, 2)), minute = number(text.substr(3, 2)), second = number(text.substr(6));
    if (!hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 60)
        return std::nullopt;
    return std::chrono::hours(*hour) + std::chrono::minutes(*minute) + std::chrono::seconds(*second);
}

} // namespace

// By hand, since strftime and streams ask the locale for the names.
std::string write_date(sys_seconds time)
{
    using namespace std::chrono;
    const auto day = floor<days>(time);
    const year_month_day date(day);
    const auto seconds = (time - day).count();

    std::array<char, 64> text{};
    const int size = std::snprintf(text.data(), text.size(), "%.3s, %02u %s %04d %02d:%02d:%02d GMT",
        weekdays[weekday(day).c_encoding()].data(), static_cast<unsigned>(date.day()),
        months[static_cast<unsigned>(date.month()) - 1].data(), static_cast<int>(date.year()),
        static_cast<int>(seconds / 3600), static_cast<int>(seconds / 60 % 60), static_cast<int>(seconds % 60));
    return {text.data(), static_cast<std::size_t>(size)};
}

std::optional<sys_seconds> read_date(std::string_view text, sys_seconds now)
{
    const auto parts = recognize(text);
    if (!parts || parts->day.size() > 2)
        return std::nullopt;
    const auto day = number(parts->day);
    const auto month = read_month(parts->month);
    const auto year = read_year(parts->year, now);
    const auto time = read_time(parts->time);
    if (!day || !month || !year || !time)
        return std::nullopt;
    const std::chrono::year_month_day date(*year, *month, std::chrono::day(static_cast<unsigned>(*day)));
    if (!date.ok() || !names(parts->weekday, std::chrono::weekday(std::chrono::sys_days(date))))
        return std::nullopt;
    return std::chrono::sys_days(date) + *time;
}

} // namespace coauth::http
