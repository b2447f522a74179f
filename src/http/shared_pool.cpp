#include "http/shared_pool.hpp"

#include <coauth/error.hpp>

#include <new>
#include <utility>

namespace coauth::http {

namespace asio = boost::asio;

namespace {

// False without memory.
template <class Notification>
bool is_notified(Notification notification) noexcept
{
    try {
        notification();
        return true;
    } catch (const std::bad_alloc&) {
        return false;
    }
}

} // namespace

// Connections are closed and coroutines notified outside the mutex: both may take long.

held_slot::held_slot(std::shared_ptr<shared_pool> pool, const origin& to, table::slot slot)
    : pool_(std::move(pool)), to_(&to), opened_(slot.opened)
{
    if (slot.connection)
        connection_ = std::move(*slot.connection);
}

held_slot::~held_slot()
{
    if (!pool_)
        return;
    connection_.reset();
    pool_->release(*to_);
}

void held_slot::put(std::unique_ptr<http::connection> connection, time_point now)
{
    connection_ = std::move(connection);
    opened_ = now;
}

void held_slot::keep(clean_end, time_point now)
{
    const auto pool = std::exchange(pool_, nullptr);
    pool->give_back(*to_, std::move(connection_), opened_, now);
}

slot_claim::slot_claim(
    std::shared_ptr<shared_pool> pool, const origin& to, held_slot::time_point now, std::shared_ptr<slot_waiter> waiter)
    : pool_(std::move(pool)), to_(&to), place_(std::move(waiter)), slot_(pool_->acquire(to, now, place_))
{}

slot_claim::~slot_claim()
{
    take(); // a slot that was granted just as the request gave up goes to the next
}

std::optional<held_slot> slot_claim::take()
{
    if (pool_ && !slot_)
        slot_ = pool_->leave(*to_, place_);
    if (!pool_ || !slot_)
        return std::nullopt;
    return held_slot(std::move(pool_), *to_, std::move(*slot_));
}

shared_pool::shared_pool(const pool_options& options)
    : table_(options.max_connections_per_origin, options.idle_timeout, options.max_lifetime)
{}

// In the queue at `place` if there is none.
std::optional<held_slot::table::slot> shared_pool::acquire(const origin& to, time_point now, table::place& place)
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
    waiters drained;
    {
        const std::lock_guard lock(mutex_);
        idle = table_.close();
        drained = waiters_if_drained();
    }
    notify(std::nullopt, drained);
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

void shared_pool::give_back(const origin& to, std::unique_ptr<connection> connection, time_point opened, time_point now)
{
    table::handover handover;
    waiters drained;
    {
        const std::lock_guard lock(mutex_);
        handover = table_.give_back(to, std::move(connection), opened, now);
        drained = waiters_if_drained();
    }
    notify(std::move(handover.wake), drained);
}

void shared_pool::release(const origin& to)
{
    table::handover handover;
    waiters drained;
    {
        const std::lock_guard lock(mutex_);
        handover = table_.lose(to);
        drained = waiters_if_drained();
    }
    notify(std::move(handover.wake), drained);
}

// A request that is not told waits on, until its deadline, and gives the slot back then.
void shared_pool::notify(std::optional<table::granted> granted, const waiters& drained) noexcept
{
    if (granted && !is_notified([&] { granted->waiter->slot_granted(); })) {
        const std::lock_guard lock(mutex_);
        table_.not_told(*granted);
    }
    for (const auto& waiter : drained)
        is_notified([&] { waiter->fire(); });
}

std::optional<held_slot::table::slot> shared_pool::leave(const origin& to, table::place& place)
{
    std::optional<table::slot> given;
    waiters drained;
    {
        const std::lock_guard lock(mutex_);
        given = table_.leave(to, place);
        drained = waiters_if_drained();
    }
    notify(std::nullopt, drained);
    return given;
}

shared_pool::waiters shared_pool::waiters_if_drained()
{
    if (!table_.closed() || !table_.empty())
        return {};
    return std::exchange(draining_, {});
}

} // namespace coauth::http
