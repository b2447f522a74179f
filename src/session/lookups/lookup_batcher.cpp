#include "session/lookups/lookup_batcher.hpp"

#include <algorithm>
#include <iterator>
#include <string>

namespace coauth::sessions {

using std::chrono::milliseconds;

std::vector<coauth::user_ref> batch::users() const
{
    std::vector<coauth::user_ref> all;
    all.reserve(questions.size());
    for (const question& q : questions)
        all.push_back(q.user);
    return all;
}

lookup_batcher::lookup_batcher(batcher_rules rules, time_point now)
    : rules_(std::move(rules)), cache_(rules_.max_cached_lookups), outage_(rules_.max_requests, now),
      app_by_id_(allowance_rules(std::chrono::hours(24), rules_.reset_jitter)),
      app_by_name_(allowance_rules(std::chrono::hours(24), rules_.reset_jitter))
{}

queue_ptr lookup_batcher::queue_of(const owner_ptr& owner, const coauth::user_ref& user)
{
    return queue_ptr(owner, user.is_id() ? &owner->by_id : &owner->by_name);
}

app_allowance& lookup_batcher::app_limits(const token_owner& owner, const lookup_queue& queue)
{
    return owner.has_one_limit() || &queue == &owner.by_id ? app_by_id_ : app_by_name_;
}

session_event* lookup_batcher::add_event(session_event_kind kind, const token_owner& owner)
{
    if (!rules_.collect_events)
        return nullptr;
    return &events_.emplace_back(kind, owner.user_id);
}

// Questions added and removed.

void lookup_batcher::add(
    const owner_ptr& owner, const std::shared_ptr<lookup_call>& call, std::size_t place, time_point now)
{
    const coauth::user_ref& user = call->users[place];
    std::string key = owner->directory->key(user);
    ++counts_.questions;
    if (const lookup_ptr* const known = cache_.find(owner->number, key, now)) {
        ++counts_.cache_hits;
        add_event(session_event_kind::cache_hit, *owner);
        call->results[place] = *known;
        call->reused[place] = true;
        return;
    }

    ++call->open;
    call->asked_at = now;
    const queue_ptr queue = queue_of(owner, user);
    if (queue->open.empty())
        queue->failing_since.reset(); // of calls that have ended
    if (is_failing(*queue))
        schedule_give_up(now + rules_.retry_for);
    if (const auto equal = queue->open.find(key); equal != queue->open.end()) {
        ++counts_.joined;
        add_event(session_event_kind::joined, *owner);
        equal->second->calls.emplace_back(call, place);
        call->reused[place] = true;
    } else {
        std::list<question>& fresh = queue->fresh.questions;
        question& made = fresh.emplace_back(user, key, now);
        made.calls.emplace_back(call, place);
        queue->open.emplace(std::move(key), std::prev(fresh.end()));
        ++waiting_;
        enqueue(queue);
    }
    if (queue->scheduled == lookup_queue::schedule::delayed && changes_delay(*queue, *call, now)) {
        end_delay(queue, now);
        enqueue(queue);
    }
}

const coauth::profile* lookup_batcher::cached(
    const token_owner& owner, const coauth::user_ref& user, time_point now) const
{
    const lookup_ptr* const known = cache_.find_asked(owner.number, user, now);
    return known && (*known)->outcome == coauth::lookup_outcome::found ? &*(*known)->profile : nullptr;
}

// Whether this call shortens the queue's delay.
bool lookup_batcher::changes_delay(lookup_queue& queue, const lookup_call& call, time_point now) const
{
    if (queue.limited_since)
        return queue.delay_entry->first - now > call.max_wait;      // to refuse it
    return next_part(queue, now).second < queue.delay_entry->first; // gathered enough, or not held back by what failed
}

void lookup_batcher::remove(const owner_ptr& owner, const std::shared_ptr<lookup_call>& call)
{
    for (std::size_t place = 0; place < call->users.size(); ++place) {
        if (call->results[place])
            continue;
        const queue_ptr queue = queue_of(owner, call->users[place]);
        const auto open = queue->open.find(owner->directory->key(call->users[place]));
        if (open == queue->open.end())
            continue;
        const auto pending = open->second;
        std::erase_if(pending->calls, [&call](const auto& entry) { return entry.first == call; });
        if (!pending->calls.empty() || pending->sent)
            continue;
        queue->open.erase(open);
        queue->list_of(*pending).questions.erase(pending);
        --waiting_;
        // No alarm stays set for an empty queue.
        if (!queue->has_waiting() && queue->scheduled == lookup_queue::schedule::delayed) {
            delayed_.erase(queue->delay_entry);
            queue->scheduled = lookup_queue::schedule::none;
            queue->limited_since.reset();
        }
    }
    call->open = 0;
}

// The schedule of the queues.

void lookup_batcher::enqueue(const queue_ptr& queue)
{
    if (queue->scheduled != lookup_queue::schedule::none)
        return;
    queue->scheduled = lookup_queue::schedule::ready;
    ready_.push_back(queue);
}

void lookup_batcher::delay_until(const queue_ptr& queue, time_point until, time_point now, bool for_limit)
{
    queue->scheduled = lookup_queue::schedule::delayed;
    queue->delay_entry = delayed_.emplace(until, queue);
    if (for_limit)
        queue->limited_since = now;
}

void lookup_batcher::end_delay(const queue_ptr& queue, time_point now)
{
    delayed_.erase(queue->delay_entry);
    queue->scheduled = lookup_queue::schedule::none;
    if (!queue->limited_since)
        return;
    counts_.waited += std::chrono::duration_cast<milliseconds>(now - *queue->limited_since);
    queue->limited_since.reset();
    queue->available_since = now;
    if (is_failing(*queue))
        schedule_give_up(now + rules_.retry_for);
}

// After a success: the queue may be served before its delay ends.
void lookup_batcher::reschedule(const queue_ptr& queue, time_point now)
{
    if (queue->scheduled != lookup_queue::schedule::delayed || queue->limited_since)
        return;
    end_delay(queue, now);
    enqueue(queue);
}

void lookup_batcher::reschedule_all(time_point now)
{
    std::vector<queue_ptr> all;
    for (const auto& [until, queue] : delayed_)
        all.push_back(queue);
    for (const queue_ptr& queue : all)
        reschedule(queue, now);
}

void lookup_batcher::end_due_delays(time_point now)
{
    while (!delayed_.empty() && delayed_.begin()->first <= now) {
        const queue_ptr queue = delayed_.begin()->second;
        end_delay(queue, now);
        enqueue(queue);
    }
}

// Until a request in flight has ended.
void lookup_batcher::hold(const queue_ptr& queue)
{
    queue->scheduled = lookup_queue::schedule::held;
    held_.push_back(queue);
}

void lookup_batcher::release_held()
{
    for (const queue_ptr& queue : std::exchange(held_, {})) {
        queue->scheduled = lookup_queue::schedule::none;
        enqueue(queue);
    }
}

bool lookup_batcher::is_retry(const lookup_queue& queue, const waiting_list& part)
{
    return &part == &queue.repeated || queue.failing_since;
}

// When a request for these may be sent, apart from rate limits. `time_point::max()`: not before another has ended.
lookup_batcher::time_point lookup_batcher::ready_at(
    const lookup_queue& queue, const waiting_list& part, time_point now) const
{
    time_point at = std::max(now, part.not_before);
    if (&part == &queue.fresh && part.questions.size() < queue.owner->directory->max_users)
        at = std::max(at, part.questions.front().asked_at + rules_.gather_for);
    return std::max(at, outage_.ready_at(is_retry(queue, part), now));
}

// The list of a queue with questions waiting that is sent next, and when.
std::pair<waiting_list*, lookup_batcher::time_point> lookup_batcher::next_part(
    lookup_queue& queue, time_point now) const
{
    if (queue.repeated.questions.empty())
        return {&queue.fresh, ready_at(queue, queue.fresh, now)};
    if (queue.fresh.questions.empty())
        return {&queue.repeated, ready_at(queue, queue.repeated, now)};
    const time_point fresh_at = ready_at(queue, queue.fresh, now);
    const time_point repeated_at = ready_at(queue, queue.repeated, now);
    const bool fresh_first = fresh_at == repeated_at ? queue.repeated_went_last : fresh_at < repeated_at;
    return fresh_first ? std::pair(&queue.fresh, fresh_at) : std::pair(&queue.repeated, repeated_at);
}

lookup_batcher::step lookup_batcher::next(time_point now)
{
    using verdict = allowance::verdict;
    step out;
    if (next_give_up_ && *next_give_up_ <= now)
        give_up(now, out.done);
    end_due_delays(now);
    while (has_free_request() && !ready_.empty()) {
        const queue_ptr queue = ready_.front();
        ready_.pop_front();
        queue->scheduled = lookup_queue::schedule::none;
        if (!queue->has_waiting())
            continue;

        const auto [part, ready] = next_part(*queue, now);
        if (ready == time_point::max()) {
            hold(queue);
            continue;
        }
        if (ready > now) {
            delay_until(queue, ready, now, false);
            continue;
        }

        // The owner's limits, then the app's, which all owners share.
        verdict may = queue->limits->admit(now);
        if (may.action == verdict::kind::go)
            may = app_limits(*queue->owner, *queue).admit(now);
        switch (may.action) {
        case verdict::kind::go:
            out.action = step::kind::send;
            out.request = form_batch(queue, *part, now);
            return out;
        case verdict::kind::hold:
            hold(queue);
            break;
        case verdict::kind::wait: {
            const auto left = std::chrono::ceil<milliseconds>(may.until - now);
            refuse_long_wait(*queue, left, out.done);
            if (!queue->has_waiting())
                break;
            if (session_event* e = add_event(session_event_kind::wait, *queue->owner)) {
                e->count = queue->fresh.questions.size() + queue->repeated.questions.size();
                e->wait = left;
            }
            delay_until(queue, may.until, now, true);
            break;
        }
        }
    }
    std::optional<time_point> until;
    if (has_free_request() && !delayed_.empty())
        until = delayed_.begin()->first;
    if (next_give_up_ && (waiting_ != 0 || !in_flight_.empty()))
        until = std::min(until.value_or(*next_give_up_), *next_give_up_);
    if (until) {
        out.action = step::kind::wait;
        out.until = *until;
    }
    return out;
}

batch_ptr lookup_batcher::form_batch(const queue_ptr& queue, waiting_list& part, time_point now)
{
    const owner_ptr owner(queue, queue->owner);
    const bool repeated = &part == &queue->repeated;
    auto made = std::make_shared<batch>(owner, queue, repeated, is_retry(*queue, part), now);
    auto last = part.questions.begin();
    std::advance(last,
        static_cast<std::ptrdiff_t>(std::min({part.questions.size(), part.largest, owner->directory->max_users})));
    made->questions.splice(made->questions.end(), part.questions, part.questions.begin(), last);
    queue->repeated_went_last = repeated;
    bool tried = false;
    for (question& q : made->questions) {
        q.sent = true;
        tried = tried || q.tries != 0;
        ++q.tries;
    }
    outage_.sent(made->retry, now);
    waiting_ -= made->questions.size();
    queue->limits->sent();
    app_limits(*owner, *queue).sent();
    in_flight_.insert(made);
    ++counts_.requests;
    counts_.retries += tried;
    counts_.names_sent += made->questions.size();
    if (session_event* e = add_event(session_event_kind::request, *owner))
        e->count = made->questions.size();
    if (queue->has_waiting())
        enqueue(queue); // behind the other owners
    return made;
}

// Endings.

lookup_batcher::call_list lookup_batcher::sign_out(const owner_ptr& owner, const error& why)
{
    call_list done;
    owner->gone = true;
    cache_.remove_all(owner->number);
    for (lookup_queue* queue : {&owner->by_id, &owner->by_name}) {
        for (waiting_list* part : {&queue->fresh, &queue->repeated}) {
            waiting_ -= part->questions.size();
            fail(*queue, part->questions, why, done);
        }
        if (queue->scheduled != lookup_queue::schedule::delayed)
            continue;
        delayed_.erase(queue->delay_entry);
        queue->scheduled = lookup_queue::schedule::none;
        queue->limited_since.reset();
    }
    return done;
}

lookup_batcher::call_list lookup_batcher::close(const error& why)
{
    closed_ = true;
    call_list done;
    std::vector<queue_ptr> all(ready_.begin(), ready_.end());
    all.insert(all.end(), held_.begin(), held_.end());
    for (const auto& [until, queue] : delayed_)
        all.push_back(queue);
    ready_.clear();
    held_.clear();
    delayed_.clear();
    for (const queue_ptr& queue : all) {
        queue->scheduled = lookup_queue::schedule::none;
        queue->limited_since.reset();
        for (waiting_list* part : {&queue->fresh, &queue->repeated})
            fail(*queue, part->questions, why, done);
    }
    waiting_ = 0;
    next_give_up_.reset();
    return done;
}

lookup_batcher::call_list lookup_batcher::abort(const error& why)
{
    call_list done = close(why);
    for (const batch_ptr& request : std::exchange(in_flight_, {}))
        fail(*request->queue, request->questions, why, done);
    return done;
}

void lookup_batcher::restart(lookup_batcher&& other) noexcept
{
    other.counts_ = counts_;
    other.state_ = state_ + 1;
    *this = std::move(other);
}

session_stats::lookup_counts lookup_batcher::counts() const
{
    session_stats::lookup_counts now = counts_;
    now.waiting = waiting_;
    now.in_flight = in_flight_.size() + calls_in_flight_;
    now.cached = cache_.size();
    return now;
}

} // namespace coauth::sessions
