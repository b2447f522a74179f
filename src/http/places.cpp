#include "http/places.hpp"

#include <coauth/error.hpp>

#include <boost/asio/this_coro.hpp>

#include <utility>

namespace coauth::http {

namespace asio = boost::asio;

// Connections are closed and coroutines woken outside the mutex: both may take long.

lease::lease(std::shared_ptr<places> from, origin to, table::place taken)
    : from_(std::move(from)), to_(std::move(to)), opened_(taken.opened)
{
    if (taken.connection)
        line_ = std::move(*taken.connection);
}

lease::~lease()
{
    if (!from_)
        return;
    line_.reset();
    from_->lose(to_);
}

void lease::replace(std::unique_ptr<connection> line)
{
    line_ = std::move(line);
    opened_ = limit::clock::now();
}

void lease::keep(clean_end)
{
    const auto from = std::exchange(from_, nullptr);
    from->give_back(to_, std::move(line_), opened_);
}

// A ticket in the queue, which is left on every way out.
class places::queued {
public:
    queued(std::shared_ptr<places> in, origin to, table::ticket number)
        : in_(std::move(in)), to_(std::move(to)), number_(number)
    {}
    queued(const queued&) = delete;
    queued& operator=(const queued&) = delete;

    ~queued()
    {
        if (left_)
            return;
        // The turn may have come just as the waiter gave up: then it is passed on.
        if (auto given = in_->leave(to_, number_))
            lease(in_, to_, std::move(*given));
    }

    std::optional<table::place> leave()
    {
        left_ = true;
        return in_->leave(to_, number_);
    }

private:
    std::shared_ptr<places> in_;
    origin to_;
    table::ticket number_;
    bool left_ = false;
};

places::places(const pool_options& options)
    : table_(options.max_connections_per_origin, options.idle_timeout, options.max_lifetime)
{}

asio::awaitable<lease> places::admit(origin to, limit until)
{
    const auto self = shared_from_this();
    auto strand = co_await asio::this_coro::executor;
    table::admission admission;
    std::shared_ptr<bell> my_turn;
    table::ticket number = 0;
    {
        const std::lock_guard lock(mutex_);
        if (table_.closed())
            throw error(errc::cancelled, "the connection pool is closed");
        admission = table_.acquire(to, limit::clock::now());
        if (!admission.granted) {
            my_turn = std::make_shared<bell>(strand);
            number = table_.wait(to, my_turn);
        }
    }
    admission.close.clear();
    if (admission.granted)
        co_return lease(self, std::move(to), std::move(*admission.granted));

    queued place_in_queue(self, to, number);
    co_await my_turn->wait(until.at());
    auto given = place_in_queue.leave();
    if (!given)
        throw until.exceeded("waiting for one of the connections to " + to.authority());
    co_return lease(self, std::move(to), std::move(*given));
}

void places::close()
{
    std::vector<std::unique_ptr<connection>> idle;
    std::vector<std::shared_ptr<bell>> closers;
    {
        const std::lock_guard lock(mutex_);
        idle = table_.close();
        closers = closers_if_drained();
    }
    wake(table::handover(), std::move(closers));
}

asio::awaitable<void> places::drained()
{
    const auto self = shared_from_this();
    auto strand = co_await asio::this_coro::executor;
    const auto empty = std::make_shared<bell>(strand);
    {
        const std::lock_guard lock(mutex_);
        if (table_.empty())
            co_return;
        closers_.push_back(empty);
    }
    co_await empty->wait(limit::clock::time_point::max());
}

void places::count(std::size_t pool_stats::*what)
{
    const std::lock_guard lock(mutex_);
    ++(counts_.*what);
}

pool_stats places::stats() const
{
    const std::lock_guard lock(mutex_);
    pool_stats out = counts_;
    out.open = table_.open();
    out.idle = table_.idle();
    out.waiting = table_.waiting();
    return out;
}

void places::give_back(const origin& to, std::unique_ptr<connection> line, table::time_point opened)
{
    table::handover h;
    std::vector<std::shared_ptr<bell>> closers;
    {
        const std::lock_guard lock(mutex_);
        h = table_.give_back(to, std::move(line), opened, limit::clock::now());
        closers = closers_if_drained();
    }
    wake(h, std::move(closers));
}

void places::lose(const origin& to)
{
    table::handover h;
    std::vector<std::shared_ptr<bell>> closers;
    {
        const std::lock_guard lock(mutex_);
        h = table_.lose(to);
        closers = closers_if_drained();
    }
    wake(h, std::move(closers));
}

std::optional<places::table::place> places::leave(const origin& to, table::ticket number)
{
    std::optional<table::place> given;
    std::vector<std::shared_ptr<bell>> closers;
    {
        const std::lock_guard lock(mutex_);
        given = table_.leave(to, number);
        closers = closers_if_drained();
    }
    wake(table::handover(), std::move(closers));
    return given;
}

void places::wake(const table::handover& h, std::vector<std::shared_ptr<bell>> closers)
{
    if (h.wake)
        (*h.wake)->ring();
    for (const auto& c : closers)
        c->ring();
}

std::vector<std::shared_ptr<bell>> places::closers_if_drained()
{
    if (!table_.closed() || !table_.empty())
        return {};
    return std::exchange(closers_, {});
}

} // namespace coauth::http
