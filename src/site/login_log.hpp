// The log of a site for its operator: one line for each login, and for each error.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace coauth::site {

/// How a login ended. Holds no secret.
struct login_line {
    login_line() = default;

    std::chrono::sys_seconds time;
    std::string outcome; ///< A `login_status`, or "failed".
    std::string cause;   ///< The error's code if it failed.
    std::string provider;
    std::string user_id; ///< Empty unless it was granted.
    std::string address; ///< The browser's.
};

/// "2026-11-28T13:00:00Z login outcome=granted provider=x user=123 address=192.0.2.1"
std::string text_of(const login_line& line);

/// Writes lines. A line that cannot be written costs no response.
///
/// Thread safety: safe, if `write` is.
class login_log {
public:
    using time_point = std::chrono::steady_clock::time_point;

    explicit login_log(std::function<void(const std::string& line)> write) : write_(std::move(write)) {}

    void write(const std::string& line) const noexcept;

    /// For lines that any client can cause at will: writes at most one line a minute for each kind, and says how many others
    /// were left out.
    enum class repeated { foreign_host, unknown_client, wrong_browser, replayed, expired };
    void write_repeated(repeated kind, const std::string& line, time_point now) const noexcept;

private:
    struct state {
        std::optional<time_point> last;
        std::uint64_t left_out = 0;
    };

    std::function<void(const std::string& line)> write_;
    mutable std::mutex mutex_;
    mutable std::map<repeated, state> states_;
};

} // namespace coauth::site
