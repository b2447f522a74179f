#include "session/logins/logins_state.hpp"
#include "session/user_classes.hpp"

#include <coauth/coro/as_result.hpp>
#include <coauth/identity/login_provider.hpp>
#include <coauth/store/login_store.hpp>

#include <boost/system/system_error.hpp>

#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace coauth::sessions {

namespace asio = boost::asio;

namespace {

login_status status_of(store::taken_login::status status)
{
    switch (status) {
    case store::taken_login::status::expired:
        return login_status::expired;
    case store::taken_login::status::replayed:
        return login_status::replayed;
    case store::taken_login::status::wrong_browser:
        return login_status::wrong_browser;
    case store::taken_login::status::taken:
    case store::taken_login::status::unknown:
        break;
    }
    return login_status::unknown;
}

// A callback, the browser that brought it, and its result for its caller if it still waits.
class callback {
public:
    callback(logins_ptr new_owner, std::string new_query, browser_binding new_present)
        : owner(std::move(new_owner)), query(std::move(new_query)), present(std::move(new_present))
    {}

    /// Throws for one that is not a callback.
    void judge()
    {
        key = owner->provider().key_of(query).value();
        id = store::id_of_login(owner->provider().name(), key);
        browser = store::digest_of_browser(present.reveal());
    }

    const logins_ptr owner;
    std::string query;
    const browser_binding present;
    std::string key;
    store::login_id id;
    store::browser_digest browser;

    login_end reached() const
    {
        const std::lock_guard lock(mutex_);
        return end_.reached;
    }

    void end_with(const login_end& reached) noexcept
    {
        waiters due;
        {
            const std::lock_guard lock(mutex_);
            end_.end(reached, due);
        }
        owner->setup->work->notify(std::move(due));
    }

    /// The caller keeps this alive.
    asio::awaitable<login_end> wait() { return wait_for_end(mutex_, end_); }

private:
    mutable std::mutex mutex_;
    shared_end<login_outcome> end_;
};
using callback_ptr = std::shared_ptr<callback>;

// Checks what every store must guarantee: without it a user would be signed in as another.
void check_same(const store::pending_login& taken, const callback& expected)
{
    if (taken.id != expected.id || !taken.browser.matches(expected.browser))
        throw error(errc::store_unavailable, "the login store returned another login than the requested one")
            .with_hint("the store has a bug; do not let users sign in with it");
}

signed_in_user user_of(std::string_view provider, const profile& user)
{
    if (user.id.empty())
        throw error(errc::malformed_response, "the provider does not tell who signed in");
    return signed_in_user(std::string(provider), user.id, user.username, user.name);
}

// A callback in flight, which ends its login and the call that passed it. If its coroutine is destroyed before, with its
// context or for lack of memory, both end with `cancelled`.
class callback_in_flight {
public:
    explicit callback_in_flight(callback_ptr begun)
        : callback_(std::move(begun)), ticket_(callback_->owner->tickets->callback_begins(callback_->id))
    {}
    callback_in_flight(callback_in_flight&&) noexcept = default;
    callback_in_flight& operator=(callback_in_flight&&) = delete;
    ~callback_in_flight()
    {
        if (callback_ && !ended_)
            end(owner().login_cancelled);
    }

    bool consumed = false; ///< No other callback can end the login.

    callback& operator*() const noexcept { return *callback_; }
    logins::state& owner() const noexcept { return *callback_->owner; }

    void end(const login_end& reached) noexcept
    {
        ended_ = true;
        owner().report_ended(reached);
        if (consumed)
            owner().tickets->end(callback_->id, reached);
        if (ticket_)
            owner().tickets->callback_ends(ticket_, owner().now());
        callback_->end_with(reached);
    }

private:
    callback_ptr callback_;           // empty: moved from
    ticket_table::ticket_ptr ticket_; // empty: no caller awaits the login
    bool ended_ = false;
};

// The arguments of an operation, here and below, would otherwise be in the coroutine's frame.
asio::awaitable<finished_login> finish_at_provider(callback& consumed, store::pending_login& taken)
{
    logins::state& state = *consumed.owner;
    return state.provider().finish(begun_login(std::move(consumed.key), std::string(), std::move(taken.proof)),
        state.options().callback, std::move(consumed.query));
}

asio::awaitable<login_end> exchange(callback& consumed, store::pending_login& taken)
{
    login_outcome outcome(login_status::denied);
    outcome.return_to = std::move(taken.return_to);
    std::optional<credential> held;
    try {
        finished_login finished = co_await finish_at_provider(consumed, taken);
        outcome.user = user_of(consumed.owner->provider().name(), finished.user);
        held.emplace(std::move(finished.held));
    } catch (const error& refused) {
        if (refused.reason() != errc::denied)
            throw;
    }
    if (held) {
        outcome.status = login_status::granted;
        co_await consumed.owner->keep(outcome.user.id, *std::move(held));
    }
    co_return ended_with(std::move(outcome));
}

store::ended_login reported(const login_end& end)
{
    return end->has_value() ? store::ended_login(end->value()) : store::ended_login(end->error().reason());
}

// For the waiters in another process. Those here have the end already.
asio::awaitable<void> report_to_store(callback& consumed, const login_end& end)
{
    return consumed.owner->store().end(consumed.id, reported(end));
}

// The exchange runs on its own: the login is consumed, so it must finish even if the caller is cancelled.
asio::awaitable<void> carry_out(callback_in_flight in_flight)
{
    store::immediate_logins* const store = in_flight.owner().immediate_store();
    try {
        login_end end;
        try {
            store::taken_login found;
            if (store)
                found = store->take_now((*in_flight).id, (*in_flight).browser);
            else
                found = co_await in_flight.owner().store().take((*in_flight).id, (*in_flight).browser);
            if (found.login) {
                in_flight.consumed = true;
                check_same(*found.login, *in_flight);
                end = co_await exchange(*in_flight, *found.login);
            } else {
                end = ended_with(login_outcome(status_of(found.what)));
            }
        } catch (...) {
            end = failed_with<login_outcome>(error_to_hand_on());
        }
        in_flight.end(end);
        if (!in_flight.consumed)
            co_return;
        try {
            if (store)
                store->end_now((*in_flight).id, reported(end));
            else
                co_await report_to_store(*in_flight, end);
        } catch (...) {
            // They wait until the login expires.
        }
        if (in_flight.owner().deadlines.taken())
            co_await sweep_logins((*in_flight).owner);
    } catch (const std::bad_alloc&) {
        // Both have ended by now, or end with `in_flight`.
    }
}

// With what `typed_errors` does: a frame less.
asio::awaitable<login_outcome> complete(callback_ptr begun)
{
    try {
        begun->owner->check_open();
        begun->judge();
        begun->owner->setup->work->start(carry_out(callback_in_flight(begun)));
        login_end end = begun->reached();
        if (!end)
            end = co_await begun->wait();
        co_return end->value();
    } catch (const boost::system::system_error&) {
        throw error_from_current_exception();
    }
}

} // namespace

asio::awaitable<login_outcome> complete_login(logins_ptr state, std::string query, browser_binding present)
{
    return complete(std::make_shared<callback>(std::move(state), std::move(query), std::move(present)));
}

} // namespace coauth::sessions
