#include "site/login_log.hpp"

#include <coauth/text/date_time.hpp>

#include <utility>

namespace coauth::site {

namespace {

constexpr std::chrono::minutes interval(1);

} // namespace

std::string text_of(const login_line& line)
{
    std::string line_text = text::date_time(line.time) + " login outcome=" + line.outcome;
    if (!line.cause.empty())
        line_text += " cause=" + line.cause;
    line_text += " provider=" + line.provider + " user=" + (line.user_id.empty() ? "-" : line.user_id);
    return line_text + " address=" + line.address;
}

void login_log::write(const std::string& line) const noexcept
{
    try {
        if (write_)
            write_(line);
    } catch (...) {}
}

void login_log::write_repeated(repeated kind, const std::string& line, time_point now) const noexcept
{
    try {
        std::uint64_t left_out = 0;
        {
            const std::lock_guard lock(mutex_);
            state& before = states_[kind];
            if (before.last && now - *before.last < interval) {
                ++before.left_out;
                return;
            }
            before.last = now;
            left_out = std::exchange(before.left_out, 0);
        }
        write(left_out == 0 ? line : line + " (and " + std::to_string(left_out) + " more like it)");
    } catch (...) {}
}

} // namespace coauth::site
