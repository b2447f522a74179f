#include "session/logins/logins_state.hpp"
#include "session/user_classes.hpp"

#include <coauth/store/pending_login.hpp>

#include <cstddef>
#include <new>
#include <optional>
#include <utility>

namespace coauth::sessions {

namespace asio = boost::asio;

namespace {

constexpr std::size_t longest_return_to = 1024;

// A count that other logins changed meanwhile is repeated so many times; after that an approximate count will do,
// for the store checks its limits itself.
constexpr int recounts = 3;

void check(const session_options& options, const login_request& request)
{
    if (options.callback.empty())
        throw error(errc::invalid_argument, "the session has no callback URL")
            .with_hint("set session_options::callback to the URL to which the provider sends users back");
    if (request.return_to.size() > longest_return_to)
        throw error(errc::invalid_argument, "return_to is longer than 1 KiB")
            .with_hint("store long data in your program, and pass a key to it as return_to");
}

// Holds a place under the caps while leg 1 is in flight.
class held_place {
public:
    held_place(logins_ptr state, first_legs::leg_ptr leg) : state_(std::move(state)), leg_(std::move(leg)) {}
    ~held_place() { state_->first_legs_in_flight.give_back(leg_); }
    held_place(const held_place&) = delete;
    held_place& operator=(const held_place&) = delete;

private:
    const logins_ptr state_;
    const first_legs::leg_ptr leg_;
};

asio::awaitable<void> hold_place(logins_ptr state, first_legs::leg_ptr leg)
{
    const auto limits = state->store().limits();
    for (int tries = 0;; ++tries) {
        const auto as_of = state->first_legs_in_flight.given_back();
        const auto pending = co_await state->store().count(leg->browser);
        const auto place = state->first_legs_in_flight.hold_place(
            leg, pending, limits, tries < recounts ? std::optional(as_of) : std::nullopt);
        if (place == first_legs::place::held)
            co_return;
        if (place == first_legs::place::none_at_all)
            throw store::too_many_logins(limits, store::login_cap::of_all);
        if (place == first_legs::place::none_for_browser)
            throw store::too_many_logins(limits, store::login_cap::of_browser);
    }
}

asio::awaitable<first_leg_result> new_login(logins_ptr state, first_legs::leg_ptr leg)
{
    co_await hold_place(state, leg);
    const held_place held(state, leg);
    begun_login begun = co_await state->provider().begin(state->options().callback, leg->request);
    const auto id = store::id_of_login(state->provider().name(), begun.key);
    store::pending_login login(id, std::move(begun.proof), leg->browser, leg->request.return_to);
    co_await state->store().add(std::move(login));
    const auto deadline = state->now() + state->store().limits().time_to_live;
    state->deadlines.begun(deadline);
    auto ticket = state->tickets->open(id, deadline, leg->request.return_to);
    state->report_begun();
    co_return first_leg_result(std::move(begun.url), std::move(ticket));
}

// A first leg runs on its own: the call that began it may be cancelled while others wait for it.
asio::awaitable<void> carry_out(logins_ptr state, first_legs::leg_ptr leg, ending_promise<first_leg_result> promise)
{
    try {
        ending<first_leg_result> end;
        try {
            auto made = co_await new_login(state, leg);
            end = ended_with(std::move(made));
        } catch (...) {
            end = failed_with<first_leg_result>(error_to_hand_on());
            state->report_begin_failed(end->error());
        }
        promise.set(end);
    } catch (const std::bad_alloc&) {
        // The promise reports `cancelled`.
    }
}

// Without memory it does not start, and ends with `unstarted` for the calls that joined it meanwhile.
void start(const logins_ptr& state, const first_legs::leg_ptr& leg, const ending<first_leg_result>& unstarted)
{
    try {
        ending_promise<first_leg_result> promise([state, leg](const ending<first_leg_result>& end) {
            state->setup->work->notify(state->first_legs_in_flight.complete(leg, end));
        });
        state->setup->work->start(carry_out(state, leg, std::move(promise)));
    } catch (...) {
        state->setup->work->notify(state->first_legs_in_flight.complete(leg, unstarted));
        throw;
    }
}

} // namespace

asio::awaitable<login> begin_login(logins_ptr state, browser_binding present, login_request request)
{
    state->check_open();
    check(state->options(), request);
    browser_binding binding = present.empty() ? browser_binding::random() : std::move(present);
    const auto browser = store::digest_of_browser(binding.reveal());
    // Made before another call can join.
    const auto unstarted =
        failed_with<first_leg_result>(error(errc::cancelled, "not enough memory to begin the login"));
    const auto joined = state->first_legs_in_flight.join(browser, std::move(request), state->now());
    if (joined.leads)
        start(state, joined.leg, unstarted);
    const auto end = co_await state->first_legs_in_flight.wait(joined.leg);
    const first_leg_result& made = end->value();
    if (!joined.leads)
        state->report_shared();
    co_return login(made.url, std::move(binding), made.ticket);
}

} // namespace coauth::sessions
