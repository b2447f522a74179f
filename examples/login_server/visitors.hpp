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
/// Thread safety: safe; short mutex sections.
class visitors {
public:
    using time_point = std::chrono::steady_clock::time_point;

    static constexpr std::chrono::hours stay{12};
    /// A person's further browser signs the one out that has been there longest.
    static constexpr std::size_t most_per_person = 16;

    /// Lets somebody in, under a new id; an id from before a login is never used after it. Returns the
    /// cookie's value: 43 characters, 256 random bits.
    std::string enter(coauth::signed_in_user who, time_point now);

    std::optional<coauth::signed_in_user> find(std::string_view id, time_point now) const;

    /// Forgets an id. Returns whose it was, if that person holds no other one now.
    std::optional<coauth::signed_in_user> leave(std::string_view id);

    /// Forgets all of a person's.
    void leave_everywhere(const std::string& user_id);

    /// Forgets those whose time is over, and returns whoever of them holds no other id.
    std::vector<coauth::signed_in_user> expire(time_point now);

    std::size_t count() const;

private:
    using key = std::array<std::uint8_t, 32>;
    struct visit {
        visit(coauth::signed_in_user who, time_point until) : who(std::move(who)), until(until) {}

        coauth::signed_in_user who;
        time_point until;
    };

    bool forget(const key& which);

    mutable std::mutex mutex_;
    std::map<key, visit> visits_;
    std::map<std::string, std::deque<key>> of_person_; // oldest first
    std::deque<std::pair<time_point, key>> in_order_;  // oldest first; may name visits that have ended
};

} // namespace login_server
