// A user's clock that can't stop what depends on it.
#pragma once

#include <coauth/coro/clock.hpp>

#include <memory>

namespace coauth {

/// The same clock; where it throws, the machine's clock continues from the last time that it returned, and sleeps
/// instead. Null stays null.
std::shared_ptr<clock> checked_clock(std::shared_ptr<clock> user);

} // namespace coauth
