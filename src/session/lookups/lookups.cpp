#include "session/lookups/lookups.hpp"

#include "coro/retry_allocation.hpp"
#include "session/shared_end.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <new>
#include <utility>

namespace coauth::sessions {

namespace asio = boost::asio;

namespace {

batcher_rules rules_of(const session_setup& setup)
{
    const session_options& o = setup.options;
    batcher_rules r;
    r.max_requests = o.max_requests;
    r.max_cached_lookups = o.max_cached_lookups;
    r.cache_for = o.cache_for;
    r.cache_missing_for = o.cache_missing_for;
    r.gather_for = o.gather_for;
    r.retry_for = o.retry_for;
    r.reset_jitter = o.reset_jitter;
    r.chance = o.chance;
    r.collect_events = static_cast<bool>(o.on_event);
    return r;
}

error closed_error()
{
    return error(errc::cancelled, "the session is closed");
}

lookup_ptr refusal_of(const coauth::user_ref& user, std::string objection)
{
    return failure_of(user, error(errc::invalid_argument, std::move(objection)));
}

void wait_until(lookup_batcher::step& next, lookup_batcher::time_point until)
{
    using kind = lookup_batcher::step::kind;
    if (until == lookup_batcher::time_point::max())
        return;
    next.until = next.action == kind::wait ? std::min(next.until, until) : until;
    next.action = kind::wait;
}

bool has_found(const lookup_call& call)
{
    return std::any_of(call.results.begin(), call.results.end(),
        [](const lookup_ptr& each) { return each && each->outcome != coauth::lookup_outcome::failed; });
}

} // namespace

// Removes the call's open questions however its coroutine ends.
class lookups::call_registration {
public:
    call_registration(lookups& driver, owner_ptr owner, std::shared_ptr<lookup_call> call)
        : lookups_(driver), owner_(std::move(owner)), call_(std::move(call))
    {}
    call_registration(const call_registration&) = delete;
    call_registration& operator=(const call_registration&) = delete;
    ~call_registration() { end(); }

