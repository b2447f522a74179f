#include "login_server/site_log.hpp"

#include "program/json_output.hpp"

namespace login_server {

namespace {

constexpr std::chrono::minutes interval(1);

} // namespace

std::string text_of(const login_line& line)
{
    std::string text = program::iso8601(line.time) + " login outcome=" + line.outcome;
    if (!line.cause.empty())
        text += " cause=" + line.cause;
    text += " provider=x user=" + (line.user_id.empty() ? "-" : line.user_id);
    return text + " address=" + line.address;
}

void site_log::write(const std::string& line) const noexcept
{
    try {
        if (write_)
            write_(line);
    } catch (...) {}
}

void site_log::write_repeated(repeated kind, const std::string& line, time_point now) const noexcept
{
    try {
        std::uint64_t left_out = 0;
        {
            const std::lock_guard lock(mutex_);
            state& before = states_[static_cast<int>(kind)];
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

} // namespace login_server
