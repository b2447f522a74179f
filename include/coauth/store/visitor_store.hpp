// Who is signed in at a site.
#pragma once

#include <coauth/error.hpp>
#include <coauth/export.hpp>
#include <coauth/identity/user.hpp>
#include <coauth/store/pending_login.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <vector>

namespace coauth::store {

/// How long a browser stays signed in, and how many of a user do.
struct visitor_limits {
    visitor_limits() = default;

    /// From sign-in on, however often the browser comes back. Default 12 h, from 1 s to 400 days.
    std::chrono::seconds time_to_live{std::chrono::hours(12)};

    /// A user's further browser signs out the one that signed in first. Default 16, at least 1.
    std::size_t max_per_user = 16;
};

/// Throws `errc::invalid_argument` for limits out of range.
COAUTH_DECL void check(const visitor_limits& limits);

/// The browsers that are signed in at a site, in memory or in a database that several servers share. A row is the digest
/// of the browser's cookie (who reads the store can sign in nowhere), the user, and the time of sign-in.
///
/// Every call is one atomic step, so that of any number of them exactly one ends a user's last row. A store
/// keeps time itself and holds to `limits()`. Operations throw `errc::store_unavailable` when the store can't be
/// reached, and honour cancellation.
///
/// Thread safety: safe. Lifetime: what an operation returned needs the store until it has ended.
class COAUTH_DECL visitor_store {
public:
    using time_point = std::chrono::system_clock::time_point;

    virtual ~visitor_store();

    virtual visitor_limits limits() const = 0;

    /// Keeps a browser that signs in now, and removes `previous`, the digest that the same browser had until now (or one
    /// that matches no row). Beyond `max_per_user` the user's earliest row is removed, too. Returns the user who has no
    /// row left by this, if any; it is never the user who signs in.
    virtual boost::asio::awaitable<std::optional<user_key>> add(
        browser_digest browser, signed_in_user user, browser_digest previous) = 0;

    /// Empty if no row matches, and when its time is over.
    virtual boost::asio::awaitable<std::optional<signed_in_user>> find(browser_digest browser) = 0;

    /// Removes a row. Returns its user, if the user has no other.
    virtual boost::asio::awaitable<std::optional<user_key>> remove(browser_digest browser) = 0;

    /// Removes the user's rows of sign-ins up to `latest`, included. Returns true if there were any, and there are no others.
    virtual boost::asio::awaitable<bool> remove_all(user_key user, time_point latest) = 0;

    /// True if the user has a row; one whose time is over counts until `expire` has removed it.
    virtual boost::asio::awaitable<bool> has(user_key user) = 0;

    /// Removes rows whose time is over, the earliest first. Returns the users that have no other, at most `limit` (at
    /// least 1): stops there, and continues with the next call.
    virtual boost::asio::awaitable<std::vector<user_key>> expire(std::size_t limit) = 0;

    /// How many rows there are.
    virtual boost::asio::awaitable<std::size_t> count() = 0;
};

} // namespace coauth::store
