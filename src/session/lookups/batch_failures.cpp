// How `lookup_batcher` deals with transient failures.
#include "coro/retry_wait.hpp"
#include "session/lookups/lookup_batcher.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace coauth::sessions {

using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

// A name that fails alone this often and for this long, while most others of its queue are found, is the cause.
constexpr int lone_failures = 5;
constexpr milliseconds lone_for(5'000);

// After so many it counts as the cause in any case: it must not wait forever where most requests fail.
constexpr int most_lone_failures = 30;

// Fewer failures of a queue may be a single incident: its calls wait for the next request, but no longer than
// twice `retry_for`.
constexpr int queue_failures = 2;

// Finding the calls that give up means looking at all that wait.
constexpr milliseconds between_searches(100);

error by_itself(const failure_record& failed)
{
    return failed.why->with_hint("the provider failed on this name " + std::to_string(failed.count) +
                                 " times, and responded to requests without it");
}

// Of requests for names that had not failed. A provider that fails at random fails more of them.
bool most_succeed(std::uint64_t succeeded, std::uint64_t failed)
{
    return succeeded >= 2 + 2 * failed;
}

// Another question of its queue has succeeded since it failed.
bool is_suspect(const lookup_queue& queue, const question& pending)
{
    return pending.failed.lone_latest && queue.succeeded() > pending.failed.succeeded_at_first;
}

} // namespace

void lookup_batcher::note_response(const batch_ptr& request, time_point now)
{
    lookup_queue& queue = *request->queue;
    queue.failing_since.reset();
    (request->repeated ? queue.repeated : queue.fresh).recover();
    if (outage_.succeeded(request->retry, now))
        reschedule_all(now);
    else
        reschedule(request->queue, now);
}

void lookup_batcher::note_failure(const batch_ptr& request, const error& why, time_point now)
{
    lookup_queue& queue = *request->queue;
    outage_.failed(request->retry, why, now);
    if (!queue.failing_since) {
        queue.failing_since = now;
        queue.failures = 0;
    }
    ++queue.failures;
    queue.why = why;
    schedule_give_up(std::max(now, *queue.failing_since + rules_.retry_for));

    waiting_list& part = request->repeated ? queue.repeated : queue.fresh;
    ++part.failed;
    if (request->repeated)
        part.largest = std::max<std::size_t>(1, request->questions.size() / 2);
    if (request->sent_at >= part.failed_at) {
        ++part.failures;
        part.failed_at = now;
        part.not_before = now + backoff(part.failures, why);
    }
    if (queue.repeated.questions.empty())
        queue.repeated.not_before = part.not_before;

    const bool lone = request->questions.size() == 1;
    for (question& q : request->questions) {
        failure_record& failed = q.failed;
        if (++failed.count == 1) {
            failed.first = now;
            failed.succeeded_at_first = queue.succeeded();
            failed.fresh_succeeded_at_first = queue.fresh.succeeded;
            failed.fresh_failed_at_first = queue.fresh.failed;
        } else if (lone && queue.succeeded() > failed.succeeded_at_latest) {
            ++failed.lone;
        }
        failed.lone_latest = lone;
        failed.succeeded_at_latest = queue.succeeded();
        failed.why = why;
    }
}

milliseconds lookup_batcher::backoff(int failures, const error& why) const
{
    // A time that the provider names is used up to half of `retry_for`, so that another try precedes the end.
    const milliseconds stated = std::min<milliseconds>(why.retry_after().value_or(seconds(0)), rules_.retry_for / 2);
    return std::max(retry_wait(failures, rules_.chance()), stated);
}

void lookup_batcher::fail_lone(batch& request, time_point now, call_list& done)
{
    if (request.questions.size() != 1)
        return;
    const failure_record& failed = request.questions.front().failed;
    const waiting_list& fresh = request.queue->fresh;
    const bool others_succeed =
        most_succeed(fresh.succeeded - failed.fresh_succeeded_at_first, fresh.failed - failed.fresh_failed_at_first);
    if (failed.lone < (others_succeed ? lone_failures : most_lone_failures) ||
        now - failed.first < std::min(lone_for, rules_.retry_for))
        return;
    const error why = by_itself(failed);
    fail(*request.queue, request.questions, why, done);
}

