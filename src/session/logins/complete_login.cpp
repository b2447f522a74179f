#include "session/logins/logins_state.hpp"
#include "session/user_classes.hpp"

#include <coauth/identity/login_provider.hpp>
#include <coauth/store/login_store.hpp>

#include <boost/system/system_error.hpp>

#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace coauth::sessions {

namespace asio = boost::asio;

namespace {

// The result of a callback in flight, for its caller if it still waits.
struct callback_end {
    callback_end() = default;

    waiters end_with(const ending<login_outcome>& reached) noexcept
    {
        waiters due;
        const std::lock_guard lock(mutex);
        end.end(reached, due);
        return due;
    }

    std::mutex mutex;
    shared_end<login_outcome> end;
};

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

// A callback that has been judged, and the browser that brought it.
struct callback_of_browser {
    callback_of_browser(
        std::string query, std::string key, const store::login_id& id, const store::browser_digest& browser)
        : query(std::move(query)), key(std::move(key)), id(id), browser(browser)
    {}

    std::string query;
    std::string key;
    store::login_id id;
    store::browser_digest browser;
};

// Checks what every store must guarantee: without it a user would be signed in as another.
void check_same(const store::pending_login& taken, const callback_of_browser& callback)
{
    if (taken.id != callback.id || !taken.browser.matches(callback.browser))
        throw error(errc::store_unavailable, "the login store returned another login than the requested one")
            .with_hint("the store has a bug; do not let users sign in with it");
}

signed_in_user user_of(std::string_view provider, const profile& user)
{
    if (user.id.empty())
        throw error(errc::malformed_response, "the provider does not tell who signed in");
    return signed_in_user(std::string(provider), user.id, user.username, user.name);
}

asio::awaitable<login_outcome> exchange(logins_ptr state, store::pending_login taken, callback_of_browser callback)
{
    begun_login begun(std::move(callback.key), std::string(), std::move(taken.proof));
    login_outcome outcome(login_status::denied);
    outcome.return_to = std::move(taken.return_to);
    std::optional<finished_login> finished;
    try {
        finished_login granted =
            co_await state->provider().finish(std::move(begun), state->options().callback, std::move(callback.query));
        finished.emplace(std::move(granted));
    } catch (const error& refused) {
        if (refused.reason() != errc::denied)
            throw;
    }
    if (!finished)
        co_return outcome;
    outcome.user = user_of(state->provider().name(), finished->user);
    outcome.status = login_status::granted;
    co_await state->keep(outcome.user.id, std::move(finished->held));
    co_return outcome;
}

// A callback in flight, which ends its login and the call that passed it. If its coroutine is destroyed before, with its
// context or for lack of memory, both end with `cancelled`.
class callback_in_flight {
public:
    callback_in_flight(logins_ptr state, const store::login_id& id, ending_promise<login_outcome> caller)
        : logins_(std::move(state)), id_(id), ticket_(logins_->tickets->callback_begins(id)), caller_(std::move(caller))
    {}
    callback_in_flight(const callback_in_flight&) = delete;
    callback_in_flight& operator=(const callback_in_flight&) = delete;
    ~callback_in_flight()
    {
        if (!ended_)
            end(cancelled_);
    }

    bool consumed = false; ///< No other callback can end the login.

    void end(const login_end& end) noexcept
    {
        ended_ = true;
        logins_->report_ended(end);
        if (consumed)
            logins_->tickets->end(id_, end);
        if (ticket_)
            logins_->tickets->callback_ends(ticket_, logins_->now());
        caller_.set(end);
    }

private:
    const login_end cancelled_ = failed_with<login_outcome>(error(errc::cancelled)); // first: it may throw
    const logins_ptr logins_;
    const store::login_id id_;
    const ticket_table::ticket_ptr ticket_; // empty: no caller awaits the login
    ending_promise<login_outcome> caller_;
    bool ended_ = false;
};

asio::awaitable<login_end> take_and_finish(logins_ptr state, callback_of_browser callback, bool& consumed)
{
    auto found = co_await state->store().take(callback.id, callback.browser);
    if (!found.login)
        co_return ended_with(login_outcome(status_of(found.what)));
    consumed = true;
    check_same(*found.login, callback);
    auto outcome = co_await exchange(state, std::move(*found.login), std::move(callback));
    co_return ended_with(std::move(outcome));
}

// For whoever awaits the login in another process. Those here have the end already.
asio::awaitable<void> report_to_store(logins_ptr state, store::login_id id, login_end end)
{
    try {
        store::ended_login reached =
            end->has_value() ? store::ended_login(end->value()) : store::ended_login(end->error().reason());
        co_await state->store().end(id, std::move(reached));
    } catch (...) {
        // They wait until the login expires.
    }
}

// The exchange runs on its own: the login is consumed, so it must finish even if the caller is cancelled.
asio::awaitable<void> carry_out(logins_ptr state, callback_of_browser callback, ending_promise<login_outcome> caller)
{
    try {
        const store::login_id id = callback.id;
        callback_in_flight in_flight(state, id, std::move(caller));
        login_end end;
        try {
            end = co_await take_and_finish(state, std::move(callback), in_flight.consumed);
        } catch (...) {
            end = failed_with<login_outcome>(error_to_hand_on());
        }
        in_flight.end(end);
        if (!in_flight.consumed)
            co_return;
        co_await report_to_store(state, id, std::move(end));
        if (state->deadlines.taken())
            co_await sweep_logins(state);
    } catch (const std::bad_alloc&) {
        // Both have ended by now.
    }
}

} // namespace

asio::awaitable<login_outcome> complete_login(logins_ptr state, std::string query, browser_binding present)
{
    state->check_open();
    std::string key = state->provider().key_of(query).value();
    const auto id = store::id_of_login(state->provider().name(), key);
    callback_of_browser callback(std::move(query), std::move(key), id, store::digest_of_browser(present.reveal()));
    const auto own_end = std::make_shared<callback_end>();
    ending_promise<login_outcome> promise([own_end, work = state->setup->work](const ending<login_outcome>& end) {
        work->notify(own_end->end_with(end));
    });
    state->setup->work->start(carry_out(state, std::move(callback), std::move(promise)));
    const auto end = co_await wait_for_end(own_end->mutex, own_end->end);
    co_return end->value();
}

} // namespace coauth::sessions
