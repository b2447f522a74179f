#include "session/logins/logins_state.hpp"
#include "session/user_classes.hpp"

#include <coauth/oauth1/callback.hpp>
#include <coauth/store/login_store.hpp>

#include <boost/system/system_error.hpp>

#include <new>
#include <optional>
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

// Checks what every store must guarantee: without it a user would be signed in as another.
void check_same(
    const store::pending_login& taken, const oauth1::callback& callback, const store::browser_digest& browser)
{
    if (!callback.belongs_to(taken.token) || !taken.browser.matches(browser))
        throw error(errc::store_unavailable, "the login store returned another login than the requested one")
            .with_hint("the store has a bug; do not let users sign in with it");
}

asio::awaitable<login_outcome> last_leg(logins_ptr state, store::pending_login taken, oauth1::callback callback)
{
    login_outcome outcome(login_status::denied);
    outcome.return_to = std::move(taken.return_to);
    if (callback.denied)
        co_return outcome;
    grant granted = co_await state->provider().finish(std::move(taken.token), std::move(callback.verifier));
    outcome.status = login_status::granted;
    outcome.user = granted.user;
    co_await state->keep(std::move(granted));
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

asio::awaitable<login_end> take_and_finish(
    logins_ptr state, oauth1::callback callback, store::browser_digest browser, bool& consumed)
{
    auto found = co_await state->store().take(store::id_of_login(callback.token), browser);
    if (!found.login)
        co_return ended_with(login_outcome(status_of(found.what)));
    consumed = true;
    check_same(*found.login, callback, browser);
    auto outcome = co_await last_leg(state, std::move(*found.login), std::move(callback));
    co_return ended_with(std::move(outcome));
}

// The exchange runs on its own: the login is consumed, so it must finish even if the caller is cancelled.
asio::awaitable<void> carry_out(
    logins_ptr state, oauth1::callback callback, store::browser_digest browser, ending_promise<login_outcome> caller)
{
    try {
        callback_in_flight in_flight(state, store::id_of_login(callback.token), std::move(caller));
        login_end end;
        try {
            end = co_await take_and_finish(state, std::move(callback), browser, in_flight.consumed);
        } catch (...) {
            end = failed_with<login_outcome>(error_to_hand_on());
        }
        in_flight.end(end);
        if (in_flight.consumed && state->deadlines.taken())
            co_await sweep_logins(state);
    } catch (const std::bad_alloc&) {
        // Both have ended by now.
    }
}

} // namespace

asio::awaitable<login_outcome> complete_login(logins_ptr state, std::string query, browser_binding present)
{
    state->check_open();
    auto callback = oauth1::parse_callback(query);
    if (!callback)
        throw callback.error();
    const auto browser = store::digest_of_browser(present.reveal());
    const auto own_end = std::make_shared<callback_end>();
    ending_promise<login_outcome> promise([own_end, work = state->setup->work](const ending<login_outcome>& end) {
        work->notify(own_end->end_with(end));
    });
    state->setup->work->start(carry_out(state, std::move(*callback), browser, std::move(promise)));
    const auto end = co_await wait_for_end(own_end->mutex, own_end->end);
    co_return end->value();
}

} // namespace coauth::sessions
