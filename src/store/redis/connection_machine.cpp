#include "store/redis/connection_machine.hpp"

#include <algorithm>

namespace coauth::store::redis {

namespace {

constexpr std::chrono::milliseconds shortest_pause(20);
constexpr std::chrono::milliseconds longest_pause(1'000);

} // namespace

connection_machine::decision connection_machine::wanted(time_point now)
{
    if (state_ != state::idle)
        return {};
    if (now < not_before_) {
        state_ = state::pausing;
        return {action::pause, std::chrono::ceil<std::chrono::milliseconds>(not_before_ - now)};
    }
    state_ = state::connecting;
    return {action::connect, std::chrono::milliseconds(0)};
}

connection_machine::decision connection_machine::pause_over(bool wanted)
{
    if (state_ != state::pausing)
        return {};
    state_ = wanted ? state::connecting : state::idle;
    return {wanted ? action::connect : action::none, std::chrono::milliseconds(0)};
}

void connection_machine::connected()
{
    if (state_ == state::connecting)
        state_ = state::ready;
}

void connection_machine::replied()
{
    next_pause_ = shortest_pause;
}

connection_machine::decision connection_machine::lost(time_point now, double shortening, bool wanted_still)
{
    const auto shortened =
        next_pause_ - std::chrono::duration_cast<std::chrono::milliseconds>(next_pause_ * (shortening / 2));
    next_pause_ = std::min(2 * next_pause_, longest_pause);
    not_before_ = now + shortened;
    state_ = state::idle;
    return wanted_still ? wanted(now) : decision();
}

} // namespace coauth::store::redis
