#include "session/background.hpp"
#include "session/logins/logins_state.hpp"
#include "session/user_classes.hpp"

#include <coauth/coro/as_result.hpp>
#include <coauth/store/login_store.hpp>
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

// True if the leg holds a place; false if it has to count again.
bool hold_place(leg_in_flight& in_flight, const store::login_store::counts& pending, std::optional<std::uint64_t> as_of)
{
    const auto limits = in_flight.state().store().limits();
    const auto place = in_flight.state().first_legs_in_flight.hold_place(in_flight.leg(), pending, limits, as_of);
    if (place == first_legs::place::none_at_all)
        throw store::too_many_logins(limits, store::login_cap::of_all);
    if (place == first_legs::place::none_for_browser)
        throw store::too_many_logins(limits, store::login_cap::of_browser);
    return place == first_legs::place::held;
}

// The arguments of an operation, here and below, would otherwise be in the coroutine's frame.
asio::awaitable<begun_login> begin_at_provider(const leg_in_flight& in_flight)
{
    logins::state& state = in_flight.state();
    return state.provider().begin(state.options().callback, in_flight.leg().request);
}

store::pending_login pending_of(const leg_in_flight& in_flight, const store::login_id& id, begun_login& begun)
{
    const first_legs::leg& leg = in_flight.leg();
    return store::pending_login(id, std::move(begun.proof), leg.browser(), leg.request.return_to);
}

asio::awaitable<void> add_to_store(const leg_in_flight& in_flight, const store::login_id& id, begun_login& begun)
{
    return in_flight.state().store().add(pending_of(in_flight, id, begun));
}

ending<first_leg_result> end_of_leg(const leg_in_flight& in_flight, const store::login_id& id, begun_login& begun)
{
    logins::state& state = in_flight.state();
    const auto deadline = state.now() + state.store().limits().time_to_live;
    state.deadlines.begun(deadline);
    auto ticket = state.tickets->open(id, deadline, in_flight.leg().request.return_to);
    state.report_begun();
    return ended_with(first_leg_result(std::move(begun.url), std::move(ticket)));
}

asio::awaitable<void> hold_place(leg_in_flight& in_flight)
{
    logins::state& state = in_flight.state();
    for (int tries = 0;; ++tries) {
        const auto as_of = state.first_legs_in_flight.given_back();
        const auto pending = co_await state.store().count(in_flight.leg().browser());
        if (hold_place(in_flight, pending, tries < recounts ? std::optional(as_of) : std::nullopt))
            break;
    }
}

void hold_place(leg_in_flight& in_flight, store::immediate_logins& store)
{
    for (int tries = 0;; ++tries) {
        const auto as_of = in_flight.state().first_legs_in_flight.given_back();
        const auto pending = store.count_now(in_flight.leg().browser());
        if (hold_place(in_flight, pending, tries < recounts ? std::optional(as_of) : std::nullopt))
            break;
    }
}

// A first leg runs on its own: the call that began it may be cancelled while others wait for it.
asio::awaitable<void> carry_out(leg_in_flight in_flight)
{
    try {
        ending<first_leg_result> end;
        bool at_provider = false;
        try {
            co_await background::enter_strand();
            store::immediate_logins* const store = in_flight.state().immediate_store();
            if (store)
                hold_place(in_flight, *store);
            else
                co_await hold_place(in_flight);
            at_provider = true;
            begun_login begun = co_await begin_at_provider(in_flight);
            at_provider = false;
            const auto id = store::id_of_login(in_flight.state().provider().name(), begun.key);
            if (store)
                store->add_now(pending_of(in_flight, id, begun));
            else
                co_await add_to_store(in_flight, id, begun);
            end = end_of_leg(in_flight, id, begun);
        } catch (...) {
            end = failed_with<first_leg_result>(
                at_provider ? error_of_provider(in_flight.state().is_cancelled()) : error_to_hand_on());
            in_flight.state().report_begin_failed(end->error());
        }
        in_flight.end(end);
    } catch (const std::bad_alloc&) {
        // It ends with `cancelled`.
    }
}

// With what `typed_errors` does: a frame less.
asio::awaitable<login> begin(logins_ptr state, browser_binding binding, first_legs::leg_ptr own)
{
    try {
        state->check_open();
        check(state->options(), own->request);
        if (binding.empty())
            binding = browser_binding::random();
        const auto browser = store::digest_of_browser(binding.reveal());
        const first_legs::leg_ptr leg = state->first_legs_in_flight.join(own, browser, state->now());
        if (leg == own)
            state->setup->work->start(carry_out(leg_in_flight(state, leg)));
        ending<first_leg_result> end = state->first_legs_in_flight.end_of(*leg);
        if (!end)
            end = co_await state->first_legs_in_flight.wait(*leg);
        const first_leg_result& made = end->value();
        if (leg != own)
            state->report_shared();
        co_return login(made.url, std::move(binding), made.ticket);
    } catch (const boost::system::system_error&) {
        throw error_from_current_exception();
    }
}

} // namespace

asio::awaitable<login> begin_login(const logins_ptr& state, browser_binding&& present, login_request&& request)
{
    first_legs::leg_ptr own = new first_legs::leg(std::move(request));
    return begin(state, std::move(present), std::move(own));
}

} // namespace coauth::sessions
