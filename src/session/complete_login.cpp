#include "session/logins_state.hpp"

#include <coauth/oauth1/callback.hpp>
#include <coauth/store/login_store.hpp>

#include <boost/system/system_error.hpp>

#include <optional>
#include <utility>

namespace coauth::sessions {

namespace asio = boost::asio;

namespace {

// A callback under way, for whoever brought it, should they still want to know.
struct callback_end {
    callback_end() = default;

    void end_with(const ending<login_outcome>& how)
    {
        waiters woken;
        {
            const std::lock_guard lock(mutex);
            end.end(how, woken);
        }
        wake(woken);
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

// Nobody owns the last leg: the login is consumed, so it must come to an end.
asio::awaitable<void> carry_out(
    logins_ptr in, oauth1::callback callback, store::browser_digest browser, ending_duty<login_outcome> duty)
{
    const auto id = store::id_of_login(callback.token);
    const auto ticket = in->tickets->callback_begins(id);
    login_end how;
    bool consumed = false;
    try {
        auto found = co_await in->store().take(id, browser);
        if (found.login) {
            consumed = true;
            check_same(*found.login, callback, browser);
            auto outcome = co_await last_leg(in, std::move(*found.login), std::move(callback));
            how = ended_with(std::move(outcome));
        } else {
            how = ended_with(login_outcome(status_of(found.what)));
        }
    } catch (...) {
        how = failed_with<login_outcome>(error_to_hand_on());
    }
    in->tell_ended(how);
    if (consumed)
        in->tickets->end(id, how);
    if (ticket)
        in->tickets->callback_ends(ticket, in->now());
    duty.tell(how);
    if (consumed && in->deadlines.taken())
        co_await sweep_logins(in);
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
    ending_duty<login_outcome> duty([mine](const ending<login_outcome>& how) { mine->end_with(how); });
    in->with->work->start(carry_out(in, std::move(*callback), browser, std::move(duty)));
    const auto how = co_await wait_for_end(mine->mutex, mine->end);
    co_return how->value();
}

} // namespace coauth::sessions
