// Who is signed in on this site.
#pragma once

#include <coauth/session/login.hpp>
#include <coauth/store/pending_login.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace login_server {

/// People by the cookie they hold. The table keeps digests only: who reads it opens nobody's session.
/// A real site has its database here.
///
/// Here alone it is decided when a user's access token is of no more use: each function that ends a
/// visit returns whether it was the user's last.
///
/// Thread safety: safe; short mutex sections.
class visitors {
public:
    using time_point = std::chrono::steady_clock::time_point;

    static constexpr std::chrono::hours stay{12};
    /// A person's further browser signs the one out that has been there longest.
    static constexpr std::size_t most_per_person = 16;
    /// When a token that could not be forgotten is tried again.
    static constexpr std::chrono::seconds retry_after{60};
    /// How long after the token of a login a visit may begin.
    static constexpr std::chrono::seconds longest_arrival{60};

    /// A visit that began.
    struct entrance {
        entrance() = default;

        std::string id;                       ///< The cookie's value: 43 characters, 256 random bits.
        std::optional<std::string> user_left; ///< The id of the user whose last visit ended by it.
    };

    /// A login of this user was granted: the token is kept from now on, and a visit is about to begin.
    /// Until then the user has not left; if none begins within `longest_arrival`, the user has.
    void expect(const std::string& user_id, time_point now);

    /// Begins a visit under a new id; an id from before a login is never used after it. `previous`: the
    /// id that the browser held until now, this user's or another's; that visit ends.
    entrance enter(coauth::signed_in_user user, time_point now, std::string_view previous = {});

    std::optional<coauth::signed_in_user> find(std::string_view id, time_point now) const;

    /// True if the user has a visit or is expected.
    bool has(const std::string& user_id) const;

    /// Ends a visit. Returns the user's id, if it was the user's last.
    std::optional<std::string> leave(std::string_view id);

    /// Ends the user's visits that had begun at `latest`. Returns the user's id, if there were any and
    /// there are no others.
    std::optional<std::string> leave_everywhere(const std::string& user_id, time_point latest);

    /// Ends visits whose time is over. Returns the ids of users whose last one that was, who were expected
    /// in vain, or whom `forget_later` named and who have not come back. At most `most`; ask again for
    /// the others.
    std::vector<std::string> expire(time_point now, std::size_t most);

    /// The user's token could not be forgotten: `expire` returns the user once more, after `retry_after`.
    void forget_later(std::string user_id, time_point now);

    std::size_t count() const;

private:
    using key = std::array<std::uint8_t, 32>;
    struct visit {
        visit(coauth::signed_in_user user, time_point begun) : user(std::move(user)), begun(begun) {}

        coauth::signed_in_user user;
        time_point begun;
    };

    std::optional<std::string> end(const key& visit_key);
    bool is_here(const std::string& user_id) const;

    mutable std::mutex mutex_;
    std::map<key, visit> visits_;
    std::map<std::string, std::deque<key>> of_person_;                 // oldest first
    std::deque<std::pair<time_point, key>> in_order_;                  // by begin; may name visits that have ended
    std::multimap<std::string, time_point> expected_;                  // until when; one for each login
    std::deque<std::pair<time_point, std::string>> expected_in_order_; // the same; may name who has come
    std::deque<std::pair<time_point, std::string>> unforgotten_;       // by the time of the next try
};

} // namespace login_server
