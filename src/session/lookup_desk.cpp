#include "session/lookup_desk.hpp"

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
    : rules_(std::move(rules)), cache_(rules_.max_cached_answers), budget_(now), app_by_id_(rules_.limits),
      app_by_name_(rules_.limits)
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
        return;
    }

    ++from->open;
    const lane_ref where = lane_of(who, asked);
    if (const auto equal = where->open.find(key); equal != where->open.end()) {
        ++counts_.joined;
        note(session_event::kind::joined, *who);
        equal->second->askers.emplace_back(from, place);
    } else {
        question& made = where->waiting.emplace_back(asked, key, now);
        made.askers.emplace_back(from, place);
        where->open.emplace(std::move(key), std::prev(where->waiting.end()));
        ++waiting_;
        queue(where);
    }
    if (where->at == lane::place::asleep && is_news(*where, *from, now)) {
        get_up(where, now);
        queue(where);
    }
}

// Whether this asker changes what a lane sleeps for.
bool lookup_desk::is_news(const lane& where, const asker& from, time_point now) const
{
    if (where.shut_since)
        return where.bed->first - now > from.max_wait;                               // to be told so
    return now >= where.not_before && where.waiting.size() >= rules_.largest_lookup; // gathered enough
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
        where->waiting.erase(which);
        --waiting_;
        // So that nobody's alarm stays set for it.
        if (where->waiting.empty() && where->at == lane::place::asleep) {
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
    if (which->shut_since)
        counts_.waited += std::chrono::duration_cast<milliseconds>(now - *which->shut_since);
    which->shut_since.reset();
}

void lookup_desk::wake_sleepers(time_point now)
{
    while (!asleep_.empty() && asleep_.begin()->first <= now) {
        const lane_ref which = asleep_.begin()->second;
        get_up(which, now);
        queue(which);
    }
}

void lookup_desk::release_held()
{
    for (const lane_ref& which : std::exchange(held_, {})) {
        which->at = lane::place::nowhere;
        queue(which);
    }
}

lookup_desk::step lookup_desk::next(time_point now)
{
    using verdict = allowance::verdict;
    step out;
    wake_sleepers(now);
    while (under_way_.size() < rules_.max_requests && !turns_.empty()) {
        const lane_ref which = turns_.front();
        turns_.pop_front();
        which->at = lane::place::nowhere;
        if (which->waiting.empty())
            continue;

        const time_point gathered = which->waiting.front().asked + rules_.gather_for;
        const bool gathering = now < gathered && which->waiting.size() < rules_.largest_lookup;
        if (gathering || now < which->not_before) {
            sleep(which, std::max(which->not_before, gathering ? gathered : now), now, false);
            continue;
        }

        // The person's own limits, then the app's, which all share.
        verdict may = which->limits->admit(now);
        if (may.what == verdict::kind::go)
            may = app_limits(*which->owner, *which).admit(now);
        switch (may.what) {
        case verdict::kind::go:
            out.what = step::kind::send;
            out.request = form_batch(which, now);
            return out;
        case verdict::kind::hold:
            which->at = lane::place::held;
            held_.push_back(which);
            break;
        case verdict::kind::wait: {
            const auto left = std::chrono::ceil<milliseconds>(may.until - now);
            turn_away(*which, left, out.done);
            if (which->waiting.empty())
                break;
            if (session_event* e = note(session_event::kind::wait, *which->owner)) {
                e->count = which->waiting.size();
                e->wait = left;
            }
            sleep(which, may.until, now, true);
            break;
        }
        }
    }
    if (under_way_.size() < rules_.max_requests && !asleep_.empty()) {
        out.what = step::kind::wait;
        out.until = asleep_.begin()->first;
    }
    return out;
}

batch_ref lookup_desk::form_batch(const lane_ref& which, time_point now)
{
    const person_ref who(which, which->owner);
    auto made = std::make_shared<batch>(who, which);
    auto last = which->waiting.begin();
    std::advance(last, static_cast<std::ptrdiff_t>(std::min(which->waiting.size(), rules_.largest_lookup)));
    made->questions.splice(made->questions.end(), which->waiting, which->waiting.begin(), last);
    bool first_try = true;
    for (question& q : made->questions) {
        q.sent = true;
        first_try = first_try && q.failures == 0;
        if (!q.first_sent)
            q.first_sent = now;
    }
    if (first_try)
        budget_.request();
    waiting_ -= made->questions.size();
    which->limits->sent();
    app_limits(*who, *which).sent();
    under_way_.insert(made);
    ++counts_.requests;
    counts_.names_sent += made->questions.size();
    if (session_event* e = note(session_event::kind::request, *who))
        e->count = made->questions.size();
    if (!which->waiting.empty())
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
        waiting_ -= where->waiting.size();
        fail(*where, where->waiting, why, done);
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
        fail(*which, which->waiting, why, done);
    }
    waiting_ = 0;
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
