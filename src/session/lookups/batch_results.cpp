// How `lookup_batcher` deals with the end of a request.
#include "session/lookups/lookup_batcher.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

namespace coauth::sessions {

using coauth::lookup_outcome;
using std::chrono::milliseconds;

namespace {

void set_result(const std::pair<std::shared_ptr<lookup_call>, std::size_t>& entry, const lookup_ptr& result,
    lookup_batcher::call_list& done)
{
    const auto& [call, place] = entry;
    call->results[place] = result;
    if (--call->open == 0)
        done.push_back(call);
}

// Thrown by this program, such as for a bug of the provider's class: no statement about the provider or a name.
bool is_internal(const error& why)
{
    return why.reason() == errc::provider_error && !why.http_status();
}

// The provider itself responded.
bool is_response(const error& why)
{
    const fault whose = whose_fault(why.reason());
    return why.http_status() || whose == fault::response || (whose == fault::provider && !is_internal(why));
}

// An account may be a user's class.
void require_profile(coauth::lookup& outcome)
{
    if (outcome.outcome != lookup_outcome::found || outcome.profile)
        return;
    outcome.outcome = lookup_outcome::failed;
    outcome.why = error(errc::provider_error, "internal error: the account found a user without a profile");
}

// Finds the outcomes of questions: by user, never by place. Most responses are in the order of the questions.
class outcomes_by_user {
public:
    outcomes_by_user(std::vector<coauth::lookup>& outcomes, const lookup_rules& rules)
        : outcomes_(outcomes), rules_(rules)
    {}

    // Null if the response leaves the user out.
    coauth::lookup* find(const question& pending)
    {
        if (next_ != outcomes_.size() && is_same(outcomes_[next_].asked, pending.user))
            return &outcomes_[next_++];
        if (by_key_.empty())
            for (std::size_t i = next_; i != outcomes_.size(); ++i) // those before were moved away
                by_key_.emplace(rules_.key(outcomes_[i].asked), &outcomes_[i]);
        const auto found = by_key_.find(pending.key);
        return found == by_key_.end() ? nullptr : found->second;
    }

private:
    static bool is_same(const coauth::user_ref& a, const coauth::user_ref& b)
    {
        return a.is_id() == b.is_id() && a.text() == b.text();
    }

    std::vector<coauth::lookup>& outcomes_;
    const lookup_rules& rules_;
    std::size_t next_ = 0;
    std::unordered_map<std::string, coauth::lookup*> by_key_; // empty: not needed so far
};

} // namespace

error limit_takes_too_long(milliseconds wait)
{
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait);
    return error(errc::rate_limited, "the rate limit of this user's credential is used up")
        .with_retry_after(seconds)
        .with_hint("the next call is allowed in " + std::to_string(seconds.count()) +
                   " s, which is longer than this call waits");
}

lookup_ptr failure_of(const coauth::user_ref& user, const error& why)
{
    auto outcome = std::make_shared<coauth::lookup>(user, lookup_outcome::failed);
    outcome->why = why;
    return outcome;
}

void lookup_batcher::complete(lookup_queue& queue, question& pending, const lookup_ptr& result, call_list& done)
{
    for (const auto& entry : pending.calls)
        set_result(entry, result, done);
    queue.open.erase(pending.key);
}

void lookup_batcher::fail(lookup_queue& queue, std::list<question>& questions, const error& why, call_list& done)
{
    for (question& q : questions)
        complete(queue, q, failure_of(q.user, why), done);
    questions.clear();
}

// Fails the questions of calls that do not wait that long; a question that other calls wait for stays.
void lookup_batcher::refuse_long_wait(lookup_queue& queue, milliseconds wait, call_list& done)
{
    for (waiting_list* part : {&queue.fresh, &queue.repeated})
        for (auto q = part->questions.begin(); q != part->questions.end();) {
            const auto current = q++;
            std::vector<std::pair<std::shared_ptr<lookup_call>, std::size_t>> remaining;
            lookup_ptr refusal;
            for (auto& entry : current->calls) {
                if (entry.first->max_wait >= wait) {
                    remaining.push_back(std::move(entry));
                    continue;
                }
                if (!refusal)
                    refusal = failure_of(current->user, limit_takes_too_long(wait));
                set_result(entry, refusal, done);
            }
            current->calls = std::move(remaining);
            if (!current->calls.empty())
                continue;
            queue.open.erase(current->key);
            part->questions.erase(current);
            --waiting_;
        }
}

// True if it is in the cache now.
bool lookup_batcher::cache_result(
    const token_owner& owner, const question& pending, const lookup_ptr& result, time_point now)
{
    const bool found = result->outcome == lookup_outcome::found;
    const bool missing = result->outcome == lookup_outcome::not_found || result->outcome == lookup_outcome::suspended;
    const milliseconds good_for = found ? rules_.cache_for : missing ? rules_.cache_missing_for : milliseconds(0);
    if (good_for.count() <= 0 || owner.gone || rules_.max_cached_lookups == 0)
        return false;
    cache_.put(owner.number, pending.key, result, now + good_for);
    return true;
}

