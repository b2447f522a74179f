// Pages that wait for a login which is finished in another window.
#pragma once

#include <coauth/session/login.hpp>

#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace login_server {

/// Logins by an id that may stand in a URL: it alone opens nothing, the browser's cookie is wanted too.
///
/// Thread safety: safe; short mutex sections.
class waiting_rooms {
public:
    using time_point = std::chrono::steady_clock::time_point;

    static constexpr std::size_t most = 10'000;

    /// `keep`: how long. Returns the id, or nothing if all rooms are taken: then the person goes to the
    /// provider in the same window.
    std::optional<std::string> open(coauth::login begun, time_point now, std::chrono::milliseconds keep);

    /// The login of this id, if this browser began it.
    std::optional<coauth::login> find(
        std::string_view id, const coauth::browser_binding& browser, time_point now) const;

private:
    struct room {
        room(coauth::login begun, time_point until) : begun(std::move(begun)), until(until) {}

        coauth::login begun;
        time_point until;
    };

    mutable std::mutex mutex_;
    std::map<std::string, room, std::less<>> rooms_;
    std::deque<std::string> in_order_; // oldest first
};

} // namespace login_server
