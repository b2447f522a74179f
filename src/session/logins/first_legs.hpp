// Logins whose first leg is in flight.
#pragma once

#include "session/shared_end.hpp"

#include <coauth/identity/login_request.hpp>
#include <coauth/session/login.hpp>
#include <coauth/store/login_store.hpp>

#include <boost/asio/awaitable.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace coauth::sessions {

/// The result of a first leg.
struct first_leg_result {
    first_leg_result(std::string url, std::shared_ptr<login::ticket> ticket)
        : url(std::move(url)), ticket(std::move(ticket))
    {}

    std::string url;
    std::shared_ptr<login::ticket> ticket;
};

/// Equal requests of one browser share a first leg, in flight and for a while after it. First legs in flight count
/// against the caps, so that a login above a cap is refused before it costs a request.
///
/// Thread safety: safe.
class first_legs {
public:
    using time_point = std::chrono::steady_clock::time_point;

    class leg {
    public:
        leg(const store::browser_digest& browser, login_request request, time_point started)
            : browser(browser), request(std::move(request)), started(started)
        {}

        const store::browser_digest browser;
        const login_request request;
        const time_point started;

    private:
        friend class first_legs;

        shared_end<first_leg_result> end_;
        bool holds_place_ = false;
    };
    using leg_ptr = std::shared_ptr<leg>;

    /// A leg that has ended is shared while this holds for its result.
    using is_pending = std::function<bool(const first_leg_result&)>;

    /// `share_for`: how long after its start a leg is shared. 0: not at all.
    first_legs(std::chrono::milliseconds share_for, is_pending pending)
        : share_for_(share_for), is_pending_(std::move(pending))
    {}

    /// The first leg to wait for, and whether the caller must carry it out.
    struct membership {
        membership(leg_ptr leg, bool leads) : leg(std::move(leg)), leads(leads) {}

        leg_ptr leg;
        bool leads;
    };
    membership join(const store::browser_digest& browser, login_request request, time_point now);

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
    using legs_by_browser = std::multimap<octets, leg_ptr>;

    bool is_shared(const leg& started, const login_request& request, time_point now) const;
    void remove_old(time_point now);
    bool keep(legs_by_browser::iterator ended) noexcept;

    const std::chrono::milliseconds share_for_;
    const is_pending is_pending_;

    mutable std::mutex mutex_;
    legs_by_browser legs_;                       // in flight, and those that `ended_` refers to
    std::list<legs_by_browser::iterator> ended_; // in the order of their ends
    std::size_t ended_count_ = 0;
    std::size_t places_ = 0;
    std::uint64_t given_back_ = 0;
};

} // namespace coauth::sessions
