// Where those who await a login and the callback that ends it meet.
#pragma once

#include "session/shared_end.hpp"

#include <coauth/session/login.hpp>
#include <coauth/store/pending_login.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/intrusive/set.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace coauth::sessions {

class ticket_table;

using in_id_order =
    boost::intrusive::set_base_hook<boost::intrusive::tag<struct id_order>, boost::intrusive::optimize_size<true>>;
using in_deadline_order = boost::intrusive::set_base_hook<boost::intrusive::tag<struct deadline_order>,
    boost::intrusive::optimize_size<true>>;

} // namespace coauth::sessions

namespace coauth {

/// One for each login whose handle somebody keeps; a login that nobody awaits costs the store's record
/// and nothing here. Keeps how the login ended. Guarded by its table.
class login::ticket : public std::enable_shared_from_this<login::ticket>,
                      public sessions::in_id_order,
                      public sessions::in_deadline_order {
public:
    using time_point = std::chrono::steady_clock::time_point;

    ticket(std::shared_ptr<sessions::ticket_table> table, const store::login_id& id, time_point deadline,
        std::string return_to);
    ~ticket();

    ticket(const ticket&) = delete;
    ticket& operator=(const ticket&) = delete;

private:
    friend class sessions::ticket_table;

    const std::shared_ptr<sessions::ticket_table> table_;
    const store::login_id id_;
    const time_point deadline_;
    const std::string return_to_;
    sessions::shared_end<login_outcome> end_;
    unsigned callbacks_ = 0; // under way
};

} // namespace coauth

namespace coauth::sessions {

using login_end = ending<login_outcome>;

/// The tickets of the logins that have not ended.
///
/// Thread safety: safe. Lifetime: hold it in a `shared_ptr`; each ticket does.
class ticket_table : public std::enable_shared_from_this<ticket_table> {
public:
    using ticket_ptr = std::shared_ptr<login::ticket>;
    using time_point = login::ticket::time_point;

    /// The ticket of a login that lives; a new one if nobody holds one.
    ticket_ptr open(const store::login_id& id, time_point deadline, std::string return_to);

    /// Tells everybody who has a ticket of this login how it ended.
    void end(const store::login_id& id, const login_end& how);

    /// While a callback is under way the login does not expire, for it may have come in time. Empty if
    /// nobody awaits the login; else to be given back by `callback_ends`.
    ticket_ptr callback_begins(const store::login_id& id);
    void callback_ends(const ticket_ptr& ticket, time_point now);

    /// Ends those whose time is over with `expired`.
    void expire(time_point now);

    /// When `expire` next has something to do.
    std::optional<time_point> next_deadline() const;

    /// Ends all that are open, and whatever is opened from now on, with `errc::cancelled`.
    void close();

    /// How the login ended, once it has. Throws what leg 3 threw, and `errc::cancelled` when cancelled.
    static boost::asio::awaitable<login_outcome> wait(ticket_ptr ticket);

    /// How many coroutines wait.
    std::size_t awaited() const noexcept { return awaited_; }

private:
    friend class login::ticket;

    struct id_of {
        using type = store::login_id;
        const type& operator()(const login::ticket& t) const noexcept { return t.id_; }
    };
    struct deadline_of {
        using type = time_point;
        const type& operator()(const login::ticket& t) const noexcept { return t.deadline_; }
    };

    // All with the lock held.
    ticket_ptr living(const store::login_id& id);
    void expire(login::ticket& t, waiters& woken);
    bool expire_some(time_point now, waiters& woken);
    void leave(login::ticket& t) noexcept;

    mutable std::mutex mutex_;
    boost::intrusive::set<login::ticket, boost::intrusive::base_hook<in_id_order>,
        boost::intrusive::key_of_value<id_of>>
        by_id_;
    boost::intrusive::multiset<login::ticket, boost::intrusive::base_hook<in_deadline_order>,
        boost::intrusive::key_of_value<deadline_of>>
        by_deadline_;
    login_end closed_;
    std::atomic<std::size_t> awaited_{0};
};

} // namespace coauth::sessions
