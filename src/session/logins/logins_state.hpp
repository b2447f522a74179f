// What the operations on logins share.
#pragma once

#include "session/logins/begins.hpp"
#include "session/logins/login_deadlines.hpp"
#include "session/logins/logins.hpp"
#include "session/logins/ticket.hpp"

#include <atomic>
#include <memory>
#include <mutex>

namespace coauth::sessions {

/// Thread safety: safe. Operations hold it in a `shared_ptr`.
class logins::state : public std::enable_shared_from_this<logins::state> {
public:
    state(std::shared_ptr<const setup> with, keep_grant keep, std::function<void()> ring);

    const session_options& options() const { return with->options; }
    login_provider& provider() const { return *with->provider; }
    store::login_store& store() const { return *with->options.logins; }
    ticket_table::time_point now() const { return with->options.clock->steady_now(); }

    /// Throws `errc::cancelled` once closed.
    void check_open() const;

    // Each counts and then tells the one who watches.
    void tell_begun();
    void tell_shared();
    void tell_begin_failed(const error& why);
    void tell_ended(const login_end& how) noexcept;
    void tell_expired(std::size_t how_many);

    session_stats::login_counts counts() const;

    const std::shared_ptr<const setup> with;
    const keep_grant keep;
    const std::shared_ptr<ticket_table> tickets = std::make_shared<ticket_table>();
    begins under_way;
    login_deadlines deadlines;
    std::atomic<bool> closed{false};

private:
    mutable std::mutex mutex_;
    session_stats::login_counts counts_;
};

using logins_ptr = std::shared_ptr<logins::state>;

boost::asio::awaitable<login> begin_login(logins_ptr in, browser_binding present, login_request how);
boost::asio::awaitable<login_outcome> complete_login(logins_ptr in, std::string query, browser_binding present);

/// Ends the logins whose time is over, and sets the alarm for the next.
boost::asio::awaitable<void> sweep_logins(logins_ptr in);

} // namespace coauth::sessions
