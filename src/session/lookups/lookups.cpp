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

desk_rules rules_of(const setup& with)
{
    const session_options& o = with.options;
    desk_rules r;
    r.largest_lookup = with.provider->largest_lookup();
    r.one_limit = with.provider->one_limit_for_ids_and_names();
    r.max_requests = o.max_requests;
    r.max_cached_answers = o.max_cached_answers;
    r.cache_for = o.cache_for;
    r.cache_missing_for = o.cache_missing_for;
    r.gather_for = o.gather_for;
    r.retry_for = o.retry_for;
    r.price_per_profile_micros = o.price_per_profile_micros;
    r.limits = allowance_rules(o.rate_window, o.reset_jitter);
    r.chance = o.chance;
    r.watched = static_cast<bool>(o.on_event);
    return r;
}

error closed_error()
{
    return error(errc::cancelled, "the session is closed");
}

answer no_such_name(const twitter::user_ref& user)
{
    return failure_of(
        user, error(errc::invalid_argument, user.is_id() ? "an id is 1 to 19 digits without a zero in front"
                                                         : "a user name is 1 to 15 of A-Z, a-z, 0-9 and _"));
}

bool has_found(const asker& caller)
{
    return std::any_of(caller.answers.begin(), caller.answers.end(),
        [](const answer& each) { return each && each->outcome != twitter::lookup_outcome::failed; });
}

} // namespace

// An asker's stay at the desk. However the coroutine ends, its questions are taken back.
class lookups::visit {
public:
    visit(lookups& at, person_ref who, std::shared_ptr<asker> from)
        : at_(at), who_(std::move(who)), from_(std::move(from))
    {}
    visit(const visit&) = delete;
    visit& operator=(const visit&) = delete;
    ~visit() { leave(); }

    void leave() noexcept
    {
        try {
            const std::lock_guard lock(at_.mutex_);
            from_->unlink();
            if (from_->open != 0)
                at_.desk_.leave(who_, from_);
        } catch (...) {
            at_.out_of_memory();
        }
    }

private:
    lookups& at_;
    person_ref who_;
    std::shared_ptr<asker> from_;
};

lookups::lookups(std::shared_ptr<const setup> with, std::shared_ptr<tokens> tokens)
    : with_(std::move(with)), tokens_(std::move(tokens)), strand_(asio::make_strand(with_->executor)),
      rules_(rules_of(*with_)), desk_(rules_, with_->options.clock->steady_now())
{}

void lookups::start()
{
    alarm_ = std::make_unique<alarm>(with_->executor, with_->options.clock, [weak = weak_from_this()] {
        if (const auto self = weak.lock())
            self->kick();
    });
}

asio::awaitable<call_answers> lookups::ask(
    std::string user_id, std::vector<twitter::user_ref> who, std::optional<std::chrono::milliseconds> max_wait)
{
    const auto self = shared_from_this();
    person_ref person = tokens_->held(user_id);
    if (!person)
        person = co_await tokens_->find(std::move(user_id));
    auto from = std::make_shared<asker>(std::move(who), max_wait.value_or(with_->options.max_wait));
    visit stay(*this, person, from);
    const bool waits = enter(person, from);
    tell_events();
    if (!waits) {
        stay.leave();
        if (from->out_of_memory)
            throw std::bad_alloc();
        co_return call_answers(std::move(from->answers), std::move(from->reused));
    }
    kick();
    try {
        co_await from->wake.wait();
    } catch (const boost::system::system_error&) {
        stay.leave();
        kick(); // an alarm may be set for nobody now
        throw error(errc::cancelled);
    }
    stay.leave(); // from here on no other thread writes to it
    if (from->out_of_memory)
        throw std::bad_alloc();
    if (from->failed)
        throw *from->failed;
    co_return call_answers(std::move(from->answers), std::move(from->reused));
}

// Asks for all names; returns whether there is something to wait for.
bool lookups::enter(const person_ref& user, const std::shared_ptr<asker>& caller)
{
    bool begun = false;
    try {
        const std::lock_guard lock(mutex_);
        if (closed_)
            throw closed_error();
        if (user->number < first_number_)
            throw std::bad_alloc(); // memory ran out since it was found
        if (!spare_)
            spare_ = std::make_unique<lookup_desk>(rules_, now());
        begun = true;
        asking_.push_back(*caller);
        const time_point asked = now();
        for (std::size_t place = 0; place < caller->who.size(); ++place) {
            if (caller->who[place].valid())
                desk_.ask(user, caller, place, asked);
            else
                caller->answers[place] = no_such_name(caller->who[place]);
        }
        return caller->open != 0;
    } catch (...) {
        if (begun)
            out_of_memory();
        throw;
    }
}