    void end() noexcept
    {
        try {
            const std::lock_guard lock(lookups_.mutex_);
            call_->unlink();
            if (call_->open != 0)
                lookups_.batcher_.remove(owner_, call_);
        } catch (...) {
            lookups_.out_of_memory();
        }
    }

private:
    lookups& lookups_;
    owner_ptr owner_;
    std::shared_ptr<lookup_call> call_;
};

lookups::lookups(std::shared_ptr<const session_setup> setup, std::shared_ptr<tokens> tokens)
    : setup_(std::move(setup)), tokens_(std::move(tokens)), strand_(asio::make_strand(setup_->executor)),
      rules_(rules_of(*setup_)), batcher_(rules_, setup_->options.clock->steady_now())
{}

void lookups::start()
{
    alarm_ = std::make_unique<clock_timer>(setup_->executor, setup_->options.clock, [weak = weak_from_this()] {
        if (const auto self = weak.lock())
            self->schedule_run();
    });
}

asio::awaitable<call_results> lookups::look_up(std::string user_id, std::vector<coauth::user_ref> users,
    std::optional<std::chrono::milliseconds> max_wait, attempt made)
{
    const auto self = shared_from_this();
    owner_ptr owner = tokens_->held(user_id);
    if (!owner)
        owner = co_await tokens_->find(std::move(user_id));
    if (!owner->directory)
        throw error(errc::invalid_argument, "this provider looks no users up");
    auto call = std::make_shared<lookup_call>(std::move(users), max_wait.value_or(setup_->options.max_wait));
    call_registration registration(*this, owner, call);
    const bool waits = add_call(owner, call);
    report_events();
    if (!waits) {
        registration.end();
        if (call->out_of_memory)
            throw std::bad_alloc();
        co_return call_results(*call);
    }
    schedule_run();
    try {
        co_await call->completion.wait();
    } catch (const boost::system::system_error&) {
        registration.end();
        schedule_run(); // the alarm may be set for this call only
        throw error(errc::cancelled);
    }
    registration.end(); // from here on no other thread writes to the call
    if (call->out_of_memory)
        throw std::bad_alloc();
    if (call->failed)
        throw *call->failed;
    if (!owner->held.renewable() || !has_refused(*call))
        co_return call_results(*call);
    call_results results = co_await look_up_refused(std::move(owner), std::move(call), made);
    co_return results;
}

// Adds all questions of a call; returns whether there is something to wait for.
bool lookups::add_call(const owner_ptr& owner, const std::shared_ptr<lookup_call>& call)
{
    bool begun = false;
    try {
        const std::lock_guard lock(mutex_);
        if (closed_)
            throw closed_error();
        if (owner->number < first_number_)
            throw std::bad_alloc(); // memory was exhausted since it was found
        if (!spare_)
            spare_ = std::make_unique<lookup_batcher>(rules_, now());
        begun = true;
        calls_.push_back(*call);
        const time_point asked_at = now();
        for (std::size_t place = 0; place < call->users.size(); ++place) {
            std::string objection = owner->directory->objection(call->users[place]);
            if (objection.empty())
                batcher_.add(owner, call, place, asked_at);
            else
                call->results[place] = refusal_of(call->users[place], std::move(objection));
        }
        return call->open != 0;
    } catch (...) {
        if (begun)
            out_of_memory();
        throw;
    }
}

asio::awaitable<bool> lookups::sign_out(owner_ptr owner)
{
    const auto self = shared_from_this();
    const bool removed = co_await tokens_->drop(owner, std::nullopt);
    lookup_batcher::call_list done;
    try {
        const std::lock_guard lock(mutex_);
        const std::lock_guard changing(setup_->cached);
        if (owner->number >= first_number_)
            done = batcher_.sign_out(owner, error(errc::unknown_user, "the user signed out"));
    } catch (...) {
        out_of_memory();
        throw;
    }
    notify(done);
    co_return removed;
}

// On the strand, so that all questions of this turn of the loop share a request.
void lookups::schedule_run() noexcept
{
    {
        const std::lock_guard lock(mutex_);
        if (std::exchange(run_scheduled_, true))
            return;
    }
    try {
        // Without the lock: other calls may end meanwhile, which frees memory.
        retry_allocation([&] { asio::post(strand_, [self = shared_from_this()] { self->run(); }); });
    } catch (...) {
        {
            const std::lock_guard lock(mutex_);
            run_scheduled_ = false;
        }
        out_of_memory(); // ends the calls, too, that rely on this run
    }
}

void lookups::run()
{
    {
        const std::lock_guard lock(mutex_);
        run_scheduled_ = false;
    }
    try {
        notify_remaining();
        resume_turns(now(), false);
        while (step()) {}
    } catch (...) {
        out_of_memory();
    }
}

// Executes the batcher's next step; returns whether to call it again at once.
bool lookups::step()
{
    lookup_batcher::step next;
    {
        const std::lock_guard lock(mutex_);
        next = batcher_.next(now());
        if (next.action != lookup_batcher::step::kind::send)
            for (const waiting_turn& each : turns_)
                wait_until(next, each.until);
    }
    notify(next.done);
    switch (next.action) {
    case lookup_batcher::step::kind::send:
        send(std::move(next.request));
        return true;
    case lookup_batcher::step::kind::wait:
        alarm_->set(next.until);
        break;
    case lookup_batcher::step::kind::idle:
        alarm_->clear();
        break;
    }
    return false;
}

// For an exception in the middle of a step, after which the batcher may be in any state: every call ends, with its
// results if they are complete, and with `std::bad_alloc` else; and the spare batcher replaces it. Allocates no memory.
void lookups::out_of_memory() noexcept
{
    decltype(calls_) ended;
    {
        const std::lock_guard lock(mutex_);
        ended.splice(ended.end(), calls_);
        for (lookup_call& call : ended) {
            if (!call.is_complete())
                call.out_of_memory = true;
            call.open = 0;
        }
        first_number_ = tokens_->forget_all();
        const std::lock_guard changing(setup_->cached);
        if (spare_)
            batcher_.restart(std::move(*std::exchange(spare_, nullptr)));
        for (waiting_turn& each : turns_)
            each.until = time_point::min(); // the alarm may not be set
    }
    resume_turns(time_point::min(), false);
    for (;;) {
        std::shared_ptr<lookup_call> call;
        {
            const std::lock_guard lock(mutex_);
            if (ended.empty())
                break;
            call = ended.front().shared_from_this();
        }
        const bool fired = fire_if_possible(call->completion);
        const std::lock_guard lock(mutex_);
        if (fired) {
            call->unlink();
            continue;
        }
        unnotified_ = true;
        calls_.splice(calls_.end(), ended);
        break;
    }
}

void lookups::notify(const lookup_batcher::call_list& done) noexcept
{
    report_events();
    for (const auto& call : done)
        if (!fire_if_possible(call->completion)) {
            // The others would fail, too.
            const std::lock_guard lock(mutex_);
            unnotified_ = true;
            return;
        }
}

// The calls that there was no memory to notify before.
void lookups::notify_remaining()
{
    lookup_batcher::call_list complete;
    {
        const std::lock_guard lock(mutex_);
        if (!unnotified_)
            return;
        for (lookup_call& call : calls_)
            if (call.is_complete())
                complete.push_back(call.shared_from_this());
        unnotified_ = false;
    }
    notify(complete);
}

void lookups::report_events() noexcept
{
    if (!setup_->options.on_event)
        return;
    std::vector<session_event> events;
    {
        const std::lock_guard lock(mutex_);
        events = batcher_.take_events();
    }
    for (const session_event& event : events)
        setup_->report(event);
}

session_stats::lookup_counts lookups::counts() const
{
    const std::uint64_t hits = setup_->cached.hits();
    const std::lock_guard lock(mutex_);
    session_stats::lookup_counts counted = batcher_.counts();
    counted.questions += hits;
    counted.cache_hits += hits;
    return counted;
}

void lookups::close()
{
    end(&lookup_batcher::close);
}

void lookups::abort()
{
    end(&lookup_batcher::abort);
}

void lookups::end(lookup_batcher::call_list (lookup_batcher::*operation)(const error&)) noexcept
{
    try {
        {
            const std::lock_guard lock(mutex_);
            closed_ = true;
        }
        lookup_batcher::call_list done;
        const error closed = closed_error();
        {
            const std::lock_guard lock(mutex_);
            done = (batcher_.*operation)(closed);
            // Results that were found are paid for.
            for (const auto& call : done)
                if (operation == &lookup_batcher::abort || !has_found(*call))
                    call->failed = closed;
        }
        notify(done);
        resume_turns(now(), true);
        alarm_->clear();
    } catch (...) {
        out_of_memory();
    }
}

} // namespace coauth::sessions