void lookup_batcher::put_back(const batch_ptr& request, bool failed, time_point now)
{
    lookup_queue& queue = *request->queue;
    std::list<question>& back = request->questions;
    for (auto q = back.begin(); q != back.end();) {
        q->sent = false;
        if (!q->calls.empty()) {
            ++q;
            continue;
        }
        queue.open.erase(q->key);
        q = back.erase(q);
    }
    waiting_ += back.size();
    std::list<question>& list = (failed || request->repeated ? queue.repeated : queue.fresh).questions;
    list.splice(failed ? list.end() : list.begin(), back);
    if (!queue.has_waiting())
        return;
    enqueue(request->queue);
    reschedule(request->queue, now);
}

// Calls that give up.

// In an outage, or by itself.
bool lookup_batcher::is_failing(const lookup_queue& queue) const
{
    return outage_.since() || queue.failing_since;
}

void lookup_batcher::schedule_give_up(time_point at)
{
    next_give_up_ = std::min(next_give_up_.value_or(at), at);
}

std::set<queue_ptr> lookup_batcher::open_queues() const
{
    std::set<queue_ptr> all(ready_.begin(), ready_.end());
    all.insert(held_.begin(), held_.end());
    for (const auto& [until, queue] : delayed_)
        all.insert(queue);
    for (const batch_ptr& request : in_flight_)
        all.insert(request->queue);
    return all;
}

// For a failing queue that does not wait for a rate limit.
lookup_batcher::time_point lookup_batcher::give_up_at(const lookup_queue& queue, const lookup_call& call) const
{
    const auto counted_from = [&](time_point failing_since) {
        return std::max({failing_since, call.asked_at, queue.available_since});
    };
    time_point at = time_point::max();
    if (outage_.since())
        at = counted_from(*outage_.since()) + rules_.retry_for;
    if (queue.failing_since)
        at = std::min(
            at, counted_from(*queue.failing_since) + (queue.failures < queue_failures ? 2 : 1) * rules_.retry_for);
    return at;
}

void lookup_batcher::give_up(time_point now, call_list& done)
{
    next_give_up_.reset();
    std::optional<time_point> next;
    std::vector<std::pair<queue_ptr, std::shared_ptr<lookup_call>>> due;
    for (const queue_ptr& queue : open_queues()) {
        if (!is_failing(*queue) || queue->limited_since)
            continue;
        for (const auto& [key, pending] : queue->open)
            for (const auto& [call, place] : pending->calls) {
                const time_point at = give_up_at(*queue, *call);
                if (at <= now)
                    due.emplace_back(queue, call);
                else
                    next = std::min(next.value_or(at), at);
            }
    }
    for (const auto& [queue, call] : due) {
        if (call->open == 0)
            continue; // it was due with another question
        give_up(queue, call, now);
        done.push_back(call);
    }
    if (next)
        schedule_give_up(std::max(*next, now + between_searches));
}

void lookup_batcher::give_up(const queue_ptr& queue, const std::shared_ptr<lookup_call>& call, time_point now)
{
    const owner_ptr owner(queue, queue->owner);
    std::vector<std::pair<std::size_t, lookup_ptr>> own; // names that failed by themselves
    bool all = true;
    for (std::size_t place = 0; place < call->users.size(); ++place) {
        if (call->results[place])
            continue;
        const lookup_queue& part = *queue_of(owner, call->users[place]);
        const question& pending = *part.open.at(owner->directory->key(call->users[place]));
        if (is_suspect(part, pending))
            own.emplace_back(place, failure_of(pending.user, by_itself(pending.failed)));
        else
            all = false;
    }
    // First the statements that may throw, and that complete the call.
    if (!all)
        call->failed = no_success(*queue, now);
    remove(owner, call);
    for (auto& [place, outcome] : own)
        call->results[place] = std::move(outcome);
}

namespace {

std::string in_seconds(std::chrono::steady_clock::duration time)
{
    return std::to_string(std::chrono::duration_cast<seconds>(time).count()) + " s";
}

} // namespace

error lookup_batcher::no_response(time_point now) const
{
    return outage_.why().with_hint(
        "the provider has not responded for " + in_seconds(now - *outage_.since()) + "; try again later");
}

error lookup_batcher::no_success(const lookup_queue& queue, time_point now) const
{
    if (outage_.since() && now - *outage_.since() >= rules_.retry_for)
        return no_response(now);
    return queue.why->with_hint("no request with this user's token has succeeded for " +
                                in_seconds(now - *queue.failing_since) + "; try again later");
}

} // namespace coauth::sessions
