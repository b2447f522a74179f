#include "session/logins/first_legs.hpp"

#include <algorithm>
#include <utility>

namespace coauth::sessions {

namespace asio = boost::asio;

first_legs::membership first_legs::join(
    const store::browser_digest& browser, std::string return_to, time_point now, std::chrono::milliseconds share_for)
{
    const std::lock_guard lock(mutex_);
    if (share_for.count() > 0) {
        const auto [first, last] = legs_.equal_range(browser.octets);
        const auto found = std::find_if(first, last, [&](const auto& entry) {
            return now - entry.second->started <= share_for && entry.second->return_to == return_to;
        });
        if (found != last)
            return membership(found->second, false);
    }
    auto made = std::make_shared<leg>(browser, std::move(return_to), now);
    legs_.emplace(browser.octets, made);
    return membership(std::move(made), true);
}

waiters first_legs::complete(const leg_ptr& leg, const ending<first_leg_result>& end) noexcept
{
    waiters due;
    const std::lock_guard lock(mutex_);
    const auto [first, last] = legs_.equal_range(leg->browser.octets);
    const auto found = std::find_if(first, last, [&](const auto& entry) { return entry.second == leg; });
    if (found != last)
        legs_.erase(found);
    leg->end_.end(end, due);
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
