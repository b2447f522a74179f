// Calls that are no lookups, under the limits of `lookups`.
#include "session/lookups/lookups.hpp"
#include "session/shared_end.hpp"

#include <chrono>
#include <new>
#include <utility>

namespace coauth::sessions {

allowance::verdict lookups::admit(other_call& call, const std::shared_ptr<one_shot>& turn)
{
    allowance::verdict may;
    {
        const std::lock_guard lock(mutex_);
        if (closed_)
            throw error(errc::cancelled, "the session is closed");
        if (call.owner->number < first_number_)
            throw std::bad_alloc(); // memory was exhausted since it was found, and its limits with it
        if (call.owner->gone)
            throw error(errc::unknown_user, "the user signed out");
        may = batcher_.admit(call, now());
        if (may.action == allowance::verdict::kind::go)
            return may;
        // With the verdict, so that no end of a request falls between the two.
        const bool until_known = may.action == allowance::verdict::kind::wait;
        turns_.emplace_back(turn, until_known ? may.until : time_point::max(), call.for_limit);
    }
    schedule_run(); // sets the alarm
    return may;
}

void lookups::leave(const std::shared_ptr<one_shot>& turn) noexcept
{
    const std::lock_guard lock(mutex_);
    turns_.remove_if([&](const waiting_turn& each) { return each.turn == turn; });
}

// Those that are due ask again; a turn for which memory is exhausted stays.
void lookups::resume_turns(time_point now, bool request_ended) noexcept
{
    std::list<waiting_turn> due;
    {
        const std::lock_guard lock(mutex_);
        for (auto each = turns_.begin(); each != turns_.end();) {
            const auto current = each++;
            if (closed_ || current->until <= now || (request_ended && !current->for_limit))
                due.splice(due.end(), turns_, current);
        }
    }
    while (!due.empty() && fire_if_possible(*due.front().turn))
        due.pop_front();
    if (due.empty())
        return;
    const std::lock_guard lock(mutex_);
    turns_.splice(turns_.end(), due);
}

template <class Change>
void lookups::end_call(Change change) noexcept
{
    try {
        const std::lock_guard lock(mutex_);
        change();
    } catch (...) {
        out_of_memory();
    }
    resume_turns(now(), true);
    schedule_run();
}

void lookups::call_responded(const other_call& call, const rate_limits& limits) noexcept
{
    end_call([&] {
        const auto wall = std::chrono::floor<std::chrono::seconds>(setup_->options.clock->now());
        batcher_.call_responded(call, limits, wall, now());
    });
}

void lookups::call_failed(const other_call& call, const error& why) noexcept
{
    end_call([&] { batcher_.call_failed(call, why, now()); });
}

void lookups::call_dropped(const other_call& call) noexcept
{
    end_call([&] { batcher_.call_dropped(call); });
}

} // namespace coauth::sessions
