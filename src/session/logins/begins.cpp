#include "session/logins/begins.hpp"

#include <algorithm>
#include <utility>

namespace coauth::sessions {

namespace asio = boost::asio;

begins::entrance begins::enter(
    const store::browser_digest& browser, std::string return_to, time_point now, std::chrono::milliseconds share_for)
{
    const std::lock_guard lock(mutex_);
    if (share_for.count() > 0) {
        const auto [first, last] = flights_.equal_range(browser.octets);
        const auto found = std::find_if(first, last, [&](const auto& entry) {
            return now - entry.second->started <= share_for && entry.second->return_to == return_to;
        });
        if (found != last)
            return entrance(found->second, false);
    }
    auto made = std::make_shared<flight>(browser, std::move(return_to), now);
    flights_.emplace(browser.octets, made);
    return entrance(std::move(made), true);
}

waiters begins::land(const flight_ptr& which, const ending<begun>& how) noexcept
{
    waiters woken;
    const std::lock_guard lock(mutex_);
    const auto [first, last] = flights_.equal_range(which->browser.octets);
    const auto found = std::find_if(first, last, [&](const auto& entry) { return entry.second == which; });
    if (found != last)
        flights_.erase(found);
    which->end_.end(how, woken);
    return woken;
}

asio::awaitable<ending<begun>> begins::wait(const flight_ptr& which)
{
    return wait_for_end(mutex_, which->end_);
}

std::uint64_t begins::given_back() const
{
    const std::lock_guard lock(mutex_);
    return given_back_;
}

begins::place begins::hold_place(const flight_ptr& which, const store::login_store::counts& living,
    const store::login_limits& limits, std::optional<std::uint64_t> as_of)
{
    const std::lock_guard lock(mutex_);
    if (as_of && *as_of != given_back_)
        return place::count_again;
    if (living.living + places_ >= limits.max_pending)
        return place::none_at_all;
    const auto [first, last] = flights_.equal_range(which->browser.octets);
    const auto of_browser = std::count_if(first, last, [](const auto& entry) { return entry.second->holds_place_; });
    if (living.of_browser + static_cast<std::size_t>(of_browser) >= limits.max_per_browser)
        return place::none_for_browser;
    which->holds_place_ = true;
    ++places_;
    return place::held;
}

void begins::give_back(const flight_ptr& which)
{
    const std::lock_guard lock(mutex_);
    if (!std::exchange(which->holds_place_, false))
        return;
    --places_;
    ++given_back_;
}

} // namespace coauth::sessions
