// Visits of a site: a browser that is signed in as a user, by its cookie.
#pragma once

#include "site/departures.hpp"

#include <coauth/coro/clock.hpp>
#include <coauth/identity/user.hpp>
#include <coauth/store/visitor_store.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace coauth::site {

/// Here alone it is decided when a user's token is of no more use: each function that ends visits returns the users that
/// have left by it, which have no visit and are not expected.
///
/// Thread safety: safe. Lifetime: what an operation returned needs the object until it has ended.
class visits {
public:
    template <class T>
    using awaitable = boost::asio::awaitable<T>;
    using time_point = store::visitor_store::time_point;

    visits(
        std::shared_ptr<store::visitor_store> visitors, std::shared_ptr<departures> later, std::shared_ptr<clock> time)
        : visitors_(std::move(visitors)), departures_(std::move(later)), clock_(std::move(time))
    {}

    struct begun_visit {
        begun_visit() = default;

        std::string cookie;           ///< Its value: 43 characters, 256 random bits.
        std::optional<user_key> left; ///< The user whose last visit ended by it.
    };

    /// How long a visit lasts.
    std::chrono::seconds lifetime() const { return visitors_->limits().time_to_live; }

    /// Begins a visit under a new cookie; one from before a login is never used after it. `previous`: the cookie that the
    /// browser had until now, this user's or another's, or empty; that visit ends.
    awaitable<begun_visit> begin(signed_in_user user, std::string previous);

    awaitable<std::optional<signed_in_user>> find(std::string cookie) const;

    /// True if the user has a visit or is expected.
    awaitable<bool> has(user_key user) const;

    awaitable<std::optional<user_key>> end(std::string cookie);

    /// Ends the user's visits that had begun at `latest`. Returns true if the user has left by it.
    awaitable<bool> end_all(user_key user, time_point latest);

    /// Ends visits whose time is over. Returns users who have left, by that or as `departures` says; at most `limit`, call
    /// it again for the others.
    awaitable<std::vector<user_key>> expire(std::size_t limit);

    awaitable<std::size_t> count() const { return visitors_->count(); }

private:
    const std::shared_ptr<store::visitor_store> visitors_;
    const std::shared_ptr<departures> departures_;
    const std::shared_ptr<clock> clock_;
};

} // namespace coauth::site
