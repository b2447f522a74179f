// The state that the operations on logins share.
#pragma once

#include "session/logins/first_legs.hpp"
#include "session/logins/login_deadlines.hpp"
#include "session/logins/logins.hpp"
#include "session/logins/store_watch.hpp"
#include "session/logins/ticket.hpp"

#include <atomic>
#include <memory>
#include <mutex>

namespace coauth::sessions {

/// Thread safety: safe. Operations hold it in a `shared_ptr`.
class logins::state : public std::enable_shared_from_this<logins::state> {
public:
    state(std::shared_ptr<const session_setup> setup, keep_credential keep, std::function<void()> on_time);

    const session_options& options() const { return setup->options; }
    login_provider& provider() const { return *setup->provider; }
    store::login_store& store() const { return *setup->options.logins; }
    store::immediate_logins* immediate_store() const { return store().immediate(); } ///< Null: use `store`.
    ticket_table::time_point now() const { return setup->options.clock->steady_now(); }

    /// Throws `errc::cancelled` once closed.
    void check_open() const;

    /// True once the legs in flight are; closing alone lets them continue.
    bool is_cancelled() const noexcept { return setup->work->is_cancelled(); }

    // Each counts and then reports the event.
    void report_begun();
    void report_shared();
    void report_begin_failed(const error& why);
    void report_ended(const login_end& end) noexcept;
    void report_expired(std::size_t count);

    session_stats::login_counts counts() const;

    const std::shared_ptr<const session_setup> setup;
    const keep_credential keep;
    const std::shared_ptr<ticket_table> tickets = std::make_shared<ticket_table>();
    first_legs first_legs_in_flight;
    login_deadlines deadlines;
    store_watch watching_store; ///< For logins that end in another process.
    std::atomic<bool> closed{false};

    // Made in advance: what ends with these may end for lack of memory.
    const ending<first_leg_result> leg_cancelled = failed_with<first_leg_result>(error(errc::cancelled));
    const login_end login_cancelled = failed_with<login_outcome>(error(errc::cancelled));

private:
    void count_ended(const login_end& end) noexcept;

    mutable std::mutex mutex_;
    session_stats::login_counts counts_;
};

using logins_ptr = std::shared_ptr<logins::state>;

boost::asio::awaitable<login> begin_login(const logins_ptr& state, browser_binding&& present, login_request&& request);
boost::asio::awaitable<login_outcome> complete_login(
    const logins_ptr& state, std::string&& query, browser_binding&& present);

/// Ends the logins that have expired, and sets the alarm for the next.
boost::asio::awaitable<void> sweep_logins(const logins_ptr& state);

} // namespace coauth::sessions
