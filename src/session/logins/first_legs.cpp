#include "session/logins/first_legs.hpp"

#include <algorithm>
#include <new>
#include <utility>

namespace coauth::sessions {

namespace asio = boost::asio;

namespace {

// A browser that begins again is a matter of a second; what is kept for it is not to grow with the logins of that second.
constexpr std::size_t most_ended = 512;

} // namespace

// With the lock held.
bool first_legs::is_shared(const leg& started, const login_request& request, time_point now) const
{
    if (now - started.started > share_for_ || !(started.request == request))
        return false;
    const auto& reached = started.end_.reached;
    return !reached || (reached->has_value() && is_pending_(reached->value()));
}

// With the lock held.
void first_legs::remove_old(time_point now)
{
    while (!ended_.empty() && (ended_count_ > most_ended || now - ended_.front()->second->started > share_for_)) {
        legs_.erase(ended_.front());
        ended_.pop_front();
        --ended_count_;
    }
}

// With the lock held. False if memory is exhausted: then it is not shared any longer.
bool first_legs::keep(legs_by_browser::iterator ended) noexcept
{
    try {
        ended_.push_back(ended);
        ++ended_count_;
        return true;
    } catch (const std::bad_alloc&) {
        return false;
    }
}

first_legs::membership first_legs::join(const store::browser_digest& browser, login_request request, time_point now)
{
    const std::lock_guard lock(mutex_);
    if (share_for_.count() > 0) {
        remove_old(now);
        const auto [first, last] = legs_.equal_range(browser.octets);
        const auto found =
            std::find_if(first, last, [&](const auto& entry) { return is_shared(*entry.second, request, now); });
        if (found != last)
            return membership(found->second, false);
    }
    auto made = std::make_shared<leg>(browser, std::move(request), now);
    legs_.emplace(browser.octets, made);
    return membership(std::move(made), true);
}

waiters first_legs::complete(const leg_ptr& leg, const ending<first_leg_result>& end) noexcept
{
    waiters due;
    const std::lock_guard lock(mutex_);
    const auto [first, last] = legs_.equal_range(leg->browser.octets);
    const auto found = std::find_if(first, last, [&](const auto& entry) { return entry.second == leg; });
    leg->end_.end(end, due);
    if (found == last)
        return due;
    if (end->has_value() && share_for_.count() > 0 && keep(found))
        return due;
    legs_.erase(found);
    return due;
}

asio::awaitable<ending<first_leg_result>> first_legs::wait(const leg_ptr& leg)
{
    return wait_for_end(mutex_, leg->end_);
}

std::uint64_t first_legs::given_back() const
{
    const std::lock_guard lock(mutex_);
    return given_back_;
}

first_legs::place first_legs::hold_place(const leg_ptr& leg, const store::login_store::counts& pending,
    const store::login_limits& limits, std::optional<std::uint64_t> as_of)
{
    const std::lock_guard lock(mutex_);
    if (as_of && *as_of != given_back_)
        return place::count_again;
    if (pending.living + places_ >= limits.max_pending)
        return place::none_at_all;
    const auto [first, last] = legs_.equal_range(leg->browser.octets);
    const auto of_browser = std::count_if(first, last, [](const auto& entry) { return entry.second->holds_place_; });
    if (pending.of_browser + static_cast<std::size_t>(of_browser) >= limits.max_per_browser)
        return place::none_for_browser;
    leg->holds_place_ = true;
    ++places_;
    return place::held;
}

void first_legs::give_back(const leg_ptr& leg)
{
    const std::lock_guard lock(mutex_);
    if (!std::exchange(leg->holds_place_, false))
        return;
    --places_;
    ++given_back_;
}

} // namespace coauth::sessions
