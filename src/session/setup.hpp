// The executor, provider and options that the parts of a session share.
#pragma once

#include "session/background.hpp"
#include "session/lookups/cache_lock.hpp"

#include <coauth/session/session.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <memory>
#include <utility>

namespace coauth::sessions {

/// Thread safety: a shared object is safe through its const members.
struct session_setup {
    /// Checks the options (throws `errc::invalid_argument`), fills in defaults, and wraps the classes and
    /// functions of the session's user so that their exceptions have a type.
    session_setup(
        boost::asio::any_io_executor executor, std::shared_ptr<login_provider> provider, session_options options);

    /// Calls `on_event`. Never called with a lock held.
    void report(const session_event& event) const noexcept;

    /// Not before the present time of the clock, and up to a second after it; without what the exact time costs.
    std::chrono::steady_clock::time_point soon() const;

    boost::asio::any_io_executor executor;
    std::shared_ptr<login_provider> provider;
    session_options options; ///< Stores, clock and chance are set.
    std::shared_ptr<background> work;
    bool on_system_clock = false;
    bool shares_logins = false; ///< Others may use the store of logins, and await logins in it.

    /// For the credentials in memory and the cache of lookups. To read either, lock this or the mutex of its owner; to
    /// change it, both, this one last.
    mutable cache_lock cached;
};

} // namespace coauth::sessions
