#include "session/ticket.hpp"

#include <utility>

namespace coauth {

login::ticket::ticket(std::shared_ptr<sessions::ticket_table> table, const store::login_id& id, time_point deadline,
    std::string return_to)
    : table_(std::move(table)), id_(id), deadline_(deadline), return_to_(std::move(return_to))
{}

login::ticket::~ticket()
{
    const std::lock_guard lock(table_->mutex_);
    table_->leave(*this);
}

} // namespace coauth

namespace coauth::sessions {

namespace asio = boost::asio;

namespace {

// How many tickets end under one lock: others want it, too.
constexpr int expired_at_a_time = 256;

struct counted {
    explicit counted(std::atomic<std::size_t>& count) : count(count) { ++count; }
    ~counted() { --count; }
    counted(const counted&) = delete;
    counted& operator=(const counted&) = delete;

    std::atomic<std::size_t>& count;
};

} // namespace

// A ticket found in the table may be one whose last holder is just letting go of it: it waits for the
// lock in its destructor. Such a one is as good as gone.
ticket_table::ticket_ptr ticket_table::living(const store::login_id& id)
{
    const auto found = by_id_.find(id);
    if (found == by_id_.end())
        return nullptr;
    auto ticket = found->weak_from_this().lock();
    if (!ticket)
        leave(*found);
    return ticket;
}

void ticket_table::leave(login::ticket& t) noexcept
{
    if (t.in_id_order::is_linked())
        by_id_.erase(by_id_.iterator_to(t));
    if (t.in_deadline_order::is_linked())
        by_deadline_.erase(by_deadline_.iterator_to(t));
}

ticket_table::ticket_ptr ticket_table::open(const store::login_id& id, time_point deadline, std::string return_to)
{
    auto made = std::make_shared<login::ticket>(shared_from_this(), id, deadline, std::move(return_to));
    const std::lock_guard lock(mutex_);
    if (closed_) {
        made->end_.how = closed_;
        return made;
    }
    if (auto known = living(id))
        return known; // and `made` goes when the lock has
    by_id_.insert(*made);
    by_deadline_.insert(*made);
    return made;
}

void ticket_table::end(const store::login_id& id, const login_end& how)
{
    waiters woken;
    ticket_ptr ticket;
    {
        const std::lock_guard lock(mutex_);
        ticket = living(id);
        if (!ticket)
            return;
        leave(*ticket);
        ticket->end_.end(how, woken);
    }
    wake(woken);
}

ticket_table::ticket_ptr ticket_table::callback_begins(const store::login_id& id)
{
    ticket_ptr ticket;
    const std::lock_guard lock(mutex_);
    ticket = living(id);
    if (ticket)
        ++ticket->callbacks_;
    return ticket;
}

void ticket_table::callback_ends(const ticket_ptr& ticket, time_point now)
{
    waiters woken;
    {
        const std::lock_guard lock(mutex_);
        --ticket->callbacks_;
        if (ticket->callbacks_ == 0 && ticket->deadline_ <= now)
            expire(*ticket, woken);
    }
    wake(woken);
}

void ticket_table::expire(login::ticket& t, waiters& woken)
{
    leave(t);
    login_outcome outcome(login_status::expired);
    outcome.return_to = t.return_to_;
    t.end_.end(ended_with(std::move(outcome)), woken);
}

bool ticket_table::expire_some(time_point now, waiters& woken)
{
    for (int i = 0; i < expired_at_a_time; ++i) {
        const auto first = by_deadline_.begin();
        if (first == by_deadline_.end() || first->deadline_ > now)
            return false;
        if (first->callbacks_ == 0)
            expire(*first, woken);
        else
            by_deadline_.erase(first); // the callback sees to it
    }
    return true;
}

void ticket_table::expire(time_point now)
{
    for (bool more = true; more;) {
        waiters woken;
        {
            const std::lock_guard lock(mutex_);
            more = expire_some(now, woken);
        }
        wake(woken);
    }
}

std::optional<ticket_table::time_point> ticket_table::next_deadline() const
{
    const std::lock_guard lock(mutex_);
    if (by_deadline_.empty())
        return std::nullopt;
    return by_deadline_.begin()->deadline_;
}

void ticket_table::close()
{
    waiters woken;
    {
        const std::lock_guard lock(mutex_);
        if (!closed_)
            closed_ = failed_with<login_outcome>(error(errc::cancelled, "the session is closed"));
        while (!by_id_.empty()) {
            login::ticket& t = *by_id_.begin();
            leave(t);
            t.end_.end(closed_, woken);
        }
    }
    wake(woken);
}

asio::awaitable<login_outcome> ticket_table::wait(ticket_ptr ticket)
{
    ticket_table& table = *ticket->table_;
    const counted waiting(table.awaited_);
    const login_end how = co_await wait_for_end(table.mutex_, ticket->end_);
    co_return how->value();
}

} // namespace coauth::sessions
