// The control port: shows what the sandbox saw, and sets its clock and faults.
#pragma once

#include <coauth/server/http_server.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace coauth::sandbox {

/// What the control port may do.
///
/// Thread safety: the functions are called from the server's threads; they guard themselves.
struct control_actions {
    control_actions() = default;

    std::function<std::string()> journal;
    std::function<std::string()> counters;
    std::function<void()> reset;
    std::function<void(std::chrono::seconds)> set_clock_skew;
    std::function<void(std::string_view)> set_faults;
    std::function<void()> rotate_keys;
    std::function<std::size_t(std::string_view user)> expire_tokens;
};

/// GET /journal, GET /counters, POST /reset, POST /clock {"skew":S}, POST /faults [...], POST /keys/rotate,
/// POST /tokens/expire {"user":NAME_OR_ID}. Requests that a browser sends for another site are refused.
server::response handle_control(const server::request& r, const control_actions& actions);

} // namespace coauth::sandbox
