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

// A callback under way, for whoever brought it, should they still want to know.
struct callback_end {
    callback_end() = default;

    waiters end_with(const ending<login_outcome>& how) noexcept
    {
        waiters woken;
        const std::lock_guard lock(mutex);
        end.end(how, woken);
        return woken;
    }

    std::mutex mutex;
    shared_end<login_outcome> end;
};

login_status status_of(store::taken_login::status what)
{
    switch (what) {
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

// What the session relies on, whoever wrote the store: without it a person would be signed in as another.
void check_same(const store::pending_login& taken, const oauth1::callback& asked, const store::browser_digest& browser)
{
    if (!asked.belongs_to(taken.token) || !taken.browser.matches(browser))
        throw error(errc::store_unavailable, "the store gave another login than the one that was asked for")
            .with_hint("the store is broken; don't let anybody sign in with it");
}

asio::awaitable<login_outcome> last_leg(logins_ptr in, store::pending_login taken, oauth1::callback callback)
{
    login_outcome outcome(login_status::denied);
    outcome.return_to = std::move(taken.return_to);
    if (callback.denied)
        co_return outcome;
    grant granted = co_await in->provider().finish(std::move(taken.token), std::move(callback.verifier));
    outcome.status = login_status::granted;
    outcome.user = granted.user;
    co_await in->keep(std::move(granted));
    co_return outcome;
}

// A callback in flight, which ends its login and the call that brought it. Where its coroutine is destroyed before,
// with its context or for want of memory, both end with `cancelled`.
class callback_in_flight {
public:
    callback_in_flight(logins_ptr in, const store::login_id& id, ending_duty<login_outcome> caller)
        : logins_(std::move(in)), id_(id), ticket_(logins_->tickets->callback_begins(id)), caller_(std::move(caller))
    {}
    callback_in_flight(const callback_in_flight&) = delete;
    callback_in_flight& operator=(const callback_in_flight&) = delete;
    ~callback_in_flight()
    {
        if (!ended_)
            end(untold_);
    }

    bool consumed = false; ///< No other callback can end the login.

    void end(const login_end& how) noexcept
    {
        ended_ = true;
        logins_->tell_ended(how);
        if (consumed)
            logins_->tickets->end(id_, how);
        if (ticket_)
            logins_->tickets->callback_ends(ticket_, logins_->now());
        caller_.tell(how);
    }

private:
    const login_end untold_ = failed_with<login_outcome>(error(errc::cancelled)); // first: it may throw
    const logins_ptr logins_;
    const store::login_id id_;
    const ticket_table::ticket_ptr ticket_; // empty: nobody awaits the login
    ending_duty<login_outcome> caller_;
    bool ended_ = false;
};

asio::awaitable<login_end> take_and_finish(
    logins_ptr in, oauth1::callback callback, store::browser_digest browser, bool& consumed)
{
    auto found = co_await in->store().take(store::id_of_login(callback.token), browser);
    if (!found.login)
        co_return ended_with(login_outcome(status_of(found.what)));
    consumed = true;
    check_same(*found.login, callback, browser);
    auto outcome = co_await last_leg(in, std::move(*found.login), std::move(callback));
    co_return ended_with(std::move(outcome));
}

// The exchange runs on its own: the login is consumed, so it must finish even if the caller is cancelled.
asio::awaitable<void> carry_out(
    logins_ptr in, oauth1::callback callback, store::browser_digest browser, ending_duty<login_outcome> caller)
{
    try {
        callback_in_flight in_flight(in, store::id_of_login(callback.token), std::move(caller));
        login_end how;
        try {
            how = co_await take_and_finish(in, std::move(callback), browser, in_flight.consumed);
        } catch (...) {
            how = failed_with<login_outcome>(error_to_hand_on());
        }
        in_flight.end(how);
        if (in_flight.consumed && in->deadlines.taken())
            co_await sweep_logins(in);
    } catch (const std::bad_alloc&) {
        // Both have ended by now.
    }
}

} // namespace

asio::awaitable<login_outcome> complete_login(logins_ptr in, std::string query, browser_binding present)
{
    in->check_open();
    auto callback = oauth1::parse_callback(query);
    if (!callback)
        throw callback.error();
    const auto browser = store::digest_of_browser(present.reveal());
    const auto mine = std::make_shared<callback_end>();
    ending_duty<login_outcome> duty(
        [mine, work = in->with->work](const ending<login_outcome>& how) { work->wake(mine->end_with(how)); });
    in->with->work->start(carry_out(in, std::move(*callback), browser, std::move(duty)));
    const auto how = co_await wait_for_end(mine->mutex, mine->end);
    co_return how->value();
}

} // namespace coauth::sessions
