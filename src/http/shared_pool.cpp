#include "http/shared_pool.hpp"

#include <coauth/error.hpp>

#include <new>
#include <utility>

namespace coauth::http {

namespace asio = boost::asio;

// Connections are closed and coroutines notified outside the mutex: both may take long.

template <class Change>
void shared_pool::change(Change change)
{
    std::optional<table::granted> granted;
    waiters drained;
    {
        const std::lock_guard lock(mutex_);
        granted = change();
        if (table_.closed() && table_.empty())
            drained.swap(draining_);
    }
    notify(std::move(granted), drained);
}

request_slot::request_slot(
    std::shared_ptr<shared_pool> pool, const origin& to, time_point now, std::shared_ptr<slot_waiter> waiter)
    : pool_(std::move(pool)), to_(&to)
{
    place_.emplace(std::move(waiter));
    held_ = pool_->acquire(to, now, *place_);
    if (held_)
        place_.reset();
}

request_slot::~request_slot()
{
    take(); // a slot that was granted just as the request gave up goes to the next
    if (!held_)
        return;
    held_->connection.reset();
    pool_->give_back(*to_, table::slot(), time_point());
}

bool request_slot::take()
{
    if (place_) {
        pool_->change([&] {
            held_ = pool_->table_.leave(*to_, *place_);
            return std::nullopt;
        });
        place_.reset();
    }
    return held_.has_value();
}

void request_slot::put(std::unique_ptr<http::connection> connection, time_point now)
{
    held_->connection = std::move(connection);
    held_->opened = now;
}

void request_slot::keep(clean_end, time_point now)
{
    auto slot = std::move(*held_);
    held_.reset();
    pool_->give_back(*to_, std::move(slot), now);
}

shared_pool::shared_pool(const pool_options& options)
    : table_(options.max_connections_per_origin, options.idle_timeout, options.max_lifetime)
{}

// In the queue at `place` if there is none.
std::optional<request_slot::table::slot> shared_pool::acquire(const origin& to, time_point now, table::place& place)
{
    table::admission admission;
    const std::lock_guard lock(mutex_); // unlocked before the connections that have expired are closed
    if (table_.closed())
        throw error(errc::cancelled, "the connection pool is closed");
    admission = table_.acquire(to, now);
    if (!admission.granted)
        table_.wait(to, place);
    return std::move(admission.granted);
}

void shared_pool::close()
{
    std::vector<std::unique_ptr<connection>> idle;
    change([&] {
        idle = table_.close();
        return std::nullopt;
    });
}

asio::awaitable<void> shared_pool::drained()
{
    const auto self = shared_from_this();
    const auto empty = std::make_shared<one_shot>();
    {
        const std::lock_guard lock(mutex_);
        if (table_.empty())
            co_return;
        draining_.push_back(empty);
    }
    co_await empty->wait();
}

void shared_pool::count(std::size_t pool_stats::*counter)
{
    const std::lock_guard lock(mutex_);
    ++(counts_.*counter);
}

pool_stats shared_pool::stats() const
{
    const std::lock_guard lock(mutex_);
    pool_stats out = counts_;
    out.open = table_.open();
    out.idle = table_.idle();
    out.waiting = table_.waiting();
    return out;
}

void shared_pool::give_back(const origin& to, table::slot slot, time_point now)
{
    std::optional<std::unique_ptr<connection>> unneeded;
    change([&] {
        auto handover = table_.give_back(to, std::move(slot.connection), slot.opened, now);
        unneeded = std::move(handover.close);
        return std::move(handover.wake);
    });
}

void shared_pool::notify(std::optional<table::granted> granted, const waiters& drained) noexcept
{
    try {
        if (granted)
            granted->waiter->slot_granted();
    } catch (const std::bad_alloc&) {
        // It waits on, until its deadline, and gives the slot back then.
        const std::lock_guard lock(mutex_);
        table_.not_told(*granted);
    }
    for (const auto& waiter : drained)
        try {
            waiter->fire();
        } catch (const std::bad_alloc&) {
            // `close` waits until it is cancelled.
        }
}

} // namespace coauth::http
