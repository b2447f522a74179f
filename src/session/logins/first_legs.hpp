// Logins whose first leg is in flight.
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

/// The result of a first leg.
struct first_leg_result {
    first_leg_result(oauth1::request_token token, std::shared_ptr<login::ticket> ticket, bool shared)
        : token(std::move(token)), ticket(std::move(ticket)), shared(shared)
    {}

    oauth1::request_token token;
    std::shared_ptr<login::ticket> ticket;
    bool shared; ///< The browser had the login already.
};

/// Equal requests of one browser share a first leg. First legs in flight count against the caps, so that a login
/// above a cap is refused before it costs a request token.
///
/// Thread safety: safe.
class first_legs {
public:
    using time_point = std::chrono::steady_clock::time_point;

    class leg {
    public:
        leg(const store::browser_digest& browser, std::string return_to, time_point started)
            : browser(browser), return_to(std::move(return_to)), started(started)
        {}

        const store::browser_digest browser;
        const std::string return_to;
        const time_point started;

    private:
        friend class first_legs;

        shared_end<first_leg_result> end_;
        bool holds_place_ = false;
    };
    using leg_ptr = std::shared_ptr<leg>;

    /// The first leg to wait for, and whether the caller must carry it out.
    struct membership {
        membership(leg_ptr leg, bool leads) : leg(std::move(leg)), leads(leads) {}

        leg_ptr leg;
        bool leads;
    };
    membership join(const store::browser_digest& browser, std::string return_to, time_point now,
        std::chrono::milliseconds share_for);

    /// Ends a first leg; returns its waiters, to be notified.
    waiters complete(const leg_ptr& leg, const ending<first_leg_result>& end) noexcept;

    /// The caller keeps both alive.
    boost::asio::awaitable<ending<first_leg_result>> wait(const leg_ptr& leg);

    /// How many places have been given back.
    std::uint64_t given_back() const;

    /// Holds a place for a login that is about to begin, beside those that are pending; or reports the cap that is
    /// reached. `count_again` if `as_of` is no longer `given_back`: a login that changed meanwhile may be counted
    /// twice, or not at all.
    enum class place { held, none_at_all, none_for_browser, count_again };
    place hold_place(const leg_ptr& leg, const store::login_store::counts& pending, const store::login_limits& limits,
        std::optional<std::uint64_t> as_of);
    void give_back(const leg_ptr& leg);

private:
    using octets = std::array<std::uint8_t, 32>;

    mutable std::mutex mutex_;
    std::multimap<octets, leg_ptr> legs_; // by browser
    std::size_t places_ = 0;
    std::uint64_t given_back_ = 0;
};

} // namespace coauth::sessions
