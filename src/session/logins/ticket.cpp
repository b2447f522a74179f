#include "session/logins/ticket.hpp"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <new>
#include <utility>

namespace coauth {

login::ticket::ticket(std::shared_ptr<sessions::ticket_table> table, const store::login_id& id, time_point deadline,
    std::string_view return_to)
    : table_(std::move(table)), id_(id), deadline_(deadline),
      return_to_size_(static_cast<std::uint32_t>(return_to.size()))
{
    if (return_to.empty())
        return; // an array of no characters takes 32 bytes, too
    auto copy = std::make_unique<char[]>(return_to.size());
    std::copy(return_to.begin(), return_to.end(), copy.get());
    return_to_ = std::move(copy);
}

login::ticket::~ticket()
{
    const std::lock_guard lock(table_->mutex_);
    table_->remove(*this);
}

} // namespace coauth

namespace coauth::sessions {

namespace {

// How many tickets end under one lock, which other calls wait for.
constexpr int expired_at_a_time = 256;

} // namespace

std::size_t ticket_table::hash_of_id::operator()(const store::login_id& id) const noexcept
{
    std::size_t first = 0;
    std::memcpy(&first, id.octets.data(), sizeof first);
    return first;
}

// A ticket in the table may be in its destructor, waiting for the lock. Such a ticket is treated as removed.
ticket_table::ticket_ptr ticket_table::find_open(const store::login_id& id)
{
    const auto found = by_id_.find(id);
    if (found == by_id_.end())
        return nullptr;
    auto ticket = found->second->weak_from_this().lock();
    if (!ticket)
        remove(*found->second);
    return ticket;
}

void ticket_table::remove(login::ticket& t) noexcept
{
    const auto found = by_id_.find(t.id_);
    if (found != by_id_.end() && found->second == &t)
        by_id_.erase(found);
    if (t.is_linked())
        by_deadline_.erase(by_deadline_.iterator_to(t));
}

// All logins of a store live equally long, so nearly each is the last.
void ticket_table::add_by_deadline(login::ticket& t) noexcept
{
    auto next = by_deadline_.end();
    while (next != by_deadline_.begin() && std::prev(next)->deadline_ > t.deadline_)
        --next;
    by_deadline_.insert(next, t);
}

ticket_table::ticket_ptr ticket_table::open(const store::login_id& id, time_point deadline, std::string_view return_to)
{
    auto made = std::make_shared<login::ticket>(shared_from_this(), id, deadline, return_to);
    ticket_ptr known; // destroyed, as `made`, after the lock is released
    bool unresumed = false;
    {
        const std::lock_guard lock(mutex_);
        unresumed = !unresumed_.empty();
        known = closed_ ? nullptr : find_open(id);
        if (closed_) {
            made->end_ = closed_end_;
        } else if (!known) {
            by_id_.emplace(id, made.get());
            add_by_deadline(*made);
        }
    }
    if (unresumed) {
        suspended_list none;
        resume(none);
    }
    return known ? known : made;
}

void ticket_table::end(const store::login_id& id, const login_end& login_result) noexcept
{
    suspended_list ended;
    ticket_ptr ticket;
    {
        const std::lock_guard lock(mutex_);
        ticket = find_open(id);
        if (!ticket)
            return;
        end(*ticket, login_result, ended);
    }
    resume(ended);
}

void ticket_table::end(login::ticket& t, const login_end& login_result, suspended_list& ended) noexcept
{
    remove(t);
    if (t.end_)
        return;
    t.end_ = login_result;
    awaited_ -= t.waiting_.size();
    ended.splice(ended.end(), t.waiting_);
}

void ticket_table::resume(suspended_list& ended) noexcept
{
    {
        const std::lock_guard lock(mutex_);
        for (suspended& waiter : unresumed_)
            waiter.unresumed = false;
        ended.splice(ended.begin(), unresumed_);
    }
    while (!ended.empty()) {
        try {
            ended.front().resume(false);
        } catch (...) {
            // The others would fail, too.
            const std::lock_guard lock(mutex_);
            for (suspended& waiter : ended)
                waiter.unresumed = true;
            unresumed_.splice(unresumed_.end(), ended);
            return;
        }
        const boost::intrusive_ptr<suspended> resumed(&ended.front(), false);
        ended.pop_front();
    }
}

bool ticket_table::is_open(const store::login_id& id) const
{
    const std::lock_guard lock(mutex_);
    return by_id_.find(id) != by_id_.end();
}

ticket_table::ticket_ptr ticket_table::callback_begins(const store::login_id& id)
{
    ticket_ptr ticket;
    const std::lock_guard lock(mutex_);
    ticket = find_open(id);
    if (ticket)
        ++ticket->callbacks_;
    return ticket;
}

void ticket_table::callback_ends(const ticket_ptr& ticket, time_point now) noexcept
{
    suspended_list ended;
    {
        const std::lock_guard lock(mutex_);
        --ticket->callbacks_;
        // One without a place among the deadlines was due while the callback was in flight; `now` may be older.
        if (ticket->callbacks_ == 0 && (ticket->deadline_ <= now || !ticket->is_linked()))
            expire(*ticket, ended);
    }
    resume(ended);
}

void ticket_table::expire(login::ticket& t, suspended_list& ended) noexcept
{
    login_end expired = expired_end_; // without memory it has no return_to
    try {
        login_outcome outcome(login_status::expired);
        outcome.return_to.assign(std::string_view(t.return_to_.get(), t.return_to_size_));
        expired = ended_with(std::move(outcome));
    } catch (const std::bad_alloc&) {}
    end(t, expired, ended);
}

bool ticket_table::expire_some(time_point now, suspended_list& ended) noexcept
{
    for (int i = 0; i < expired_at_a_time; ++i) {
        const auto first = by_deadline_.begin();
        if (first == by_deadline_.end() || first->deadline_ > now)
            return false;
        if (first->callbacks_ == 0)
            expire(*first, ended);
        else
            by_deadline_.erase(first); // the callback ends it
    }
    return true;
}

void ticket_table::expire(time_point now) noexcept
{
    for (bool unfinished = true; unfinished;) {
        suspended_list ended;
        {
            const std::lock_guard lock(mutex_);
            unfinished = expire_some(now, ended);
        }
        resume(ended);
    }
}

std::optional<ticket_table::time_point> ticket_table::next_deadline() const
{
    const std::lock_guard lock(mutex_);
    if (by_deadline_.empty())
        return std::nullopt;
    return by_deadline_.begin()->deadline_;
}

void ticket_table::close() noexcept
{
    suspended_list ended;
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        for (auto place = by_id_.begin(); place != by_id_.end();) {
            login::ticket& t = *place->second;
            ++place;
            end(t, closed_end_, ended);
        }
    }
    resume(ended);
}

