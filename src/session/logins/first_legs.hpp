// Logins whose first leg is in flight.
#pragma once

#include "session/shared_end.hpp"

#include <coauth/identity/login_request.hpp>
#include <coauth/session/login.hpp>
#include <coauth/store/login_store.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/intrusive/list.hpp>
#include <boost/intrusive/set.hpp>
#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
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
/// Thread safety: safe. Lifetime: while a leg is in flight.
class first_legs {
public:
    using time_point = std::chrono::steady_clock::time_point;

    // One piece of memory: the table's hooks are in it, and a leg in the table has a count of the table's.
    class leg : public boost::intrusive::set_base_hook<>,
                public boost::intrusive::list_base_hook<>,
                public boost::intrusive_ref_counter<leg, boost::thread_safe_counter> {
    public:
        explicit leg(login_request request) : request(std::move(request)) {}

        const store::browser_digest& browser() const noexcept { return browser_; }

        const login_request request;

    private:
        friend class first_legs;

        store::browser_digest browser_;
        time_point started_{};
        shared_end<first_leg_result> end_;
        bool holds_place_ = false;
    };
    using leg_ptr = boost::intrusive_ptr<leg>;

    /// A leg that has ended is shared while this holds for its result.
    using is_pending = std::function<bool(const first_leg_result&)>;

    /// `share_for`: how long after its start a leg is shared. 0: not at all.
    first_legs(std::chrono::milliseconds share_for, is_pending pending)
        : share_for_(share_for), is_pending_(std::move(pending))
    {}
    ~first_legs();

    first_legs(const first_legs&) = delete;
    first_legs& operator=(const first_legs&) = delete;

    /// The first leg to wait for: `own`, which the caller must carry out then, or an equal one of the same browser.
    leg_ptr join(leg_ptr own, const store::browser_digest& browser, time_point now);

    /// Ends a first leg, and gives back its place; returns its waiters, to be notified.
    waiters complete(leg& ended, const ending<first_leg_result>& end) noexcept;

    /// Empty while it is in flight.
    ending<first_leg_result> end_of(const leg& joined) const;

    /// The caller keeps both alive.
    boost::asio::awaitable<ending<first_leg_result>> wait(leg& joined);

    /// How many places have been given back.
    std::uint64_t given_back() const noexcept { return given_back_; }

    /// Holds a place for a login that is about to begin, beside those that are pending; or reports the cap that is
    /// reached. `count_again` if `as_of` is no longer `given_back`: a login that changed meanwhile may be counted
    /// twice, or not at all.
    enum class place { held, none_at_all, none_for_browser, count_again };
    place hold_place(leg& beginning, const store::login_store::counts& pending, const store::login_limits& limits,
        std::optional<std::uint64_t> as_of);

private:
    struct browser_of {
        using type = std::array<std::uint8_t, 32>;
        const type& operator()(const leg& l) const noexcept { return l.browser_.octets; }
    };
    using legs_by_browser = boost::intrusive::multiset<leg, boost::intrusive::key_of_value<browser_of>,
        boost::intrusive::constant_time_size<false>>;

    // All with the lock held.
    bool is_shared(const leg& started, const login_request& request, time_point now) const;
    leg* find_shared(const store::browser_digest& browser, const login_request& request, time_point now);
    void remove_old(time_point now) noexcept;
    void remove(leg& removed) noexcept;

    const std::chrono::milliseconds share_for_;
    const is_pending is_pending_;

    mutable std::mutex mutex_;
    legs_by_browser legs_;              // in flight, and those in `ended_`
    boost::intrusive::list<leg> ended_; // in the order of their ends
    std::size_t places_ = 0;
    std::atomic<std::uint64_t> given_back_ = 0; // changes with the lock held
};

} // namespace coauth::sessions
