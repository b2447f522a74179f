#include "session/background.hpp"
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
    callback(const logins_ptr& owner, std::string&& new_query, browser_binding&& new_present)
        : owner(owner), query(std::move(new_query)), present(std::move(new_present))
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

signed_in_user user_of(std::string_view provider, profile&& user)
{
    if (user.id.empty())
        throw error(errc::malformed_response, "the provider does not tell who signed in");
    return signed_in_user(std::string(provider), std::move(user.id), std::move(user.username), std::move(user.name));
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

asio::awaitable<void> keep_credential(const callback& consumed, const login_outcome& outcome, credential&& held)
{
    return consumed.owner->keep(outcome.user.id, std::move(held));
}

asio::awaitable<void> take_from_store(const callback& begun, store::taken_login& found)
{
    found = co_await begun.owner->store().take(begun.id, begun.browser);
}

// For the exception that is being handled.
login_end end_of_failure(const callback_in_flight& in_flight, bool at_provider, login_outcome&& denied)
{
    error why = at_provider ? error_of_provider(in_flight.owner().is_cancelled()) : error_to_hand_on();
    if (at_provider && why.reason() == errc::denied)
        return ended_with(std::move(denied));
    return failed_with<login_outcome>(std::move(why));
}

store::ended_login reported(const login_end& end)
{
    return end->has_value() ? store::ended_login(end->value()) : store::ended_login(end->error().reason());
}

// For the waiters in another session or process. Those here have the end already.
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
        login_outcome outcome;
        bool at_provider = false;
        try {
            co_await background::enter_strand();
            store::taken_login found;
            if (store)
                found = store->take_now((*in_flight).id, (*in_flight).browser);
            else
                co_await take_from_store(*in_flight, found);
            outcome.status = status_of(found.what);
            if (found.login) {
                in_flight.consumed = true;
                check_same(*found.login, *in_flight);
                outcome.status = login_status::denied;
                outcome.return_to = std::move(found.login->return_to);
                at_provider = true;
                finished_login finished = co_await finish_at_provider(*in_flight, *found.login);
                at_provider = false;
                outcome.user = user_of(in_flight.owner().provider().name(), std::move(finished.user));
                co_await keep_credential(*in_flight, outcome, std::move(finished.held));
                outcome.status = login_status::granted;
            }
            end = ended_with(std::move(outcome));
        } catch (...) {
            end = end_of_failure(in_flight, at_provider, std::move(outcome));
        }
        in_flight.end(end);
        if (!in_flight.consumed)
            co_return;
        try {
            if (!store)
                co_await report_to_store(*in_flight, end);
            else if (in_flight.owner().setup->shares_logins)
                store->end_now((*in_flight).id, reported(end));
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

asio::awaitable<login_outcome> complete_login(const logins_ptr& state, std::string&& query, browser_binding&& present)
{
    return complete(std::make_shared<callback>(state, std::move(query), std::move(present)));
}

} // namespace coauth::sessions