bool ticket_table::has_ended(const login::ticket& t) const
{
    const std::lock_guard lock(mutex_);
    return t.end_ != nullptr;
}

std::size_t ticket_table::awaited() const
{
    const std::lock_guard lock(mutex_);
    return awaited_;
}

bool ticket_table::add(login::ticket& t, suspended& waiter) noexcept
{
    const std::lock_guard lock(mutex_);
    if (t.end_)
        return false;
    intrusive_ptr_add_ref(&waiter);
    t.waiting_.push_back(waiter);
    ++awaited_;
    return true;
}

void ticket_table::cancel(login::ticket& t, suspended& waiter) noexcept
{
    boost::intrusive_ptr<suspended> removed;
    {
        const std::lock_guard lock(mutex_);
        // It is about to be resumed if the login has ended, and if it was cancelled before: a cancellation may be
        // emitted more than once until the coroutine resumes.
        if (t.end_ ? !waiter.unresumed : !waiter.is_linked())
            return;
        removed.reset(&waiter, false);
        if (waiter.unresumed) {
            waiter.unresumed = false;
            unresumed_.erase(unresumed_.iterator_to(waiter));
        } else {
            t.waiting_.erase(t.waiting_.iterator_to(waiter));
            --awaited_;
        }
    }
    try {
        removed->resume(true);
    } catch (...) {
        // Not cancelled: it continues to wait.
        if (add(t, waiter))
            return;
        suspended_list ended;
        ended.push_back(*removed.detach());
        resume(ended);
    }
}

login_end ticket_table::end_of(const login::ticket& t) const
{
    const std::lock_guard lock(mutex_);
    return t.end_;
}

} // namespace coauth::sessions
