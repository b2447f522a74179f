#include "twitter/dates.hpp"

#include <coauth/text/ascii.hpp>

#include <algorithm>
#include <array>
#include <cstddef>

namespace coauth::twitter {

namespace {

using std::chrono::sys_seconds;

constexpr std::size_t name_length = 3;
constexpr std::array<std::string_view, 7> weekdays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> months{
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

// Takes one piece after another off the front of a date. After the first piece that isn't there,
// everything fails.
class pieces {
public:
    explicit pieces(std::string_view text) : rest_(text) {}

    void literal(std::string_view expected)
    {
        if (!rest_.starts_with(expected))
            good_ = false;
        else
            rest_.remove_prefix(expected.size());
    }

    int digits(std::size_t count)
    {
        if (rest_.size() < count) {
            good_ = false;
            return 0;
        }
        int value = 0;
        for (const char c : rest_.substr(0, count)) {
            if (!text::is_digit(c)) {
                good_ = false;
                return 0;
            }
            value = value * 10 + (c - '0');
        }
        rest_.remove_prefix(count);
        return value;
    }

    template <std::size_t N>
    unsigned one_of(const std::array<std::string_view, N>& names)
    {
        const auto found = std::find_if(names.begin(), names.end(), [this](std::string_view name) {
            return rest_.size() >= name_length && std::equal(name.begin(), name.begin() + name_length, rest_.begin());
        });
        if (found == names.end()) {
            good_ = false;
            return 0;
        }
        rest_.remove_prefix(name_length);
        return static_cast<unsigned>(found - names.begin());
    }

    void optional_fraction()
    {
        if (!rest_.starts_with('.'))
            return;
        const std::size_t end = rest_.find_first_not_of("0123456789", 1);
        const std::size_t length = (end == std::string_view::npos ? rest_.size() : end) - 1;
        if (length == 0 || length > 9)
            good_ = false;
        else
            rest_.remove_prefix(length + 1);
    }

    bool done() const { return good_ && rest_.empty(); }

private:
    std::string_view rest_;
    bool good_ = true;
};

struct clock_time {
    int hour = 0;
    int minute = 0;
    int second = 0;
};

clock_time time_of(pieces& p)
{
    clock_time t;
    t.hour = p.digits(2);
    p.literal(":");
    t.minute = p.digits(2);
    p.literal(":");
    t.second = p.digits(2);
    return t;
}

std::optional<sys_seconds> combine(std::chrono::year_month_day day, clock_time t)
{
    // Second 60 is a leap second, and the same moment as the next minute's first.
    if (!day.ok() || t.hour > 23 || t.minute > 59 || t.second > 60)
        return std::nullopt;
    return std::chrono::sys_days(day) + std::chrono::hours(t.hour) + std::chrono::minutes(t.minute) +
           std::chrono::seconds(t.second);
}

std::chrono::year_month_day date(int year, unsigned month, int day)
{
    return {std::chrono::year(year), std::chrono::month(month), std::chrono::day(static_cast<unsigned>(day))};
}

bool falls_on(std::chrono::year_month_day day, unsigned weekday)
{
    return day.ok() && std::chrono::weekday(std::chrono::sys_days(day)).c_encoding() == weekday;
}

} // namespace

std::optional<sys_seconds> read_date(api_version api, std::string_view text)
{
    return api == api_version::v2 ? read_v2_date(text) : read_v1_1_date(text);
}

std::optional<sys_seconds> read_v1_1_date(std::string_view text)
{
    pieces p(text);
    const unsigned weekday = p.one_of(weekdays);
    p.literal(" ");
    const unsigned month = p.one_of(months) + 1;
    p.literal(" ");
    const int day = p.digits(2);
    p.literal(" ");
    const clock_time t = time_of(p);
    p.literal(" +0000 ");
    const int year = p.digits(4);
    const auto on = date(year, month, day);
    return p.done() && falls_on(on, weekday) ? combine(on, t) : std::nullopt;
}

std::optional<sys_seconds> read_v2_date(std::string_view text)
{
    pieces p(text);
    const int year = p.digits(4);
    p.literal("-");
    const int month = p.digits(2);
    p.literal("-");
    const int day = p.digits(2);
    p.literal("T");
    const clock_time t = time_of(p);
    p.optional_fraction();
    p.literal("Z");
    return p.done() ? combine(date(year, static_cast<unsigned>(month), day), t) : std::nullopt;
}

} // namespace coauth::twitter
