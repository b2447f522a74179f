// Logins whose first leg is under way.
#pragma once

#include "session/shared_end.hpp"

#include <coauth/oauth1/credentials.hpp>
#include <coauth/session/login.hpp>
#include <coauth/store/login_store.hpp>

#include <boost/asio/awaitable.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace coauth::sessions {

/// What a first leg came to.
struct begun {
    begun(oauth1::request_token token, std::shared_ptr<login::ticket> ticket, bool shared)
        : token(std::move(token)), ticket(std::move(ticket)), shared(shared)
    {}

    oauth1::request_token token;
    std::shared_ptr<login::ticket> ticket;
    bool shared; ///< It was this browser's already.
};

/// Browsers in a hurry share a first leg; and what is under way counts against the caps, so that a
/// login that will be refused is refused before it has cost a request token.
///
/// Thread safety: safe.
class begins {
public:
    using time_point = std::chrono::steady_clock::time_point;

    class flight {
    public:
        flight(const store::browser_digest& browser, std::string return_to, time_point started)
            : browser(browser), return_to(std::move(return_to)), started(started)
        {}

        const store::browser_digest browser;
        const std::string return_to;
        const time_point started;

    private:
        friend class begins;

        shared_end<begun> end_;
        bool holds_place_ = false;
    };
    using flight_ptr = std::shared_ptr<flight>;

    /// The flight to wait for, and whether the caller is to carry it out.
    struct entrance {
        entrance(flight_ptr which, bool leads) : which(std::move(which)), leads(leads) {}

        flight_ptr which;
        bool leads;
    };
    entrance enter(const store::browser_digest& browser, std::string return_to, time_point now,
        std::chrono::milliseconds share_for);

    /// Says how it ended; returns those who wait for it, to be woken.
    waiters land(const flight_ptr& which, const ending<begun>& how) noexcept;

    /// Whoever awaits this keeps both alive.
    boost::asio::awaitable<ending<begun>> wait(const flight_ptr& which);

    /// How many places were given back so far.
    std::uint64_t given_back() const;

    /// Holds a place for a login that is about to begin, beside those `living`; or says which cap there
    /// is no place under. Says neither if `as_of` is no longer `given_back`: what came in between may be
    /// counted twice, or not at all.
    enum class place { held, none_at_all, none_for_browser, count_again };
    place hold_place(const flight_ptr& which, const store::login_store::counts& living,
        const store::login_limits& limits, std::optional<std::uint64_t> as_of);
    void give_back(const flight_ptr& which);

private:
    using octets = std::array<std::uint8_t, 32>;

    mutable std::mutex mutex_;
    std::multimap<octets, flight_ptr> flights_; // by browser
    std::size_t places_ = 0;
    std::uint64_t given_back_ = 0;
};

} // namespace coauth::sessions
