// Whether a refused request is sent once more. No I/O: time and chance are arguments.
#pragma once

#include "twitter/refusal_meaning.hpp"

#include <coauth/error.hpp>

#include <chrono>
#include <optional>

namespace coauth::twitter {

/// A call so far.
struct attempts {
    attempts() = default;

    step at = step::call;
    bool repeatable = false;              ///< A GET; nothing else is ever repeated for the provider's sake.
    int sent = 1;                         ///< How often it was sent.
    std::chrono::milliseconds spent{0};   ///< Since it was first sent.
    std::chrono::seconds signed_ahead{0}; ///< By how much its timestamp was ahead of this machine's clock.
    bool mended = false;                  ///< It was sent again with the provider's time.
};

struct next_step {
    enum class kind {
        fail,           ///< The refusal is the result.
        fail_for_clock, ///< The same, but the reason is this machine's clock.
        mend,           ///< Sign with a timestamp that is `ahead` of this machine's clock and send once more.
        wait,           ///< Wait, sign anew and send once more.
    };

    next_step() = default;
    explicit next_step(kind what) : what(what) {}

    kind what = kind::fail;
    std::chrono::seconds ahead{0};
    std::chrono::milliseconds wait{0};
};

/// The widest difference of clocks that is mended.
inline constexpr std::chrono::seconds widest_skew = std::chrono::hours(1);

/// `difference`: how far the provider's clock was ahead of this machine's, from a `Date` that came
/// over TLS or from loopback. `chance`: from 0 up to 1, drawn anew each time.
///
/// A request refused for its timestamp was not carried out, so it is sent once more whatever it is. A
/// refusal of the signature counts as one of the timestamp if the clocks differ by more than a minute:
/// X says 32 for both, and API 2 says no more than "Unauthorized". A GET that met a provider in trouble is repeated with full jitter (a random wait
/// up to a bound that doubles) until `budget` is spent. Nothing else is repeated, a spent rate limit
/// least of all: the session waits for that.
next_step decide(const attempts& so_far, const error& refused, std::optional<std::chrono::seconds> difference,
    std::chrono::milliseconds budget, double chance);

} // namespace coauth::twitter
