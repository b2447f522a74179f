// What becomes of a request: the second half of `lookup_desk`.
#include "session/lookup_desk.hpp"

#include <algorithm>
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

} // namespace

void lookup_desk::settle(lane& where, question& which, const answer& what, askers& done)
{
    for (const auto& one : which.askers)
        give(one, what, done);
    where.open.erase(which.key);
}

void lookup_desk::fail(lane& where, std::list<question>& which, const error& why, askers& done)
{
    for (question& q : which) {
        auto outcome = std::make_shared<twitter::lookup>(q.who, lookup_outcome::failed);
        outcome->why = why;
        settle(where, q, outcome, done);
    }
    which.clear();
}

// Whoever won't wait that long hears of it at once; a question that others wait for stays.
void lookup_desk::turn_away(lane& where, milliseconds wait, askers& done)
{
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait);
    for (auto q = where.waiting.begin(); q != where.waiting.end();) {
        const auto current = q++;
        std::vector<std::pair<std::shared_ptr<asker>, std::size_t>> patient;
        answer refusal;
        for (auto& one : current->askers) {
            if (one.first->max_wait >= wait) {
                patient.push_back(std::move(one));
                continue;
            }
            if (!refusal) {
                auto outcome = std::make_shared<twitter::lookup>(current->who, lookup_outcome::failed);
                outcome->why = error(errc::rate_limited, "the rate limit of this person's token is spent")
                                   .with_retry_after(seconds)
                                   .with_hint("the next call is allowed in " + std::to_string(seconds.count()) +
                                              " s, which is longer than this call waits");
                refusal = std::move(outcome);
            }
            give(one, refusal, done);
        }
        current->askers = std::move(patient);
        if (!current->askers.empty())
            continue;
        where.open.erase(current->key);
        where.waiting.erase(current);
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

milliseconds lookup_desk::backoff(const batch& request, const error& why) const
{
    constexpr milliseconds first(200);
    constexpr int most_doublings = 4;
    int failures = 0;
    for (const question& q : request.questions)
        failures = std::max(failures, q.failures);
    const milliseconds most = first * (1 << std::min(failures, most_doublings));
    const milliseconds spread(static_cast<milliseconds::rep>(static_cast<double>(most.count()) * rules_.chance()));
    return std::max<milliseconds>(spread, why.retry_after().value_or(std::chrono::seconds(0)));
}

bool lookup_desk::try_again(question& which, const error& why, time_point now, milliseconds wait) const
{
    if (why.reason() == errc::rate_limited)
        return true; // it waits for the reset, or fails at its next turn if that is too far
    ++which.failures;
    return now + wait <= *which.first_sent + rules_.retry_for;
}

void lookup_desk::put_back(const lane_ref& where, std::list<question>& which)
{
    for (auto q = which.begin(); q != which.end();) {
        q->sent = false;
        if (!q->askers.empty()) {
            ++q;
            continue;
        }
        where->open.erase(q->key);
        q = which.erase(q);
    }
    waiting_ += which.size();
    where->waiting.splice(where->waiting.begin(), which);
    if (!where->waiting.empty())
        queue(where);
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
    if (limited) {
        ++counts_.rate_limited;
        where.limits->refused(why.retry_after(), now, rules_.chance());
    } else {
        where.limits->lost();
    }
    if (why.reason() == errc::token_revoked) {
        fail(where, request->questions, why, done);
        askers others = sign_out(request->who, why);
        done.insert(done.end(), others.begin(), others.end());
        return done;
    }

    const milliseconds wait = limited ? milliseconds(0) : backoff(*request, why);
    std::list<question> again;
    const bool wanted = !closed_ && !request->who->gone;
    if (wanted && (limited || (is_transient(why) && budget_.take(now))))
        for (auto q = request->questions.begin(); q != request->questions.end();) {
            const auto current = q++;
            if (try_again(*current, why, now, wait))
                again.splice(again.end(), request->questions, current);
        }
    fail(where, request->questions, why, done);
    if (again.empty())
        return done;
    ++counts_.retries;
    where.not_before = now + wait;
    if (session_event* e = note(session_event::kind::retry, *request->who)) {
        e->why = why.reason();
        e->count = again.size();
        e->wait = wait;
    }
    put_back(request->from, again);
    return done;
}

} // namespace coauth::sessions
