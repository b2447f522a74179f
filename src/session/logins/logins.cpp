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

// A sweep sets the alarm for the next one. One that comes to nothing for want of memory has another follow soon.
class sweep_duty {
public:
    explicit sweep_duty(logins_ptr in) : logins_(std::move(in)) {}
    sweep_duty(sweep_duty&&) noexcept = default;
    sweep_duty& operator=(sweep_duty&&) = delete;
    ~sweep_duty()
    {
        if (!logins_)
            return;
        try {
            logins_->deadlines.found(logins_->now() + retry_store_after);
        } catch (const std::bad_alloc&) {
            // Then the next login that begins or is taken sets it.
        }
    }

    logins::state& owner() const { return *logins_; }
    void done() { logins_.reset(); }

private:
    logins_ptr logins_; // empty: done, or moved away
};

asio::awaitable<void> sweep(sweep_duty duty)
{
    auto& in = duty.owner();
    const auto as_of = in.deadlines.count();
    store::login_store::expiry gone;
    bool reached = false;
    try {
        gone = co_await in.store().expire();
        reached = true;
    } catch (...) {
        // A store that can't be reached is asked again soon; those who wait expire without it.
    }
    in.tell_expired(gone.expired);

    const auto now = in.now();
    in.tickets->expire(now);
    auto next = in.tickets->next_deadline();
    std::optional<ticket_table::time_point> next_in_store;
    if (!reached)
        next_in_store = now + retry_store_after;
    else if (gone.next)
        next_in_store = now + *gone.next;
    if (next_in_store && (!next || *next_in_store < *next))
        next = next_in_store;
    try {
        in.deadlines.swept(as_of, gone.expired, next, now);
        duty.done();
    } catch (const std::bad_alloc&) {
        // The duty sets the alarm.
    }
}

// The alarm knows the state weakly: it may ring while the last one lets go.
logins_ptr make_state(std::shared_ptr<const setup> with, logins::keep_grant keep)
{
    const auto known_later = std::make_shared<std::weak_ptr<logins::state>>();
    auto ring = [known_later] {
        const auto in = known_later->lock();
        if (!in)
            return;
        in->deadlines.rung();
        try {
            in->with->work->start(sweep_logins(in));
        } catch (const std::bad_alloc&) {
            // It has another follow.
        }
    };
    auto made = std::make_shared<logins::state>(std::move(with), std::move(keep), std::move(ring));
    *known_later = made;
    return made;
}

} // namespace

logins::state::state(std::shared_ptr<const setup> setup, keep_grant keep, std::function<void()> ring)
    : with(std::move(setup)), keep(std::move(keep)), deadlines(with->executor, with->options.clock, std::move(ring))
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

void logins::state::tell_begun()
{
    {
        const std::lock_guard lock(mutex_);
        ++counts_.begun;
    }
    with->tell(session_event(session_event::kind::login_begun));
}

void logins::state::tell_shared()
{
    const std::lock_guard lock(mutex_);
    ++counts_.shared;
}

void logins::state::tell_begin_failed(const error& why)
{
    {
        const std::lock_guard lock(mutex_);
        ++(why.reason() == errc::too_many_logins ? counts_.refused : counts_.failed);
    }
    session_event event(session_event::kind::login_failed);
    event.why = why.reason();
    with->tell(event);
}

void logins::state::tell_ended(const login_end& how) noexcept
{
    session_event event(how->has_value() ? session_event::kind::login_ended : session_event::kind::login_failed);
    if (how->has_value()) {
        event.status = (*how)->status;
        event.count = 1;
    } else {
        event.why = how->error().reason();
    }
    {
        const std::lock_guard lock(mutex_);
        if (!event.status)
            ++counts_.failed;
        else if (*event.status == login_status::granted)
            ++counts_.granted;
        else if (*event.status == login_status::denied)
            ++counts_.denied;
        else if (*event.status == login_status::expired)
            ++counts_.expired;
        else if (*event.status == login_status::unknown)
            ++counts_.unknown;
        else if (*event.status == login_status::replayed)
            ++counts_.replayed;
        else
            ++counts_.wrong_browser;
    }
    try {
        if (how->has_value())
            event.user_id = (*how)->user.id;
    } catch (const std::bad_alloc&) {
        // What matters is how it ended.
    }
    with->tell(event);
}

void logins::state::tell_expired(std::size_t how_many)
{
    if (how_many == 0)
        return;
    {
        const std::lock_guard lock(mutex_);
        counts_.expired += how_many;
    }
    session_event event(session_event::kind::login_ended);
    event.status = login_status::expired;
    event.count = how_many;
    with->tell(event);
}

asio::awaitable<void> sweep_logins(logins_ptr in)
{
    return sweep(sweep_duty(std::move(in)));
}

logins::logins(std::shared_ptr<const setup> with, keep_grant keep)
    : state_(make_state(std::move(with), std::move(keep)))
{}

logins::~logins()
{
    close();
}

asio::awaitable<login> logins::begin(browser_binding present, login_request how)
{
    return begin_login(state_, std::move(present), std::move(how));
}

asio::awaitable<login_outcome> logins::wait(const login& begun)
{
    if (!begun.awaited())
        throw error(errc::invalid_argument, "this login comes from no session");
    return ticket_table::wait(begun.awaited());
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
