#include "enrich_profiles/progress.hpp"

#include <algorithm>
#include <cmath>

namespace enrich {

namespace {

using std::chrono::milliseconds;

std::string two_digits(long n)
{
    const std::string text = std::to_string(n);
    return n < 10 ? '0' + text : text;
}

// "7 s", "2 min 05 s", "3 h 20 min": what is left is rounded up, so that it ends with 1 s and not with 0.
std::string duration_text(double seconds)
{
    constexpr double longest = 1e6 * 3600;
    const long s = static_cast<long>(std::ceil(std::min(seconds, longest)));
    if (s < 60)
        return std::to_string(s) + " s";
    if (s < 3600)
        return std::to_string(s / 60) + " min " + two_digits(s % 60) + " s";
    return std::to_string(s / 3600) + " h " + two_digits(s / 60 % 60) + " min";
}

double seconds(milliseconds time)
{
    return static_cast<double>(time.count()) / 1000;
}

std::string percent(double part)
{
    return std::to_string(static_cast<int>(part * 100)) + " %";
}

std::string pace_text(const progress& now)
{
    if (now.until.count() > 0)
        return "  waiting for the rate limit, " + duration_text(seconds(now.until)) + " left";
    const double time = seconds(now.time);
    const auto done = static_cast<double>(now.done - now.done_before);
    if (done == 0 || time == 0)
        return {};

    std::string text = "  " + std::to_string(std::lround(done / time)) + "/s";
    if (now.part && *now.part > now.part_before && *now.part < 1)
        text += "  " + duration_text(time * (1 - *now.part) / (*now.part - now.part_before)) + " left";
    return text;
}

} // namespace

std::string progress_bar(const progress& now, std::size_t width)
{
    constexpr std::size_t longest_bar = 40;
    constexpr std::size_t shortest_bar = 5;
    constexpr std::size_t around_bar = 3;

    const std::string text = progress_line(now);
    if (now.part && width >= text.size() + shortest_bar + around_bar) {
        const std::size_t columns = std::min(longest_bar, width - text.size() - around_bar);
        const auto full = static_cast<std::size_t>(static_cast<double>(columns) * *now.part);
        return '[' + std::string(full, '#') + std::string(columns - full, '.') + "] " + text;
    }
    return text.substr(0, width);
}

std::string progress_line(const progress& now)
{
    std::string text = now.part ? percent(*now.part) + "  " : std::string();
    return text + std::to_string(now.done) + " done" + pace_text(now);
}

progress progress_meter::look(time_point now, std::uint64_t done, std::uint64_t position, time_point reset) const
{
    using std::chrono::duration_cast;
    progress p;
    p.done = done;
    p.done_before = done_;
    if (size_ && *size_ != 0) {
        const auto size = static_cast<double>(*size_);
        p.part_before = std::min(1.0, static_cast<double>(position_) / size);
        p.part = std::min(1.0, static_cast<double>(std::max(position, position_)) / size);
    }
    p.time = duration_cast<milliseconds>(now - begun_);
    if (reset > now)
        p.until = duration_cast<milliseconds>(reset - now);
    return p;
}

bool progress_pace::due(const progress& now)
{
    constexpr milliseconds on_terminal{100};
    constexpr milliseconds in_log{10'000};
    constexpr double log_part = 0.1;

    const double part = now.part.value_or(0);
    if (!begun_)
        last_part_ = now.part_before;
    // A bar is there at once; a log begins with the first news.
    const bool first = terminal_ && !begun_;
    const bool late = now.time - last_time_ >= (terminal_ ? on_terminal : in_log);
    const bool far = !terminal_ && part - last_part_ >= log_part;
    begun_ = true;
    if (!first && !late && !far)
        return false;
    last_time_ = now.time;
    last_part_ = part;
    return true;
}

} // namespace enrich
