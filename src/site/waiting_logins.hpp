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
#include <utility>

namespace coauth::site {

/// Logins by an id that may stand in a URL: it alone opens nothing, the browser's cookie is needed, too.
///
/// Thread safety: safe; short mutex sections.
class waiting_logins {
public:
    using time_point = std::chrono::steady_clock::time_point;

    static constexpr std::size_t max_size = 10'000;

    struct waiting_login {
        waiting_login(coauth::login new_begun, std::size_t new_provider)
            : begun(std::move(new_begun)), provider(new_provider)
        {}

        coauth::login begun;
        std::size_t provider; ///< Its index.
    };

    /// `lifetime`: for how long it is kept. Returns the id, or nothing if `max_size` are kept: then the user goes to the
    /// provider in the same window.
    std::optional<std::string> add(waiting_login entry, time_point now, std::chrono::milliseconds lifetime);

    /// The login of this id, if this browser began it.
    std::optional<waiting_login> find(
        std::string_view id, const coauth::browser_binding& browser, time_point now) const;

private:
    struct row {
        row(waiting_login new_entry, time_point new_until) : entry(std::move(new_entry)), until(new_until) {}

        waiting_login entry;
        time_point until;
    };

    mutable std::mutex mutex_;
    std::map<std::string, row, std::less<>> rows_;
    std::deque<std::string> in_order_; // oldest first
};

} // namespace coauth::site
