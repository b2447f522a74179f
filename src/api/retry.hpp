// Whether a refused request is sent once more. No I/O: time and chance are arguments.
#pragma once

#include "api/refusal.hpp"

#include <coauth/error.hpp>

#include <chrono>
#include <optional>

namespace coauth::api {

/// True if a refusal that does not speak of the timestamp may still be one of it, as far as the protocol or the provider
/// has it. The clocks must then differ by more than a minute.
using clock_rule = bool (*)(const error& refused, step at);

/// A call so far.
struct attempts {
    attempts() = default;

    step at = step::call;
    clock_rule may_mean_clock = nullptr;  ///< Null: the protocol has no timestamps.
    bool repeatable = false;              ///< A GET; nothing else is ever repeated for the provider's sake.
    int sent = 1;                         ///< How often it was sent.
    std::chrono::milliseconds elapsed{0}; ///< Since it was first sent.
    std::chrono::seconds signed_ahead{0}; ///< By how much its timestamp was ahead of this machine's clock.
    bool corrected = false;               ///< It was sent again with the provider's time.
};

struct next_step {
    enum class kind {
        fail,           ///< The refusal is the result.
        fail_for_clock, ///< The same, but the reason is this machine's clock.
        correct_clock,  ///< Sign with a timestamp that is `ahead` of this machine's clock and send once more.
        wait,           ///< Wait, authorize anew and send once more.
    };

    next_step() = default;
    explicit next_step(kind new_action) : action(new_action) {}

    kind action = kind::fail;
    std::chrono::seconds ahead{0};
    std::chrono::milliseconds wait{0};
};

/// The widest difference of clocks that is corrected.
inline constexpr std::chrono::seconds widest_skew = std::chrono::hours(1);

/// `difference`: how far the provider's clock was ahead of this machine's, from a `Date` that came
/// over TLS or from loopback. `chance`: from 0 up to 1, drawn anew each time.
///
/// A request refused for its timestamp was not carried out, so it is sent once more, a POST too. A GET that met a
/// provider that is down is repeated with full jitter (a random wait up to a bound that doubles) until `budget` is
/// used up. Nothing else is repeated, a used-up rate limit least of all: the session waits for that.
next_step decide(const attempts& so_far, const error& refused, std::optional<std::chrono::seconds> difference,
    std::chrono::milliseconds budget, double chance);

} // namespace coauth::api