lookup_batcher::call_list lookup_batcher::succeeded(
    const batch_ptr& request, coauth::reply<coauth::lookups> reply, std::chrono::sys_seconds wall, time_point now)
{
    call_list done;
    if (in_flight_.erase(request) == 0)
        return done; // aborted meanwhile
    lookup_queue& queue = *request->queue;
    queue.limits->responded(reply.limits, wall, now, rules_.chance());
    app_limits(*request->owner, queue).responded(reply.limits, wall, now, rules_.chance());
    ++(request->repeated ? queue.repeated : queue.fresh).succeeded;
    note_response(request, now);
    release_held();
    if (session_event* e = add_event(session_event_kind::response, *request->owner))
        e->count = request->questions.size();

    std::uint64_t found = 0;
    for (coauth::lookup& outcome : reply.outcomes) {
        require_profile(outcome);
        found += outcome.outcome == lookup_outcome::found;
    }
    counts_.profiles += found;
    counts_.cost_micros += found * request->owner->directory->price_micros;
    outcomes_by_user outcomes(reply.outcomes, *request->owner->directory);
    std::list<question> missing;
    for (auto q = request->questions.begin(); q != request->questions.end();) {
        const auto current = q++;
        coauth::lookup* const outcome = outcomes.find(*current);
        if (!outcome) {
            missing.splice(missing.end(), request->questions, current);
            continue;
        }
        const auto result = std::make_shared<coauth::lookup>(std::move(*outcome));
        const bool cached = cache_result(*request->owner, *current, result, now);
        if (!cached && current->calls.size() == 1) {
            const auto& [call, place] = current->calls.front();
            call->unshared[place] = true;
        }
        complete(queue, *current, result, done);
    }
    request->questions.clear();
    fail(queue, missing, error(errc::malformed_response, "the response leaves this user out"), done);
    return done;
}

lookup_batcher::call_list lookup_batcher::failed(const batch_ptr& request, const error& why, time_point now)
{
    call_list done;
    if (in_flight_.erase(request) == 0)
        return done;
    lookup_queue& queue = *request->queue;
    app_limits(*request->owner, queue).lost();
    release_held();

    const bool limited = why.reason() == errc::rate_limited;
    const bool passes = is_transient(why) && !limited && rules_.retry_for.count() > 0;
    if (limited) {
        ++counts_.rate_limited;
        queue.limits->refused(why.retry_after(), now, rules_.chance());
    } else {
        queue.limits->lost();
    }
    if (passes)
        note_failure(request, why, now);
    else if (is_response(why))
        note_response(request, now);
    else
        outage_.ended(request->retry);

    if (why.reason() == errc::token_revoked) {
        fail(queue, request->questions, why, done);
        call_list others = sign_out(request->owner, why);
        done.insert(done.end(), others.begin(), others.end());
        return done;
    }
    if (is_internal(why)) {
        end_calls(*request, why, done);
        return done;
    }
    if (closed_ || request->owner->gone || !(limited || passes)) {
        fail(queue, request->questions, why, done);
        return done;
    }
    if (passes)
        fail_lone(*request, now, done);
    if (session_event* e =
            request->questions.empty() ? nullptr : add_event(session_event_kind::retry, *request->owner)) {
        e->why = why.reason();
        e->count = request->questions.size();
        if (passes)
            e->wait = std::chrono::ceil<milliseconds>(std::max(queue.repeated.not_before, now) - now);
    }
    put_back(request, passes, now);
    return done;
}

lookup_batcher::call_list lookup_batcher::dropped(const batch_ptr& request)
{
    call_list done;
    if (in_flight_.erase(request) == 0)
        return done;
    app_limits(*request->owner, *request->queue).lost();
    request->queue->limits->lost();
    release_held();
    outage_.ended(request->retry);
    end_calls(*request, std::nullopt, done);
    return done;
}

// Ends the calls of a request, and removes their other questions. Without `why` they are out of memory.
void lookup_batcher::end_calls(batch& request, const std::optional<error>& why, call_list& done)
{
    std::set<std::shared_ptr<lookup_call>> calls;
    for (const question& q : request.questions)
        for (const auto& [call, place] : q.calls)
            calls.insert(call);
    for (const question& q : request.questions)
        request.queue->open.erase(q.key);
    request.questions.clear();
    for (const auto& call : calls) {
        call->failed = why;
        call->out_of_memory = !why;
        remove(request.owner, call);
        done.push_back(call);
    }
    if (request.queue->has_waiting())
        enqueue(request.queue);
}

} // namespace coauth::sessions
