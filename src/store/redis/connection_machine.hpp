// When to connect, and how long to wait before.
#pragma once

#include <chrono>

namespace coauth::store::redis {

/// Decides; no I/O and no clock. A loss is followed by a pause: 20 ms, doubled by each loss before which there was no
/// reply, up to 1 s, and shortened by up to a half so that many processes don't come at once.
class connection_machine {
public:
    using time_point = std::chrono::steady_clock::time_point;

    enum class action { none, connect, pause };

    struct decision {
        decision() = default;
        decision(action new_next, std::chrono::milliseconds new_pause) : next(new_next), pause(new_pause) {}

        action next = action::none;
        std::chrono::milliseconds pause{0}; ///< For `action::pause`; call `pause_over` after it.
    };

    enum class state { idle, pausing, connecting, ready };

    state current() const noexcept { return state_; }

    /// There is something to send.
    decision wanted(time_point now);

    /// `wanted`: there is still something to send.
    decision pause_over(bool wanted);

    /// Commands can be sent.
    void connected();

    /// A command had its reply: what is lost from here on was good.
    void replied();

    /// The connection, or the attempt at one. `shortening` is a random number from 0 to 1.
    decision lost(time_point now, double shortening, bool wanted);

private:
    state state_ = state::idle;
    std::chrono::milliseconds next_pause_{20};
    time_point not_before_{};
};

} // namespace coauth::store::redis
