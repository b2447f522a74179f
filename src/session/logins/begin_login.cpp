#include "session/logins/logins_state.hpp"
#include "session/user_classes.hpp"

#include <coauth/coro/as_result.hpp>
#include <coauth/store/pending_login.hpp>

#include <boost/system/system_error.hpp>

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

// A first leg in flight, which ends once: with `cancelled` if its coroutine is destroyed, or can't be made.
class leg_in_flight {
public:
    leg_in_flight(logins_ptr state, first_legs::leg_ptr leg) : state_(std::move(state)), leg_(std::move(leg)) {}
    leg_in_flight(leg_in_flight&&) noexcept = default;
    leg_in_flight& operator=(leg_in_flight&&) = delete;
    ~leg_in_flight()
    {
        if (state_)
            end(state_->leg_cancelled);
    }

    logins::state& state() const noexcept { return *state_; }
    first_legs::leg& leg() const noexcept { return *leg_; }

    void end(const ending<first_leg_result>& reached) noexcept
    {
        const logins_ptr owner = std::exchange(state_, nullptr);
        owner->setup->work->notify(owner->first_legs_in_flight.complete(*leg_, reached));
    }

private:
    logins_ptr state_; // empty: ended, or moved from
    first_legs::leg_ptr leg_;
};

// The place under the caps that a leg in flight holds.
class held_place {
public:
    explicit held_place(leg_in_flight& holder) : legs_(holder.state().first_legs_in_flight), leg_(holder.leg()) {}
    ~held_place() { legs_.give_back(leg_); }
    held_place(const held_place&) = delete;
    held_place& operator=(const held_place&) = delete;

private:
    first_legs& legs_;
    first_legs::leg& leg_;
};

// True if the leg holds a place; false if it has to count again.
bool hold_place(leg_in_flight& in_flight, const store::login_store::counts& pending, const store::login_limits& limits,
    std::optional<std::uint64_t> as_of)
{
    const auto place = in_flight.state().first_legs_in_flight.hold_place(in_flight.leg(), pending, limits, as_of);
    if (place == first_legs::place::none_at_all)
        throw store::too_many_logins(limits, store::login_cap::of_all);
    if (place == first_legs::place::none_for_browser)
        throw store::too_many_logins(limits, store::login_cap::of_browser);
    return place == first_legs::place::held;
}

asio::awaitable<ending<first_leg_result>> new_login(leg_in_flight& in_flight)
{
    logins::state& state = in_flight.state();
    const first_legs::leg& leg = in_flight.leg();
    const auto limits = state.store().limits();
    for (int tries = 0;; ++tries) {
        const auto as_of = state.first_legs_in_flight.given_back();
        const auto pending = co_await state.store().count(leg.browser);
        if (hold_place(in_flight, pending, limits, tries < recounts ? std::optional(as_of) : std::nullopt))
            break;
    }
    const held_place held(in_flight);
    begun_login begun = co_await state.provider().begin(state.options().callback, leg.request);
    const auto id = store::id_of_login(state.provider().name(), begun.key);
    store::pending_login login(id, std::move(begun.proof), leg.browser, leg.request.return_to);
    co_await state.store().add(std::move(login));
    const auto deadline = state.now() + limits.time_to_live;
    state.deadlines.begun(deadline);
    auto ticket = state.tickets->open(id, deadline, leg.request.return_to);
    state.report_begun();
    co_return ended_with(first_leg_result(std::move(begun.url), std::move(ticket)));
}

// A first leg runs on its own: the call that began it may be cancelled while others wait for it.
asio::awaitable<void> carry_out(leg_in_flight in_flight)
{
    try {
        ending<first_leg_result> end;
        try {
            end = co_await new_login(in_flight);
        } catch (...) {
            end = failed_with<first_leg_result>(error_to_hand_on());
            in_flight.state().report_begin_failed(end->error());
        }
        in_flight.end(end);
    } catch (const std::bad_alloc&) {
        // It ends with `cancelled`.
    }
}

} // namespace

// With what `typed_errors` does: a frame less.
asio::awaitable<login> begin_login(logins_ptr state, browser_binding present, login_request request)
{
    try {
        state->check_open();
        check(state->options(), request);
        browser_binding binding = present.empty() ? browser_binding::random() : std::move(present);
        const auto browser = store::digest_of_browser(binding.reveal());
        const auto joined = state->first_legs_in_flight.join(browser, std::move(request), state->now());
        if (joined.leads)
            state->setup->work->start(carry_out(leg_in_flight(state, joined.leg)));
        ending<first_leg_result> end = state->first_legs_in_flight.end_of(*joined.leg);
        if (!end)
            end = co_await state->first_legs_in_flight.wait(*joined.leg);
        const first_leg_result& made = end->value();
        if (!joined.leads)
            state->report_shared();
        co_return login(made.url, std::move(binding), made.ticket);
    } catch (const boost::system::system_error&) {
        throw error_from_current_exception();
    }
}

} // namespace coauth::sessions
