// Connects the coroutines that await a login with the callback that ends it.
#pragma once

#include "session/shared_end.hpp"

#include <coauth/session/login.hpp>
#include <coauth/store/pending_login.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/intrusive/list.hpp>
#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>
#include <boost/unordered/unordered_flat_map.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>

namespace coauth::sessions {

class ticket_table;

using login_end = ending<login_outcome>;

/// A coroutine suspended in `ticket_table::wait`. There may be a hundred thousand of them, so it is one
/// small piece of memory beside the coroutine's own. Counted, so that it is still there if posting fails; a list that
/// holds it has one count.
class suspended : public boost::intrusive::list_base_hook<>,
                  public boost::intrusive_ref_counter<suspended, boost::thread_safe_counter> {
public:
    virtual ~suspended() = default;

    /// Resumes it on its own executor, never inside the call; with `errc::cancelled`, or with the end of its login.
    /// Throws `std::bad_alloc`, and can be called again then.
    virtual void resume(bool cancelled) = 0;

    bool unresumed = false; ///< There was no memory to resume it; guarded by its table.
};
using suspended_list = boost::intrusive::list<suspended, boost::intrusive::constant_time_size<false>>;

} // namespace coauth::sessions

namespace coauth {

/// One for each login whose handle a caller keeps; a login that no caller awaits costs the store's record and nothing
/// here. Keeps the end of the login. Guarded by its table.
class login::ticket : public std::enable_shared_from_this<login::ticket>, public boost::intrusive::list_base_hook<> {
public:
    using time_point = std::chrono::steady_clock::time_point;

    ticket(std::shared_ptr<sessions::ticket_table> table, const store::login_id& id, time_point deadline,
        std::string_view return_to);
    ~ticket();

    ticket(const ticket&) = delete;
    ticket& operator=(const ticket&) = delete;

private:
    friend class sessions::ticket_table;

    const std::shared_ptr<sessions::ticket_table> table_;
    const store::login_id id_;
    const time_point deadline_;
    sessions::login_end end_; // empty until it has ended
    sessions::suspended_list waiting_;
    std::unique_ptr<const char[]> return_to_; // a string would be 24 bytes more, a hundred thousand times
    std::uint32_t return_to_size_;
    std::uint32_t callbacks_ = 0; // in flight
};

} // namespace coauth

namespace coauth::sessions {

/// The tickets of the logins that have not ended.
///
/// Thread safety: safe. Lifetime: hold it in a `shared_ptr`; each ticket does.
class ticket_table : public std::enable_shared_from_this<ticket_table> {
public:
    using ticket_ptr = std::shared_ptr<login::ticket>;
    using time_point = login::ticket::time_point;

    /// The ticket of a pending login; a new one if no caller holds one.
    ticket_ptr open(const store::login_id& id, time_point deadline, std::string_view return_to);

    /// Ends the ticket of this login and resumes its waiters. A waiter that can't be resumed for lack of memory can still
    /// be cancelled, and is resumed when the next login begins or ends; the same holds for the functions below.
    void end(const store::login_id& id, const login_end& login_result) noexcept;

    /// True if a caller holds the login's handle, and it has not ended.
    bool is_open(const store::login_id& id) const;

    /// While a callback is in flight the login does not expire, for it may have come in time. Empty if no caller
    /// awaits the login; else pass the ticket to `callback_ends`.
    ticket_ptr callback_begins(const store::login_id& id);
    void callback_ends(const ticket_ptr& ticket, time_point now) noexcept;

    /// Ends those whose deadline has passed with `expired`.
    void expire(time_point now) noexcept;

    /// When `expire` has work next.
    std::optional<time_point> next_deadline() const;

    /// Ends all open tickets, and all that are opened later, with `errc::cancelled`.
    void close() noexcept;

    /// Waits for the end of the login. Throws what leg 3 threw, and `errc::cancelled` when cancelled, by any type. A
    /// cancellation for which memory is exhausted is dropped.
    static boost::asio::awaitable<login_outcome> wait(ticket_ptr ticket);

    bool has_ended(const login::ticket& t) const;

    /// How many coroutines wait.
    std::size_t awaited() const;

private:
    friend class login::ticket;
    template <class Handler>
    class suspended_with;
    struct suspend;

    // Resumes the waiters of tickets that have ended, and those that there was no memory for before. Without the lock,
    // for while a context is destroyed this can destroy a coroutine at once.
    void resume(suspended_list& ended) noexcept;

    // An id is a digest, of a key that the provider chose.
    struct hash_of_id {
        using is_avalanching = void;
        std::size_t operator()(const store::login_id& id) const noexcept;
    };

    // All with the lock held.
    ticket_ptr find_open(const store::login_id& id);
    void end(login::ticket& t, const login_end& login_result, suspended_list& ended) noexcept;
    void expire(login::ticket& t, suspended_list& ended) noexcept;
    bool expire_some(time_point now, suspended_list& ended) noexcept;
    void remove(login::ticket& t) noexcept;
    void add_by_deadline(login::ticket& t) noexcept;

    // For `wait`. `add` is false if the ticket has ended; `cancel` does nothing to a coroutine that is about to be
    // resumed already.
    bool add(login::ticket& t, suspended& waiter) noexcept;
    void cancel(login::ticket& t, suspended& waiter) noexcept;
    login_end end_of(const login::ticket& t) const;

    mutable std::mutex mutex_;
    boost::unordered_flat_map<store::login_id, login::ticket*, hash_of_id> by_id_;
    boost::intrusive::list<login::ticket, boost::intrusive::constant_time_size<false>>
        by_deadline_; ///< The next first.
    // Made in advance, for ending a login must not allocate memory.
    const login_end closed_end_ = failed_with<login_outcome>(error(errc::cancelled, "the session is closed"));
    const login_end expired_end_ = ended_with(login_outcome(login_status::expired));
    suspended_list unresumed_;
    bool closed_ = false;
    std::size_t awaited_ = 0;
};

} // namespace coauth::sessions
