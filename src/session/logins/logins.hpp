// The logins of a session.
#pragma once

#include "session/setup.hpp"

#include <coauth/session/login.hpp>
#include <coauth/session/login_provider.hpp>
#include <coauth/session/session_event.hpp>

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <memory>
#include <string>

namespace coauth::sessions {

/// Begins, awaits and completes logins, as `session` promises. What it does for nobody in particular,
/// legs and sweeps, runs in the background of the setup.
///
/// Thread safety: safe. Lifetime: operations go on without it; once it is destroyed it is closed.
class logins {
public:
    /// Keeps what a person granted, before anybody hears of it. May throw.
    using keep_grant = std::function<boost::asio::awaitable<void>(grant)>;

    logins(std::shared_ptr<const setup> with, keep_grant keep);
    ~logins();

    logins(const logins&) = delete;
    logins& operator=(const logins&) = delete;

    boost::asio::awaitable<login> begin(browser_binding present, login_request how);
    boost::asio::awaitable<login_outcome> wait(const login& begun);
    boost::asio::awaitable<login_outcome> complete(std::string query, browser_binding present);

    session_stats::login_counts counts() const;

    /// Refuses new work with `errc::cancelled` and resumes everyone who waits for a login with it. Legs
    /// under way go on, and those who called for them hear of it.
    void close() noexcept;

    class state;

private:
    const std::shared_ptr<state> state_;
};

} // namespace coauth::sessions
