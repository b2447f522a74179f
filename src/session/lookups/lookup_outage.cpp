// What failures that pass come to: the third part of `lookup_desk`.
#include "session/lookups/lookup_desk.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace coauth::sessions {

using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

// A name that fails alone this often and for this long, while most others of its lane are found, is why.
constexpr int lone_failures = 5;
constexpr milliseconds lone_for(5'000);

// So often, and it is why whatever becomes of the others: it must not wait for ever where most requests fail.
constexpr int most_lone_failures = 30;

// A lane with fewer failures may have had one bad moment: its calls wait for the next request, but no longer than
// twice their time.
constexpr int lane_failures = 2;

// Looking for who gives up means looking at all who wait.
constexpr milliseconds between_looks(100);

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

// Something else of its lane was found after it had failed.
bool is_suspect(const lane& owner, const question& pending)
{
    return pending.failed.lone_latest && owner.succeeded() > pending.failed.succeeded_at_first;
}

} // namespace

void lookup_desk::note_response(const batch_ref& request, time_point now)
{
    lane& owner = *request->from;
    owner.failing_since.reset();
    (request->repeated ? owner.repeated : owner.fresh).recover();
    if (outage_.succeeded(request->retry, now))
        rouse_all(now);
    else
        rouse(request->from, now);
}

void lookup_desk::note_failure(const batch_ref& request, const error& why, time_point now)
{
    lane& owner = *request->from;
    outage_.failed(request->retry, why, now);
    if (!owner.failing_since) {
        owner.failing_since = now;
        owner.failures = 0;
    }
    ++owner.failures;
    owner.why = why;
    expect_giving_up(std::max(now, *owner.failing_since + rules_.retry_for));

    waiting_list& part = request->repeated ? owner.repeated : owner.fresh;
    ++part.failed;
    if (request->repeated)
        part.largest = std::max<std::size_t>(1, request->questions.size() / 2);
    if (request->sent_at >= part.failed_at) {
        ++part.failures;
        part.failed_at = now;
        part.not_before = now + backoff(part.failures, why);
    }
    if (owner.repeated.questions.empty())
        owner.repeated.not_before = part.not_before;

    const bool lone = request->questions.size() == 1;
    for (question& q : request->questions) {
        failure_record& failed = q.failed;
        if (++failed.count == 1) {
            failed.first = now;
            failed.succeeded_at_first = owner.succeeded();
            failed.fresh_succeeded_at_first = owner.fresh.succeeded;
            failed.fresh_failed_at_first = owner.fresh.failed;
        } else if (lone && owner.succeeded() > failed.succeeded_at_latest) {
            ++failed.lone;
        }
        failed.lone_latest = lone;
        failed.succeeded_at_latest = owner.succeeded();
        failed.why = why;
    }
}

milliseconds lookup_desk::backoff(int failures, const error& why) const
{
    constexpr milliseconds first(200);
    constexpr int most_doublings = 4;
    const milliseconds most = first * (1 << std::min(failures - 1, most_doublings));
    const milliseconds spread(static_cast<milliseconds::rep>(static_cast<double>(most.count()) * rules_.chance()));
    // A provider that names a time is believed so far that there is another try before the end.
    const milliseconds told = std::min<milliseconds>(why.retry_after().value_or(seconds(0)), rules_.retry_for / 2);
    return std::max(spread, told);
}

void lookup_desk::fail_lone(batch& request, time_point now, askers& done)
{
    if (request.questions.size() != 1)
        return;
    const failure_record& failed = request.questions.front().failed;
    const waiting_list& fresh = request.from->fresh;
    const bool others_succeed =
        most_succeed(fresh.succeeded - failed.fresh_succeeded_at_first, fresh.failed - failed.fresh_failed_at_first);
    if (failed.lone < (others_succeed ? lone_failures : most_lone_failures) ||
        now - failed.first < std::min(lone_for, rules_.retry_for))
        return;
    const error why = by_itself(failed);
    fail(*request.from, request.questions, why, done);
}

