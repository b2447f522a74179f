// The pool table, shared by threads: requests take slots, wait for them, give them back.
#pragma once

#include "http/connection.hpp"
#include "http/http1/clean_end.hpp"
#include "http/pool_table.hpp"

#include <coauth/coro/one_shot.hpp>
#include <coauth/http/connection_pool.hpp>

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace coauth::http {

class shared_pool;

/// A request that waits for a slot.
class slot_waiter {
public:
    virtual ~slot_waiter() = default;

    /// It has one now, and takes it by `request_slot::take`. On any thread, with no lock held. Throws `std::bad_alloc`.
    virtual void slot_granted() = 0;
};

/// A request's slot: in the queue until it is granted, and held from then on. Destroyed, it leaves the queue, or goes back to
/// the pool; its connection goes back only by `keep`, and is closed otherwise.
class request_slot {
public:
    using table = pool_table<std::unique_ptr<http::connection>, std::shared_ptr<slot_waiter>>;
    using time_point = table::time_point;

    /// `waiter` is notified if the slot is granted later; `to` must outlive the slot. Throws `errc::cancelled` if the pool is
    /// closed.
    request_slot(
        std::shared_ptr<shared_pool> pool, const origin& to, time_point now, std::shared_ptr<slot_waiter> waiter);
    request_slot(const request_slot&) = delete;
    request_slot& operator=(const request_slot&) = delete;
    ~request_slot();

    /// True until it was granted at once, or taken.
    bool waits() const noexcept { return place_.has_value(); }

    /// Leaves the queue. False if it was not granted.
    bool take();

    bool has_connection() const noexcept { return held_ && held_->connection; }
    http::connection& connection() noexcept { return **held_->connection; }

    /// Closes the connection there was, if any.
    void put(std::unique_ptr<http::connection> connection, time_point now);

    /// Gives the slot back at once, with its connection.
    void keep(clean_end proof, time_point now);

private:
    const std::shared_ptr<shared_pool> pool_;
    const origin* const to_;
    std::optional<table::place> place_;
    std::optional<table::slot> held_;
};

/// Thread safety: safe.
class shared_pool : public std::enable_shared_from_this<shared_pool> {
public:
    using time_point = request_slot::time_point;

    explicit shared_pool(const pool_options& options);

    /// Closes the idle connections; from now on `acquire` throws.
    void close();

    /// Returns when the last slot has been given back, after `close`.
    boost::asio::awaitable<void> drained();

    void count(std::size_t pool_stats::*counter);
    pool_stats stats() const;

private:
    friend class request_slot;
    using table = request_slot::table;
    using waiters = std::vector<std::shared_ptr<one_shot>>;

    std::optional<table::slot> acquire(const origin& to, time_point now, table::place& place);
    void give_back(const origin& to, table::slot slot, time_point now);
    template <class Change>
    void change(Change change);
    void notify(std::optional<table::granted> granted, const waiters& drained) noexcept;

    mutable std::mutex mutex_;
    table table_;
    pool_stats counts_;
    waiters draining_;
};

} // namespace coauth::http
