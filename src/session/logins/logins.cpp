#include "session/logins/logins.hpp"

#include "session/logins/logins_state.hpp"

#include <chrono>
#include <new>
#include <optional>
#include <utility>

namespace coauth::sessions {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::seconds retry_store_after{1};

// A sweep sets the alarm for the next one. One that ends early for lack of memory is repeated soon.
class sweep_guard {
public:
    explicit sweep_guard(logins_ptr state) : logins_(std::move(state)) {}
    sweep_guard(sweep_guard&&) noexcept = default;
    sweep_guard& operator=(sweep_guard&&) = delete;
    ~sweep_guard()
    {
        if (!logins_)
            return;
        try {
            logins_->deadlines.found(logins_->now() + retry_store_after);
        } catch (const std::bad_alloc&) {
            // The next login that begins or is taken sets the alarm.
        }
    }

    logins::state& owner() const { return *logins_; }
    void done() { logins_.reset(); }

private:
    logins_ptr logins_; // empty: done, or moved from
};

asio::awaitable<void> sweep(sweep_guard guard)
{
    auto& state = guard.owner();
    const auto as_of = state.deadlines.count();
    store::login_store::expiry gone;
    bool reached = false;
    try {
        gone = co_await state.store().expire();
        reached = true;
    } catch (...) {
        // A store that can't be reached is tried again soon; awaited logins expire without it.
    }
    state.report_expired(gone.expired);

    const auto now = state.now();
    state.tickets->expire(now);
    auto next = state.tickets->next_deadline();
    std::optional<ticket_table::time_point> next_in_store;
    if (!reached)
        next_in_store = now + retry_store_after;
    else if (gone.next)
        next_in_store = now + *gone.next;
    if (next_in_store && (!next || *next_in_store < *next))
        next = next_in_store;
    try {
        state.deadlines.swept(as_of, gone.expired, next, now);
        guard.done();
    } catch (const std::bad_alloc&) {
        // The guard sets the alarm.
    }
}

// Ends the ticket of a login that ended on another machine; one that ended here has ended before.
void end_elsewhere(ticket_table& tickets, const store::login_id& id, const store::ended_login& reached) noexcept
{
    if (!tickets.is_open(id))
        return;
    try {
        tickets.end(id, reached.outcome ? ended_with(login_outcome(*reached.outcome))
                                        : failed_with<login_outcome>(error(reached.failed.value_or(errc::unknown))));
    } catch (const std::bad_alloc&) {
        // It expires.
    }
}

// The alarm refers to the state weakly: it may fire while the last owner releases it.
logins_ptr make_state(std::shared_ptr<const session_setup> setup, logins::keep_credential keep)
{
    const auto known_later = std::make_shared<std::weak_ptr<logins::state>>();
    auto on_time = [known_later] {
        const auto state = known_later->lock();
        if (!state)
            return;
        state->deadlines.alarm_fired();
        try {
            state->setup->work->start(sweep_logins(state));
        } catch (const std::bad_alloc&) {
            // The guard has set the alarm again.
        }
    };
    auto made = std::make_shared<logins::state>(std::move(setup), std::move(keep), std::move(on_time));
    *known_later = made;
    if (made->setup->shares_logins)
        made->watching_store.begin(
            made->store(), [tickets = made->tickets](const store::login_id& id, const store::ended_login& reached) {
                end_elsewhere(*tickets, id, reached);
            });
    return made;
}

} // namespace

logins::state::state(
    std::shared_ptr<const session_setup> new_setup, keep_credential keep, std::function<void()> on_time)
    : setup(std::move(new_setup)), keep(std::move(keep)),
      first_legs_in_flight(setup->options.share_login_for,
          [tickets = tickets](const first_leg_result& made) { return !tickets->has_ended(*made.ticket); }),
      deadlines(setup->executor, setup->options.clock, std::move(on_time))
{}

void logins::state::check_open() const
{
    if (closed)
        throw error(errc::cancelled, "the session is closed");
}

session_stats::login_counts logins::state::counts() const
{
    const std::lock_guard lock(mutex_);
    auto out = counts_;
    out.awaited = tickets->awaited();
    return out;
}

void logins::state::report_begun()
{
    {
        const std::lock_guard lock(mutex_);
        ++counts_.begun;
    }
    setup->report(session_event(session_event_kind::login_begun));
}

void logins::state::report_shared()
{
    const std::lock_guard lock(mutex_);
    ++counts_.shared;
}

void logins::state::report_begin_failed(const error& why)
{
    {
        const std::lock_guard lock(mutex_);
        ++(why.reason() == errc::too_many_logins ? counts_.refused : counts_.failed);
    }
    session_event event(session_event_kind::login_failed);
    event.why = why.reason();
    setup->report(event);
}

void logins::state::count_ended(const login_end& end) noexcept
{
    const std::lock_guard lock(mutex_);
    if (end->has_error())
        ++counts_.failed;
    else if ((*end)->status == login_status::granted)
        ++counts_.granted;
    else if ((*end)->status == login_status::denied)
        ++counts_.denied;
    else if ((*end)->status == login_status::expired)
        ++counts_.expired;
    else if ((*end)->status == login_status::unknown)
        ++counts_.unknown;
    else if ((*end)->status == login_status::replayed)
        ++counts_.replayed;
    else
        ++counts_.wrong_browser;
}

void logins::state::report_ended(const login_end& end) noexcept
{
    count_ended(end);
    if (!options().on_event)
        return;
    session_event event(end->has_value() ? session_event_kind::login_ended : session_event_kind::login_failed);
    if (end->has_value()) {
        event.status = (*end)->status;
        event.count = 1;
    } else {
        event.why = end->error().reason();
    }
    try {
        if (end->has_value())
            event.user_id = (*end)->user.id;
    } catch (const std::bad_alloc&) {
        // The event is reported without the id.
    }
    setup->report(event);
}

void logins::state::report_expired(std::size_t count)
{
    if (count == 0)
        return;
    {
        const std::lock_guard lock(mutex_);
        counts_.expired += count;
    }
    session_event event(session_event_kind::login_ended);
    event.status = login_status::expired;
    event.count = count;
    setup->report(event);
}

asio::awaitable<void> sweep_logins(const logins_ptr& state)
{
    return sweep(sweep_guard(state));
}

logins::logins(std::shared_ptr<const session_setup> setup, keep_credential keep)
    : state_(make_state(std::move(setup), std::move(keep)))
{}

logins::~logins()
{
    close();
}

asio::awaitable<login> logins::begin(browser_binding present, login_request request)
{
    return begin_login(state_, std::move(present), std::move(request));
}

asio::awaitable<login_outcome> logins::wait(std::shared_ptr<login::ticket> awaited)
{
    if (!awaited)
        throw error(errc::invalid_argument, "the login is empty: it was not begun by a session");
    return ticket_table::wait(std::move(awaited));
}

asio::awaitable<login_outcome> logins::complete(std::string query, browser_binding present)
{
    return complete_login(state_, std::move(query), std::move(present));
}

session_stats::login_counts logins::counts() const
{
    return state_->counts();
}

void logins::close() noexcept
{
    state_->closed = true;
    state_->deadlines.close();
    state_->tickets->close();
}

} // namespace coauth::sessions