void lookup_desk::put_back(const batch_ref& request, bool failed, time_point now)
{
    lane& owner = *request->from;
    std::list<question>& back = request->questions;
    for (auto q = back.begin(); q != back.end();) {
        q->sent = false;
        if (!q->askers.empty()) {
            ++q;
            continue;
        }
        owner.open.erase(q->key);
        q = back.erase(q);
    }
    waiting_ += back.size();
    std::list<question>& list = (failed || request->repeated ? owner.repeated : owner.fresh).questions;
    list.splice(failed ? list.end() : list.begin(), back);
    if (!owner.has_waiting())
        return;
    queue(request->from);
    rouse(request->from, now);
}

// Giving up.

// In an outage, or by itself.
bool lookup_desk::is_failing(const lane& target) const
{
    return outage_.since() || target.failing_since;
}

void lookup_desk::expect_giving_up(time_point at)
{
    gives_up_ = std::min(gives_up_.value_or(at), at);
}

std::set<lane_ref> lookup_desk::open_lanes() const
{
    std::set<lane_ref> all(turns_.begin(), turns_.end());
    all.insert(held_.begin(), held_.end());
    for (const auto& [until, target] : asleep_)
        all.insert(target);
    for (const batch_ref& request : under_way_)
        all.insert(request->from);
    return all;
}

// Of a failing lane that does not wait for a rate limit.
lookup_desk::time_point lookup_desk::gives_up_at(const lane& target, const asker& caller) const
{
    const auto counted_from = [&](time_point begun) {
        return std::max({begun, caller.asked_at, target.available_since});
    };
    time_point at = time_point::max();
    if (outage_.since())
        at = counted_from(*outage_.since()) + rules_.retry_for;
    if (target.failing_since)
        at = std::min(
            at, counted_from(*target.failing_since) + (target.failures < lane_failures ? 2 : 1) * rules_.retry_for);
    return at;
}

void lookup_desk::give_up(time_point now, askers& done)
{
    gives_up_.reset();
    std::optional<time_point> next;
    std::vector<std::pair<lane_ref, std::shared_ptr<asker>>> due;
    for (const lane_ref& target : open_lanes()) {
        if (!is_failing(*target) || target->shut_since)
            continue;
        for (const auto& [key, pending] : target->open)
            for (const auto& [caller, place] : pending->askers) {
                const time_point at = gives_up_at(*target, *caller);
                if (at <= now)
                    due.emplace_back(target, caller);
                else
                    next = std::min(next.value_or(at), at);
            }
    }
    for (const auto& [target, caller] : due) {
        if (caller->open == 0)
            continue; // it asked for several
        give_up(target, caller, now);
        done.push_back(caller);
    }
    if (next)
        expect_giving_up(std::max(*next, now + between_looks));
}

void lookup_desk::give_up(const lane_ref& target, const std::shared_ptr<asker>& caller, time_point now)
{
    const person_ref user(target, target->owner);
    std::vector<std::pair<std::size_t, answer>> own; // names that failed by themselves
    bool all = true;
    for (std::size_t place = 0; place < caller->who.size(); ++place) {
        if (caller->answers[place])
            continue;
        const lane& part = *lane_of(user, caller->who[place]);
        const question& pending = *part.open.at(caller->who[place].key());
        if (is_suspect(part, pending))
            own.emplace_back(place, failure_of(pending.who, by_itself(pending.failed)));
        else
            all = false;
    }
    // First what may throw, and what makes the call complete.
    if (!all)
        caller->failed = no_success(*target, now);
    leave(user, caller);
    for (auto& [place, outcome] : own)
        caller->answers[place] = std::move(outcome);
}

error lookup_desk::no_success(const lane& target, time_point now) const
{
    const auto text = [](auto duration) {
        return std::to_string(std::chrono::duration_cast<seconds>(duration).count()) + " s";
    };
    if (outage_.since() && now - *outage_.since() >= rules_.retry_for)
        return outage_.why().with_hint(
            "the provider has not answered for " + text(now - *outage_.since()) + "; try again later");
    return target.why->with_hint("no request with this user's token has succeeded for " +
                                 text(now - *target.failing_since) + "; try again later");
}

} // namespace coauth::sessions
