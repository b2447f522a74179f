// Where logins wait for their callback.
#pragma once

#include <coauth/error.hpp>
#include <coauth/export.hpp>
#include <coauth/identity/login_outcome.hpp>
#include <coauth/store/pending_login.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

namespace coauth::store {

/// How many logins a store holds, and for how long.
struct login_limits {
    login_limits() = default;

    /// Beyond this many living logins a new one is refused. A living one never makes room. Default 100 000, at least 1.
    std::size_t max_pending = 100'000;

    /// The same for one browser. Default 8, at least 1.
    std::size_t max_per_browser = 8;

    /// How long a person may take. For as long again a login that has ended is remembered, so that a replayed or
    /// late callback is told from one that never was. Default 10 min, from 1 s to 24 h.
    std::chrono::milliseconds time_to_live{600'000};
};

/// Throws `errc::invalid_argument` for limits out of range.
COAUTH_DECL void check(const login_limits& limits);

/// The two caps of `login_limits`.
enum class login_cap { of_all, of_browser };

/// What `login_store::add` fails with at a cap: says which, and what to do.
COAUTH_DECL error too_many_logins(const login_limits& limits, login_cap reached);

/// What a callback found.
struct taken_login {
    enum class status {
        taken,         ///< It is the caller's now, and nobody else will get it.
        unknown,       ///< Never seen here, or long ago.
        expired,       ///< Its time was over.
        replayed,      ///< Taken before.
        wrong_browser, ///< It lives, but another browser began it. It stays.
    };

    taken_login() = default;
    explicit taken_login(status new_what) : what(new_what) {}

    status what = status::unknown;
    std::optional<pending_login> login; ///< Set exactly if taken.
};

/// How a login ended, for those who await it: an outcome, or the error of the exchange.
struct ended_login {
    explicit ended_login(login_outcome new_outcome) : outcome(std::move(new_outcome)) {}
    explicit ended_login(errc code) : failed(code) {}

    std::optional<login_outcome> outcome; ///< Set unless it failed.
    std::optional<errc> failed;
};

class immediate_logins;

/// Pending logins, in memory or in a database that several servers share.
///
/// A store keeps time itself and holds to `limits()`. Operations throw `errc::store_unavailable` when
/// the store can't be reached, and honour cancellation.
///
/// Thread safety: safe. Lifetime: what an operation returned needs the store until it has ended.
class COAUTH_DECL login_store {
public:
    virtual ~login_store();

    virtual login_limits limits() const = 0;

    /// Keeps a login that begins now. Fails with `errc::too_many_logins` at a cap, and with
    /// `errc::provider_error` for a login that the store knows already, be it one that has ended: no
    /// provider gives a key twice, and a callback could mean either.
    virtual boost::asio::awaitable<void> add(pending_login login) = 0;

    struct counts {
        counts() = default;

        std::size_t living = 0;
        std::size_t of_browser = 0; ///< Of these, begun by the browser asked about.
    };

    /// How many logins live now.
    virtual boost::asio::awaitable<counts> count(browser_digest browser) = 0;

    /// Takes a login out, if this browser began it: one atomic step, so that of any number of equal
    /// callbacks one gets it.
    virtual boost::asio::awaitable<taken_login> take(login_id id, browser_digest browser) = 0;

    /// Reports how a login that was taken has ended, once its exchange has: whoever awaits it elsewhere learns it.
    virtual boost::asio::awaitable<void> end(login_id id, ended_login reached) = 0;

    using watcher = std::function<void(const login_id&, const ended_login&)>;

    /// Calls `notified` for each login that ends, wherever it does, as long as the returned object lives: at least once
    /// where the store can, on any thread. It must not block or throw.
    virtual std::shared_ptr<void> watch(watcher notified) = 0;

    struct expiry {
        expiry() = default;

        std::size_t expired = 0;                       ///< Logins whose time ended since `expire` was called last.
        std::optional<std::chrono::milliseconds> next; ///< Until the next one is due; empty if none lives.
    };

    /// Drops the logins whose time is over. Frees memory and counts; what is over is over without it.
    virtual boost::asio::awaitable<expiry> expire() = 0;

    /// Of a store in memory: itself, to be used without waiting. Default null, for all that wait.
    virtual immediate_logins* immediate() noexcept;
};

/// The operations of a `login_store` in memory as plain functions, which a session prefers: a coroutine for each costs more
/// than what it does. They do, throw and promise what those of `login_store` do, and must not block.
///
/// Thread safety: safe. Lifetime: as the store that gives it (`login_store::immediate`).
class COAUTH_DECL immediate_logins {
public:
    virtual void add_now(pending_login login) = 0;
    virtual login_store::counts count_now(const browser_digest& browser) = 0;
    virtual taken_login take_now(const login_id& id, const browser_digest& browser) = 0;
    virtual void end_now(const login_id& id, const ended_login& reached) = 0;

protected:
    virtual ~immediate_logins();
};

} // namespace coauth::store
