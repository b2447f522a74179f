// The logins of a session.
#pragma once

#include "session/setup.hpp"

#include <coauth/identity/credential.hpp>
#include <coauth/session/login.hpp>
#include <coauth/session/session_event.hpp>

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <memory>
#include <string>

namespace coauth::sessions {

/// Begins, awaits and completes logins, as `session` promises. Legs and sweeps, which no caller owns,
/// run in the background of the setup.
///
/// Thread safety: safe. Lifetime: operations continue without it; its destructor closes it.
class logins {
public:
    /// Stores what a user granted, before the login ends for its waiters. May throw.
    using keep_credential = std::function<boost::asio::awaitable<void>(std::string user_id, credential held)>;

    logins(std::shared_ptr<const session_setup> setup, keep_credential keep);
    ~logins();

    logins(const logins&) = delete;
    logins& operator=(const logins&) = delete;

    boost::asio::awaitable<login> begin(browser_binding present, login_request request);
    boost::asio::awaitable<login_outcome> wait(std::shared_ptr<login::ticket> awaited);
    boost::asio::awaitable<login_outcome> wait(const login& begun) { return wait(begun.awaited()); }
    boost::asio::awaitable<login_outcome> complete(std::string query, browser_binding present);

    session_stats::login_counts counts() const;

    /// Refuses new work with `errc::cancelled` and resumes all coroutines that wait for a login with it. Legs in
    /// flight continue, and their callers receive the result.
    void close() noexcept;

    class state;

private:
    const std::shared_ptr<state> state_;
};

} // namespace coauth::sessions
