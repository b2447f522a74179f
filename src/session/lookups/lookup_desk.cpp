#include "session/lookups/lookup_desk.hpp"

#include <algorithm>
#include <iterator>
#include <string>

namespace coauth::sessions {

using std::chrono::milliseconds;

std::vector<twitter::user_ref> batch::names() const
{
    std::vector<twitter::user_ref> all;
    all.reserve(questions.size());
    for (const question& q : questions)
        all.push_back(q.who);
    return all;
}

lookup_desk::lookup_desk(desk_rules rules, time_point now)
    : rules_(std::move(rules)), cache_(rules_.max_cached_answers), outage_(rules_.max_requests, now),
      app_by_id_(rules_.limits), app_by_name_(rules_.limits)
{}

lane_ref lookup_desk::lane_of(const person_ref& who, const twitter::user_ref& asked)
{
    return lane_ref(who, asked.is_id() ? &who->by_id : &who->by_name);
}

app_allowance& lookup_desk::app_limits(const person& who, const lane& which)
{
    return rules_.one_limit || &which == &who.by_id ? app_by_id_ : app_by_name_;
}

session_event* lookup_desk::note(session_event::kind what, const person& who)
{
    if (!rules_.watched)
        return nullptr;
    return &events_.emplace_back(what, who.user_id);
}

// Asking and leaving.

void lookup_desk::ask(const person_ref& who, const std::shared_ptr<asker>& from, std::size_t place, time_point now)
{
    const twitter::user_ref& asked = from->who[place];
    std::string key = asked.key();
    ++counts_.asked;
    if (answer known = cache_.find(who->number, key, now)) {
        ++counts_.cache_hits;
        note(session_event::kind::cache_hit, *who);
        from->answers[place] = std::move(known);
        from->reused[place] = true;
        return;
    }

    ++from->open;
    from->asked_at = now;
    const lane_ref where = lane_of(who, asked);
    if (where->open.empty())
        where->failing_since.reset(); // of calls that are long gone
    if (is_failing(*where))
        expect_giving_up(now + rules_.retry_for);
    if (const auto equal = where->open.find(key); equal != where->open.end()) {
        ++counts_.joined;
        note(session_event::kind::joined, *who);
        equal->second->askers.emplace_back(from, place);
        from->reused[place] = true;
    } else {
        std::list<question>& fresh = where->fresh.questions;
        question& made = fresh.emplace_back(asked, key, now);
        made.askers.emplace_back(from, place);
        where->open.emplace(std::move(key), std::prev(fresh.end()));
        ++waiting_;
        queue(where);
    }
    if (where->at == lane::place::asleep && is_news(*where, *from, now)) {
        get_up(where, now);
        queue(where);
    }
}

// Whether this asker changes what a lane sleeps for.
bool lookup_desk::is_news(lane& where, const asker& from, time_point now) const
{
    if (where.shut_since)
        return where.bed->first - now > from.max_wait;      // to be told so
    return next_part(where, now).second < where.bed->first; // gathered enough, or not held back by what failed
}

void lookup_desk::leave(const person_ref& who, const std::shared_ptr<asker>& from)
{
    for (std::size_t place = 0; place < from->who.size(); ++place) {
        if (from->answers[place])
            continue;
        const lane_ref where = lane_of(who, from->who[place]);
        const auto open = where->open.find(from->who[place].key());
        if (open == where->open.end())
            continue;
        const auto which = open->second;
        std::erase_if(which->askers, [&from](const auto& one) { return one.first == from; });
        if (!which->askers.empty() || which->sent)
            continue;
        where->open.erase(open);
        where->list_of(*which).questions.erase(which);
        --waiting_;
        // So that nobody's alarm stays set for it.
        if (!where->has_waiting() && where->at == lane::place::asleep) {
            asleep_.erase(where->bed);
            where->at = lane::place::nowhere;
            where->shut_since.reset();
        }
    }
    from->open = 0;
}

// The lanes' turns.

void lookup_desk::queue(const lane_ref& which)
{
    if (which->at != lane::place::nowhere)
        return;
    which->at = lane::place::in_turn;
    turns_.push_back(which);
}

void lookup_desk::sleep(const lane_ref& which, time_point until, time_point now, bool for_limit)
{
    which->at = lane::place::asleep;
    which->bed = asleep_.emplace(until, which);
    if (for_limit)
        which->shut_since = now;
}

void lookup_desk::get_up(const lane_ref& which, time_point now)
{
    asleep_.erase(which->bed);
    which->at = lane::place::nowhere;
    if (!which->shut_since)
        return;
    counts_.waited += std::chrono::duration_cast<milliseconds>(now - *which->shut_since);
    which->shut_since.reset();
    which->available_since = now;
    if (is_failing(*which))
        expect_giving_up(now + rules_.retry_for);
}

// Something changed for the better: it may be its turn before the time it sleeps until.
void lookup_desk::rouse(const lane_ref& target, time_point now)
{
    if (target->at != lane::place::asleep || target->shut_since)
        return;
    get_up(target, now);
    queue(target);
}

void lookup_desk::rouse_all(time_point now)
{
    std::vector<lane_ref> all;
    for (const auto& [until, which] : asleep_)
        all.push_back(which);
    for (const lane_ref& which : all)
        rouse(which, now);
}

void lookup_desk::wake_sleepers(time_point now)
{
    while (!asleep_.empty() && asleep_.begin()->first <= now) {
        const lane_ref which = asleep_.begin()->second;
        get_up(which, now);
        queue(which);
    }
}

// Until a request has ended.
void lookup_desk::hold(const lane_ref& target)
{
    target->at = lane::place::held;
    held_.push_back(target);
}

void lookup_desk::release_held()
{
    for (const lane_ref& which : std::exchange(held_, {})) {
        which->at = lane::place::nowhere;
        queue(which);
    }
}

bool lookup_desk::is_retry(const lane& owner, const waiting_list& part)
{
    return &part == &owner.repeated || owner.failing_since;
}

// When a request for these may be sent, as far as failures go. `time_point::max()`: not before another has ended.
lookup_desk::time_point lookup_desk::ready_at(const lane& owner, const waiting_list& part, time_point now) const
{
    time_point at = std::max(now, part.not_before);
    if (&part == &owner.fresh && part.questions.size() < rules_.largest_lookup)
        at = std::max(at, part.questions.front().asked + rules_.gather_for);
    return std::max(at, outage_.ready_at(is_retry(owner, part), now));
}

// What of a lane that has questions waiting goes next, and when.
std::pair<waiting_list*, lookup_desk::time_point> lookup_desk::next_part(lane& owner, time_point now) const
{
    if (owner.repeated.questions.empty())
        return {&owner.fresh, ready_at(owner, owner.fresh, now)};
    if (owner.fresh.questions.empty())
        return {&owner.repeated, ready_at(owner, owner.repeated, now)};
    const time_point fresh_at = ready_at(owner, owner.fresh, now);
    const time_point repeated_at = ready_at(owner, owner.repeated, now);
    const bool fresh_first = fresh_at == repeated_at ? owner.repeated_went_last : fresh_at < repeated_at;
    return fresh_first ? std::pair(&owner.fresh, fresh_at) : std::pair(&owner.repeated, repeated_at);
}

lookup_desk::step lookup_desk::next(time_point now)
{
    using verdict = allowance::verdict;
    step out;
    if (gives_up_ && *gives_up_ <= now)
        give_up(now, out.done);
    wake_sleepers(now);
    while (under_way_.size() < rules_.max_requests && !turns_.empty()) {
        const lane_ref which = turns_.front();
        turns_.pop_front();
        which->at = lane::place::nowhere;
        if (!which->has_waiting())
            continue;

        const auto [part, ready] = next_part(*which, now);
        if (ready == time_point::max()) {
            hold(which);
            continue;
        }
        if (ready > now) {
            sleep(which, ready, now, false);
            continue;
        }

        // The person's own limits, then the app's, which all share.
        verdict may = which->limits->admit(now);
        if (may.what == verdict::kind::go)
            may = app_limits(*which->owner, *which).admit(now);
        switch (may.what) {
        case verdict::kind::go:
            out.what = step::kind::send;
            out.request = form_batch(which, *part, now);
            return out;
        case verdict::kind::hold:
            hold(which);
            break;
        case verdict::kind::wait: {
            const auto left = std::chrono::ceil<milliseconds>(may.until - now);
            turn_away(*which, left, out.done);
            if (!which->has_waiting())
                break;
            if (session_event* e = note(session_event::kind::wait, *which->owner)) {
                e->count = which->fresh.questions.size() + which->repeated.questions.size();
                e->wait = left;
            }
            sleep(which, may.until, now, true);
            break;
        }
        }
    }
    std::optional<time_point> until;
    if (under_way_.size() < rules_.max_requests && !asleep_.empty())
        until = asleep_.begin()->first;
    if (gives_up_ && (waiting_ != 0 || !under_way_.empty()))
        until = std::min(until.value_or(*gives_up_), *gives_up_);
    if (until) {
        out.what = step::kind::wait;
        out.until = *until;
    }
    return out;
}

batch_ref lookup_desk::form_batch(const lane_ref& which, waiting_list& part, time_point now)
{
    const person_ref who(which, which->owner);
    const bool repeated = &part == &which->repeated;
    auto made = std::make_shared<batch>(who, which, repeated, is_retry(*which, part), now);
    auto last = part.questions.begin();
    std::advance(
        last, static_cast<std::ptrdiff_t>(std::min({part.questions.size(), part.largest, rules_.largest_lookup})));
    made->questions.splice(made->questions.end(), part.questions, part.questions.begin(), last);
    which->repeated_went_last = repeated;
    bool tried = false;
    for (question& q : made->questions) {
        q.sent = true;
        tried = tried || q.tries != 0;
        ++q.tries;
    }
    outage_.sent(made->retry, now);
    waiting_ -= made->questions.size();
    which->limits->sent();
    app_limits(*who, *which).sent();
    under_way_.insert(made);
    ++counts_.requests;
    counts_.retries += tried;
    counts_.names_sent += made->questions.size();
    if (session_event* e = note(session_event::kind::request, *who))
        e->count = made->questions.size();
    if (which->has_waiting())
        queue(which); // behind the others: people take turns
    return made;
}

// Endings.

lookup_desk::askers lookup_desk::sign_out(const person_ref& who, const error& why)
{
    askers done;
    who->gone = true;
    cache_.forget(who->number);
    for (lane* where : {&who->by_id, &who->by_name}) {
        for (waiting_list* part : {&where->fresh, &where->repeated}) {
            waiting_ -= part->questions.size();
            fail(*where, part->questions, why, done);
        }
        if (where->at != lane::place::asleep)
            continue;
        asleep_.erase(where->bed);
        where->at = lane::place::nowhere;
        where->shut_since.reset();
    }
    return done;
}

lookup_desk::askers lookup_desk::close(const error& why)
{
    closed_ = true;
    askers done;
    std::vector<lane_ref> all(turns_.begin(), turns_.end());
    all.insert(all.end(), held_.begin(), held_.end());
    for (const auto& [until, which] : asleep_)
        all.push_back(which);
    turns_.clear();
    held_.clear();
    asleep_.clear();
    for (const lane_ref& which : all) {
        which->at = lane::place::nowhere;
        which->shut_since.reset();
        for (waiting_list* part : {&which->fresh, &which->repeated})
            fail(*which, part->questions, why, done);
    }
    waiting_ = 0;
    gives_up_.reset();
    return done;
}

lookup_desk::askers lookup_desk::abort(const error& why)
{
    askers done = close(why);
    for (const batch_ref& request : std::exchange(under_way_, {}))
        fail(*request->from, request->questions, why, done);
    return done;
}

void lookup_desk::restart(lookup_desk&& other) noexcept
{
    other.counts_ = counts_;
    *this = std::move(other);
}

session_stats::lookup_counts lookup_desk::counts() const
{
    session_stats::lookup_counts now = counts_;
    now.waiting = waiting_;
    now.under_way = under_way_.size();
    now.cached = cache_.size();
    return now;
}

} // namespace coauth::sessions