asio::awaitable<void> lookups::sign_out(person_ref who)
{
    const auto self = shared_from_this();
    co_await tokens_->drop(who, std::nullopt);
    lookup_desk::askers done;
    try {
        const std::lock_guard lock(mutex_);
        if (who->number >= first_number_)
            done = desk_.sign_out(who, error(errc::unknown_user, "the person signed out"));
    } catch (...) {
        out_of_memory();
        throw;
    }
    wake(done);
}

// To the strand, so that what is asked in this turn of the loop shares a request.
void lookups::kick() noexcept
{
    {
        const std::lock_guard lock(mutex_);
        if (std::exchange(kicked_, true))
            return;
    }
    try {
        // Without the lock: others may leave meanwhile, which frees memory.
        retry_allocation([&] { asio::post(strand_, [self = shared_from_this()] { self->run(); }); });
    } catch (...) {
        {
            const std::lock_guard lock(mutex_);
            kicked_ = false;
        }
        out_of_memory(); // ends those, too, that counted on this
    }
}

void lookups::run()
{
    {
        const std::lock_guard lock(mutex_);
        kicked_ = false;
    }
    try {
        wake_unfired();
        while (step()) {}
    } catch (...) {
        out_of_memory();
    }
}

// Does what the desk says; returns whether there is more to do at once.
bool lookups::step()
{
    lookup_desk::step next;
    {
        const std::lock_guard lock(mutex_);
        next = desk_.next(now());
    }
    wake(next.done);
    switch (next.what) {
    case lookup_desk::step::kind::send:
        send(std::move(next.request));
        return true;
    case lookup_desk::step::kind::wait:
        alarm_->set(next.until);
        break;
    case lookup_desk::step::kind::idle:
        alarm_->clear();
        break;
    }
    return false;
}

// For an exception in the middle of a step, after which the desk may be in any state: everything that is asked ends,
// with its answers where they are whole, and with `std::bad_alloc` else; and the spare desk takes over. Needs no memory.
void lookups::out_of_memory() noexcept
{
    decltype(asking_) ended;
    {
        const std::lock_guard lock(mutex_);
        ended.splice(ended.end(), asking_);
        for (asker& caller : ended) {
            if (!caller.is_complete())
                caller.out_of_memory = true;
            caller.open = 0;
        }
        first_number_ = tokens_->forget_all();
        if (spare_)
            desk_.restart(std::move(*std::exchange(spare_, nullptr)));
    }
    for (;;) {
        std::shared_ptr<asker> caller;
        {
            const std::lock_guard lock(mutex_);
            if (ended.empty())
                break;
            caller = ended.front().shared_from_this();
        }
        const bool fired = fire_if_possible(caller->wake);
        const std::lock_guard lock(mutex_);
        if (fired) {
            caller->unlink();
            continue;
        }
        unfired_ = true;
        asking_.splice(asking_.end(), ended);
        break;
    }
}

void lookups::wake(const lookup_desk::askers& done) noexcept
{
    tell_events();
    for (const auto& caller : done)
        if (!fire_if_possible(caller->wake)) {
            // Nor is there memory for the others.
            const std::lock_guard lock(mutex_);
            unfired_ = true;
            return;
        }
}

// Those that there was no memory to notify before.
void lookups::wake_unfired()
{
    lookup_desk::askers complete;
    {
        const std::lock_guard lock(mutex_);
        if (!unfired_)
            return;
        for (asker& caller : asking_)
            if (caller.is_complete())
                complete.push_back(caller.shared_from_this());
        unfired_ = false;
    }
    wake(complete);
}

void lookups::tell_events() noexcept
{
    if (!with_->options.on_event)
        return;
    std::vector<session_event> happened;
    {
        const std::lock_guard lock(mutex_);
        happened = desk_.take_events();
    }
    for (const session_event& one : happened)
        with_->tell(one);
}

session_stats::lookup_counts lookups::counts() const
{
    const std::lock_guard lock(mutex_);
    return desk_.counts();
}

void lookups::close()
{
    end(&lookup_desk::close);
}

void lookups::abort()
{
    end(&lookup_desk::abort);
}

void lookups::end(lookup_desk::askers (lookup_desk::*how)(const error&)) noexcept
{
    try {
        {
            const std::lock_guard lock(mutex_);
            closed_ = true;
        }
        lookup_desk::askers done;
        const error closed = closed_error();
        {
            const std::lock_guard lock(mutex_);
            done = (desk_.*how)(closed);
            // What was found is paid for.
            for (const auto& caller : done)
                if (how == &lookup_desk::abort || !has_found(*caller))
                    caller->failed = closed;
        }
        wake(done);
        alarm_->clear();
    } catch (...) {
        out_of_memory();
    }
}

} // namespace coauth::sessions
