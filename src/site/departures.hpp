// Users whose tokens may have to be dropped later.
#pragma once

#include <coauth/identity/user.hpp>

#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

namespace coauth::site {

/// Two kinds: users whose login was granted and whose visit is about to begin (they have not left, even if all of their
/// visits end meanwhile), and users who have left and whose token is not dropped yet.
///
/// Thread safety: safe; short mutex sections.
class departures {
public:
    using time_point = std::chrono::steady_clock::time_point;

    /// How long after the token of a login its visit may begin.
    static constexpr std::chrono::seconds longest_arrival{60};
    /// When a token that was not dropped is tried again.
    static constexpr std::chrono::seconds retry_after{60};

    /// A login of this user was granted: a visit begins within `longest_arrival`, or the user has left.
    void expect(const user_key& user, time_point now);

    /// One of the visits that were expected has begun.
    void arrived(const user_key& user);

    bool expects(const user_key& user) const;

    /// The user has left: `take_due` returns the user after `retry_after`, unless the token was dropped by then. Call it
    /// before anything is awaited that may fail or be cancelled.
    void retry(user_key user, time_point now);

    /// The token of a user who had left was dropped, or is to be kept.
    void dropped(const user_key& user);

    /// Users who were expected in vain, and who are to be tried again; at most `limit`. The token of one who has a visit
    /// is to be kept.
    std::vector<user_key> take_due(time_point now, std::size_t limit);

private:
    using entry = std::pair<time_point, user_key>;

    mutable std::mutex mutex_;
    std::multimap<user_key, time_point> expected_; // until when; one for each login
    std::deque<entry> expected_in_order_;          // the same; may name users who have come
    std::deque<entry> retried_;                    // by the time of the next try
};

} // namespace coauth::site
