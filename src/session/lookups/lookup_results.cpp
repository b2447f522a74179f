// What becomes of a request: the second half of `lookup_desk`.
#include "session/lookups/lookup_desk.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

namespace coauth::sessions {

using std::chrono::milliseconds;
using twitter::lookup_outcome;

namespace {

void give(const std::pair<std::shared_ptr<asker>, std::size_t>& to, const answer& what, lookup_desk::askers& done)
{
    const auto& [from, place] = to;
    from->answers[place] = what;
    if (--from->open == 0)
        done.push_back(from);
}

// Thrown by this program, as for a bug of the provider's class: it says nothing of the provider, nor of a name.
bool is_internal(const error& why)
{
    return why.reason() == errc::provider_error && !why.http_status();
}

// The provider itself is there, whatever it says.
bool is_response(const error& why)
{
    const fault whose = whose_fault(why.reason());
    return why.http_status() || whose == fault::response || (whose == fault::provider && !is_internal(why));
}

error too_long(milliseconds wait)
{
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait);
    return error(errc::rate_limited, "the rate limit of this person's token is spent")
        .with_retry_after(seconds)
        .with_hint("the next call is allowed in " + std::to_string(seconds.count()) +
                   " s, which is longer than this call waits");
}

} // namespace

answer failure_of(const twitter::user_ref& user, const error& why)
{
    auto outcome = std::make_shared<twitter::lookup>(user, lookup_outcome::failed);
    outcome->why = why;
    return outcome;
}

void lookup_desk::settle(lane& where, question& which, const answer& what, askers& done)
{
    for (const auto& one : which.askers)
        give(one, what, done);
    where.open.erase(which.key);
}

void lookup_desk::fail(lane& where, std::list<question>& which, const error& why, askers& done)
{
    for (question& q : which)
        settle(where, q, failure_of(q.who, why), done);
    which.clear();
}

// Whoever won't wait that long hears of it at once; a question that others wait for stays.
void lookup_desk::turn_away(lane& where, milliseconds wait, askers& done)
{
    for (waiting_list* part : {&where.fresh, &where.repeated})
        for (auto q = part->questions.begin(); q != part->questions.end();) {
            const auto current = q++;
            std::vector<std::pair<std::shared_ptr<asker>, std::size_t>> patient;
            answer refusal;
            for (auto& one : current->askers) {
                if (one.first->max_wait >= wait) {
                    patient.push_back(std::move(one));
                    continue;
                }
                if (!refusal)
                    refusal = failure_of(current->who, too_long(wait));
                give(one, refusal, done);
            }
            current->askers = std::move(patient);
            if (!current->askers.empty())
                continue;
            where.open.erase(current->key);
            part->questions.erase(current);
            --waiting_;
        }
}

void lookup_desk::keep(const person& who, const question& which, const answer& what, time_point now)
{
    const bool found = what->outcome == lookup_outcome::found;
    const bool missing = what->outcome == lookup_outcome::not_found || what->outcome == lookup_outcome::suspended;
    const milliseconds good_for = found ? rules_.cache_for : missing ? rules_.cache_missing_for : milliseconds(0);
    if (good_for.count() > 0 && !who.gone)
        cache_.keep(who.number, which.key, what, now + good_for);
}

lookup_desk::askers lookup_desk::answered(const batch_ref& request, const twitter::reply<twitter::lookups>& reply,
    std::chrono::sys_seconds wall, time_point now)
{
    askers done;
    if (under_way_.erase(request) == 0)
        return done; // aborted meanwhile
    lane& where = *request->from;
    where.limits->answered(reply.limits, wall, now, rules_.chance());
    app_limits(*request->who, where).answered(reply.limits, wall, now, rules_.chance());
    ++(request->repeated ? where.repeated : where.fresh).succeeded;
    note_response(request, now);
    release_held();
    if (session_event* e = note(session_event::kind::answer, *request->who))
        e->count = request->questions.size();

    // By whom it is about, never by place.
    std::unordered_map<std::string, const twitter::lookup*> by_key;
    for (const twitter::lookup& one : reply.outcomes) {
        by_key.emplace(one.asked.key(), &one);
        counts_.profiles += one.outcome == lookup_outcome::found;
    }
    counts_.cost_micros = counts_.profiles * rules_.price_per_profile_micros;
    std::list<question> unanswered;
    for (auto q = request->questions.begin(); q != request->questions.end();) {
        const auto current = q++;
        const auto found = by_key.find(current->key);
        if (found == by_key.end()) {
            unanswered.splice(unanswered.end(), request->questions, current);
            continue;
        }
        const auto shared = std::make_shared<const twitter::lookup>(*found->second);
        keep(*request->who, *current, shared, now);
        settle(where, *current, shared, done);
    }
    request->questions.clear();
    fail(where, unanswered, error(errc::malformed_response, "the provider's answer leaves this person out"), done);
    return done;
}

lookup_desk::askers lookup_desk::failed(const batch_ref& request, const error& why, time_point now)
{
    askers done;
    if (under_way_.erase(request) == 0)
        return done;
    lane& where = *request->from;
    app_limits(*request->who, where).lost();
    release_held();

    const bool limited = why.reason() == errc::rate_limited;
    const bool passes = is_transient(why) && !limited && rules_.retry_for.count() > 0;
    if (limited) {
        ++counts_.rate_limited;
        where.limits->refused(why.retry_after(), now, rules_.chance());
    } else {
        where.limits->lost();
    }
    if (passes)
        note_failure(request, why, now);
    else if (is_response(why))
        note_response(request, now);
    else
        outage_.ended(request->retry);

    if (why.reason() == errc::token_revoked) {
        fail(where, request->questions, why, done);
        askers others = sign_out(request->who, why);
        done.insert(done.end(), others.begin(), others.end());
        return done;
    }
    if (is_internal(why)) {
        end_calls(*request, why, done);
        return done;
    }
    if (closed_ || request->who->gone || !(limited || passes)) {
        fail(where, request->questions, why, done);
        return done;
    }
    if (passes)
        fail_lone(*request, now, done);
    if (session_event* e = request->questions.empty() ? nullptr : note(session_event::kind::retry, *request->who)) {
        e->why = why.reason();
        e->count = request->questions.size();
        if (passes)
            e->wait = std::chrono::ceil<milliseconds>(std::max(where.repeated.not_before, now) - now);
    }
    put_back(request, passes, now);
    return done;
}

lookup_desk::askers lookup_desk::dropped(const batch_ref& request)
{
    askers done;
    if (under_way_.erase(request) == 0)
        return done;
    app_limits(*request->who, *request->from).lost();
    request->from->limits->lost();
    release_held();
    outage_.ended(request->retry);
    end_calls(*request, std::nullopt, done);
    return done;
}

// Ends the calls that asked, and takes back what else they ask. Without `why` they are out of memory.
void lookup_desk::end_calls(batch& request, const std::optional<error>& why, askers& done)
{
    std::set<std::shared_ptr<asker>> callers;
    for (const question& q : request.questions)
        for (const auto& [caller, place] : q.askers)
            callers.insert(caller);
    for (const question& q : request.questions)
        request.from->open.erase(q.key);
    request.questions.clear();
    for (const auto& caller : callers) {
        caller->failed = why;
        caller->out_of_memory = !why;
        leave(request.who, caller);
        done.push_back(caller);
    }
    if (request.from->has_waiting())
        queue(request.from);
}

} // namespace coauth::sessions
