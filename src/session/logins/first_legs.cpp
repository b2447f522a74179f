#include "session/logins/first_legs.hpp"

#include <algorithm>
#include <utility>

namespace coauth::sessions {

namespace asio = boost::asio;

namespace {

// A browser that begins again is a matter of a second; what is kept for it is not to grow with the logins of that second.
constexpr std::size_t most_ended = 512;

} // namespace

first_legs::~first_legs()
{
    ended_.clear();
    legs_.clear_and_dispose([](leg* removed) { intrusive_ptr_release(removed); });
}

bool first_legs::is_shared(const leg& started, const login_request& request, time_point now) const
{
    if (now - started.started_ > share_for_ || !(started.request == request))
        return false;
    const auto& reached = started.end_.reached;
    return !reached || (reached->has_value() && is_pending_(reached->value()));
}

first_legs::leg* first_legs::find_shared(
    const store::browser_digest& browser, const login_request& request, time_point now)
{
    const auto [first, last] = legs_.equal_range(browser.octets);
    const auto found = std::find_if(first, last, [&](const leg& each) { return is_shared(each, request, now); });
    return found == last ? nullptr : &*found;
}

void first_legs::remove(leg& removed) noexcept
{
    legs_.erase(legs_.iterator_to(removed));
    intrusive_ptr_release(&removed);
}

void first_legs::remove_old(time_point now) noexcept
{
    while (!ended_.empty() && (ended_.size() > most_ended || now - ended_.front().started_ > share_for_)) {
        leg& oldest = ended_.front();
        ended_.pop_front();
        remove(oldest);
    }
}

first_legs::leg_ptr first_legs::join(leg_ptr own, const store::browser_digest& browser, time_point now)
{
    const std::lock_guard lock(mutex_);
    if (share_for_.count() > 0) {
        remove_old(now);
        if (leg* const shared = find_shared(browser, own->request, now))
            return shared;
    }
    own->browser_ = browser;
    own->started_ = now;
    intrusive_ptr_add_ref(own.get());
    legs_.insert(*own);
    return own;
}

waiters first_legs::complete(leg& ended, const ending<first_leg_result>& end) noexcept
{
    waiters due;
    const std::lock_guard lock(mutex_);
    ended.end_.end(end, due);
    if (std::exchange(ended.holds_place_, false)) {
        --places_;
        ++given_back_;
    }
    if (end->has_value() && share_for_.count() > 0)
        ended_.push_back(ended);
    else
        remove(ended);
    return due;
}

ending<first_leg_result> first_legs::end_of(const leg& joined) const
{
    const std::lock_guard lock(mutex_);
    return joined.end_.reached;
}

asio::awaitable<ending<first_leg_result>> first_legs::wait(leg& joined)
{
    return wait_for_end(mutex_, joined.end_);
}

first_legs::place first_legs::hold_place(leg& beginning, const store::login_store::counts& pending,
    const store::login_limits& limits, std::optional<std::uint64_t> as_of)
{
    const std::lock_guard lock(mutex_);
    if (as_of && *as_of != given_back_)
        return place::count_again;
    if (pending.living + places_ >= limits.max_pending)
        return place::none_at_all;
    const auto [first, last] = legs_.equal_range(beginning.browser_.octets);
    const auto of_browser = std::count_if(first, last, [](const leg& each) { return each.holds_place_; });
    if (pending.of_browser + static_cast<std::size_t>(of_browser) >= limits.max_per_browser)
        return place::none_for_browser;
    beginning.holds_place_ = true;
    ++places_;
    return place::held;
}

} // namespace coauth::sessions
