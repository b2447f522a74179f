// Logins awaited and profiles looked up, by the thousand.
#pragma once

#include <coauth/coro/clock.hpp>
#include <coauth/export.hpp>
#include <coauth/http/request.hpp>
#include <coauth/http/response.hpp>
#include <coauth/identity/account.hpp>
#include <coauth/identity/credential.hpp>
#include <coauth/identity/login_provider.hpp>
#include <coauth/identity/lookup.hpp>
#include <coauth/identity/reply.hpp>
#include <coauth/session/login.hpp>
#include <coauth/session/session_event.hpp>
#include <coauth/store/login_store.hpp>
#include <coauth/store/token_store.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace coauth {

/// Options of `session`. Every duration is at most 30 days.
struct session_options {
    session_options() = default;

    /// Where the provider sends the user back to: an absolute URL, registered with the provider.
    /// Needed for `begin_login`.
    std::string callback;

    /// Caps and time of pending logins, if `logins` is empty.
    store::login_limits login_limits;

    /// The same browser that begins again within this time, with an equal `login_request`, gets the login it has, if that
    /// is one of the latest 512 of this process: a doubled click costs one request. A longer time would give one login to
    /// two tabs, of which the second then fails. Default 1 s. 0: never.
    std::chrono::milliseconds share_login_for{1'000};

    /// The stores; empty: memory.
    std::shared_ptr<store::login_store> logins;
    std::shared_ptr<store::token_store> tokens;

    /// The most tokens held in memory. Default 100 000, at least 1.
    std::size_t max_cached_tokens = 100'000;

    /// How long a profile may be answered from the cache. Default 5 min. 0: not at all.
    std::chrono::milliseconds cache_for{300'000};
    /// The same for "not found" and "suspended". Default 1 min. 0: not at all.
    std::chrono::milliseconds cache_missing_for{60'000};
    /// The most results in the cache, which evicts the oldest that was not used lately. Default 10 000, about
    /// 1 KiB each. 0: no cache.
    std::size_t max_cached_lookups = 10'000;

    /// How long a question may wait for others to share its request. Default 0: for those of the
    /// current turn of the loop.
    std::chrono::milliseconds gather_for{0};

    /// The most lookups in flight, of all users together; the users are served in turn. Default 8, at least 1.
    std::size_t max_requests = 8;

    /// A window that is used up is tried again at its reset and up to this much later, at random. Default 3 s.
    std::chrono::milliseconds reset_jitter{3'000};

    /// The longest a question waits for a reset that is known; what would have to wait longer fails at
    /// once with `rate_limited` and the time in `retry_after`. Default 16 min. 0: never waits. A call
    /// may have its own limit (`lookup_options`).
    std::chrono::milliseconds max_wait{960'000};

    /// How long a call waits in an outage: while no request succeeds, because the provider is down (5xx),
    /// can't be reached, drops connections or does not respond in time. Then the whole call throws the latest
    /// of these errors, which `is_transient`; no name is reported as failed. It is counted from the outage's first
    /// failure, or from the call if that came later, and does not count what the call waited for a rate
    /// limit. No more than 10 requests, and 2 a second, are sent in an outage (or `max_requests` that were in
    /// flight when it began). Results that the call had before stay in the cache. Default 5 s, for a page that
    /// a user waits for; a job has more time. 0: no request is retried, and its names fail one by one.
    ///
    /// The same applies to the requests of one user that all fail while others' succeed: that user's calls end after
    /// `retry_for`, or twice that if only one of their requests has failed until then.
    ///
    /// While other requests of the user succeed, those that fail are sent again at the same pace, in smaller
    /// parts each time, and never before a request that has not failed. A name on whose own requests the provider
    /// goes on to fail, for 5 s or for `retry_for` if that is less, is `failed` by itself.
    std::chrono::milliseconds retry_for{5'000};

    /// Receives the events, on the thread where they happen and outside of every lock. Must not block
    /// or throw: its exceptions are dropped.
    std::function<void(const session_event&)> on_event;

    /// Inputs for tests; leave them unset in production.
    std::shared_ptr<coauth::clock> clock;
    std::function<double()> chance; ///< From 0 up to 1.
};

/// Options of one call that looks users up.
struct lookup_options {
    lookup_options() = default;

    /// Instead of `session_options::max_wait`: a page may prefer an error to a wait.
    std::optional<std::chrono::milliseconds> max_wait;
};

/// Options of one call that is not a lookup.
struct call_options {
    call_options() = default;

    /// Instead of `session_options::max_wait`.
    std::optional<std::chrono::milliseconds> max_wait;

    /// Keeps a credential that the provider refuses (`token_revoked`), for an endpoint that the provider may refuse alone.
    /// Default false: it is forgotten.
    bool keep_refused = false;
};

/// The users of one app at one provider: signs them in, keeps their credentials, looks profiles up with these.
///
/// **Logins.** `begin_login`, a redirect, `complete_login` when the browser comes
/// back. Any number of coroutines may `wait` for the outcome. How a login ends is a value; errors of
/// the provider, the network and the stores are thrown.
///
/// **Lookups.** Results come from a cache, from an equal question in progress, or from a request for up to
/// 100 names. If a rate limit is used up, its reset is waited for, without a request before it.
/// Results are shared under the same user's token only.
///
///     coauth::session session(io.get_executor(), provider, options);
///     auto login = co_await session.begin_login(cookie);
///     ...
///     auto outcome = co_await session.complete_login(query, cookie);
///     auto jack = co_await session.profile(outcome.user.id, "jack");
///
/// Every operation honours cancellation of every type and then throws `errc::cancelled`; work that
/// others share continues.
///
/// Any exception of a store or a provider becomes a `coauth::error` of the call that met it. One that is not a
/// `coauth::error` is `store_unavailable` of a store, and `provider_error` of a provider; but a system error of a
/// provider is the network's (`connection_lost`, `timeout`, `cancelled`), as in `error_from_current_exception`. Its
/// text is cut to 200 characters on one line. Without memory a call throws `std::bad_alloc`, or a typed error;
/// nothing is held then, and the next call works. A cancellation for which memory is exhausted is dropped.
///
/// Thread safety: safe; share one among threads. No operation blocks, but for up to 50 ms if memory is exhausted.
/// Lifetime: its destructor resumes all waiting coroutines with `errc::cancelled`. It must not outlive the
/// executor's context.
class COAUTH_DECL session {
public:
    /// Throws `errc::invalid_argument` for options out of range.
    session(boost::asio::any_io_executor executor, std::shared_ptr<login_provider> provider,
        session_options options = session_options());
    ~session();

    session(const session&) = delete;
    session& operator=(const session&) = delete;

    /// Begins a login for the browser that sent `present` (empty: for one without a binding).
    /// Fails with `too_many_logins` at a cap, and as `login_provider::begin` does.
    boost::asio::awaitable<login> begin_login(browser_binding present, login_request request = login_request());

    /// Waits until the login has ended: a callback came, here or in another process on the same store, or its time was
    /// over (`expired`). Throws what the exchange threw (without its details if that was elsewhere).
    boost::asio::awaitable<login_outcome> wait(const login& begun);

    /// The same with `login::awaited`, which is all of a login that has to be kept while a hundred thousand wait.
    boost::asio::awaitable<login_outcome> wait(std::shared_ptr<login::ticket> awaited);

    /// Ends a login with the callback's query (without `?`) and the binding that its browser sent. The
    /// login is consumed before the exchange, so of equal callbacks one is `granted`. Throws
    /// `invalid_argument` for a query that is not a callback, and what `login_provider::finish` throws. The exchange
    /// continues even if this is cancelled.
    boost::asio::awaitable<login_outcome> complete_login(std::string query, browser_binding present);

    /// Keeps a credential that was obtained without this session.
    boost::asio::awaitable<void> add_user(std::string user_id, credential held);

    /// Keeps what a login without this session gave, such as one by device code (`login_provider::finish_device`), and
    /// returns its user. Throws `invalid_argument` for a user without an id.
    boost::asio::awaitable<signed_in_user> add(finished_login finished);

    enum class at_provider { leave, revoke };

    /// Forgets a user's credential and cached results, then revokes the credential at the provider if requested. Fails
    /// with `unknown_user` if there is none, and as the provider's call does (the credential is forgotten here then). A
    /// credential that another login brings to this session meanwhile stays, and nothing is revoked then.
    boost::asio::awaitable<void> sign_out(std::string user_id, at_provider held = at_provider::leave);

    /// The user's own profile. Not cached. Fails as `profile` does.
    boost::asio::awaitable<reply<coauth::profile>> me(std::string user_id, call_options options = call_options());

    /// Any other call on behalf of a user, below the provider's own origins, under the limits of this session: it waits
    /// for the rate window named `limit` (each name has its own) and for a free request. A GET or HEAD is tried again while
    /// the provider is down, as long as `retry_for` says; anything else is sent once, and waits no longer than that for its
    /// turn in an outage. A credential that the provider
    /// refuses is renewed, once, if it can be, and else forgotten. Gives the response if its status is 2xx; fails as `profile` does.
    boost::asio::awaitable<reply<http::response>> call(
        std::string user_id, http::request request, std::string limit, call_options options = call_options());

    /// A user's profile, looked up with `user_id`'s token. Fails with `unknown_user`,
    /// `not_found`, `suspended`, `forbidden`, `rate_limited`, `token_revoked` (the token is forgotten then), ...
    /// A credential that the provider refuses is renewed, once, if it can be.
    boost::asio::awaitable<coauth::profile> profile(
        std::string user_id, coauth::user_ref user, lookup_options options = lookup_options());

    /// The same for any number of users: one outcome each, in the order of `users`. A failure of one
    /// user is in that outcome; thrown are `unknown_user`, `cancelled`, the error of an outage of
    /// `retry_for` (`is_transient`), and `provider_error` for an exception of the provider's class that
    /// is not a response. Results found by then are in the cache, unless `cache_for` is 0.
    boost::asio::awaitable<coauth::lookups> profiles(
        std::string user_id, std::vector<coauth::user_ref> users, lookup_options options = lookup_options());

    session_stats stats() const;

    /// Refuses new work with `errc::cancelled`, resumes all coroutines that wait for a login or a rate limit
    /// with it, lets requests in flight end, and returns then. A call of `profiles` that has results returns
    /// them; the missing ones are `failed` with `cancelled`.
    boost::asio::awaitable<void> close();

    /// The same without waiting for the requests in flight.
    void stop() noexcept;

private:
    class state;
    std::shared_ptr<state> state_;
};

} // namespace coauth
