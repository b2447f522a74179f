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

    /// It has one now, and takes it by its claim. On any thread, with no lock held. Throws `std::bad_alloc`.
    virtual void slot_granted() = 0;
};

/// A slot while a request has it. It goes back to the pool on every way out; its connection goes back only by `keep`,
/// and is closed otherwise.
class held_slot {
public:
    using table = pool_table<std::unique_ptr<http::connection>, std::shared_ptr<slot_waiter>>;
    using time_point = table::time_point;

    /// `to` must outlive it.
    held_slot(std::shared_ptr<shared_pool> pool, const origin& to, table::slot slot);
    held_slot(held_slot&& other) noexcept = default;
    held_slot& operator=(held_slot&&) = delete;
    ~held_slot();

    bool has_connection() const noexcept { return connection_ != nullptr; }
    http::connection& connection() noexcept { return *connection_; }

    /// Closes the connection there was, if any.
    void put(std::unique_ptr<http::connection> connection, time_point now);

    /// Gives the slot back at once, with its connection.
    void keep(clean_end proof, time_point now);

private:
    std::shared_ptr<shared_pool> pool_; // empty: given back, or moved away
    const origin* to_;
    std::unique_ptr<http::connection> connection_;
    time_point opened_;
};

/// A request's claim to a slot: granted at once, or in the queue until it is granted. Destroyed, it leaves the queue.
class slot_claim {
public:
    /// `waiter` is notified if the slot is granted later; `to` must outlive the claim and its slot. Throws `errc::cancelled` if the
    /// pool is closed.
    slot_claim(std::shared_ptr<shared_pool> pool, const origin& to, held_slot::time_point now,
        std::shared_ptr<slot_waiter> waiter);
    slot_claim(const slot_claim&) = delete;
    slot_claim& operator=(const slot_claim&) = delete;
    ~slot_claim();

    /// True if the slot was granted at once.
    bool granted() const noexcept { return slot_.has_value(); }

    /// The slot, if it was granted; leaves the queue if not. Once only.
    std::optional<held_slot> take();

private:
    std::shared_ptr<shared_pool> pool_; // empty: the slot was taken
    const origin* to_;
    held_slot::table::place place_;
    std::optional<held_slot::table::slot> slot_;
};

/// Thread safety: safe.
class shared_pool : public std::enable_shared_from_this<shared_pool> {
public:
    using time_point = held_slot::time_point;

    explicit shared_pool(const pool_options& options);

    /// Closes the idle connections; from now on `acquire` throws.
    void close();

    /// Returns when the last slot has been given back, after `close`.
    boost::asio::awaitable<void> drained();

    void count(std::size_t pool_stats::*counter);
    pool_stats stats() const;

private:
    friend class held_slot;
    friend class slot_claim;
    using table = held_slot::table;
    using waiters = std::vector<std::shared_ptr<one_shot>>;

    std::optional<table::slot> acquire(const origin& to, time_point now, table::place& place);
    std::optional<table::slot> leave(const origin& to, table::place& place);
    void give_back(const origin& to, std::unique_ptr<connection> connection, time_point opened, time_point now);
    void release(const origin& to);
    waiters waiters_if_drained();
    void notify(std::optional<table::granted> granted, const waiters& drained) noexcept;

    mutable std::mutex mutex_;
    table table_;
    pool_stats counts_;
    waiters draining_;
};

} // namespace coauth::http
