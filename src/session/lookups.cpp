#include "session/lookups.hpp"

#include <coauth/coro/as_result.hpp>

#include <boost/asio/post.hpp>

#include <exception>
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

answer no_such_name(const twitter::user_ref& who)
{
    auto outcome = std::make_shared<twitter::lookup>(who, twitter::lookup_outcome::failed);
    outcome->why = error(errc::invalid_argument, who.is_id() ? "an id is 1 to 19 digits without a zero in front"
                                                             : "a user name is 1 to 15 of A-Z, a-z, 0-9 and _");
    return outcome;
}

// An implementation of `login_provider` may throw what it likes.
asio::awaitable<result<twitter::reply<twitter::lookups>>> look_up(std::shared_ptr<const setup> with, batch_ref request)
{
    using reply = twitter::reply<twitter::lookups>;
    try {
        std::vector<twitter::user_ref> names = request->names();
        result<reply> out = co_await as_result(with->provider->look_up(request->who->token, std::move(names)));
        co_return out;
    } catch (const std::exception& e) {
        co_return result<reply>(error(errc::provider_error, std::string("the request failed here: ") + e.what()));
    }
}

} // namespace

// An asker's stay at the desk. Whatever becomes of the coroutine, its questions are taken back.
class lookups::visit {
public:
    visit(lookups& at, person_ref who, std::shared_ptr<asker> from)
        : at_(at), who_(std::move(who)), from_(std::move(from))
    {}
    visit(const visit&) = delete;
    visit& operator=(const visit&) = delete;
    ~visit() { leave(); }

    void leave()
    {
        const std::lock_guard lock(at_.mutex_);
        if (from_->open != 0)
            at_.desk_.leave(who_, from_);
    }

private:
    lookups& at_;
    person_ref who_;
    std::shared_ptr<asker> from_;
};

lookups::lookups(std::shared_ptr<const setup> with, std::shared_ptr<tokens> tokens)
    : with_(std::move(with)), tokens_(std::move(tokens)), strand_(asio::make_strand(with_->executor)),
      desk_(rules_of(*with_), with_->options.clock->steady_now())
{}

void lookups::start()
{
    alarm_ = std::make_unique<alarm>(with_->executor, with_->options.clock, [weak = weak_from_this()] {
        if (const auto self = weak.lock())
            self->kick();
    });
}

asio::awaitable<std::vector<answer>> lookups::ask(
    std::string user_id, std::vector<twitter::user_ref> who, std::optional<std::chrono::milliseconds> max_wait)
{
    const auto self = shared_from_this();
    person_ref person = tokens_->held(user_id);
    if (!person)
        person = co_await tokens_->find(std::move(user_id));
    auto from = std::make_shared<asker>(std::move(who), max_wait.value_or(with_->options.max_wait));
    visit stay(*this, person, from);
    bool waits = false;
    {
        const std::lock_guard lock(mutex_);
        if (closed_)
            throw closed_error();
        const time_point at = now();
        for (std::size_t place = 0; place < from->who.size(); ++place) {
            if (from->who[place].valid())
                desk_.ask(person, from, place, at);
            else
                from->answers[place] = no_such_name(from->who[place]);
        }
        waits = from->open != 0;
    }
    tell_events();
    if (!waits)
        co_return std::move(from->answers);
    kick();
    try {
        co_await from->wake.wait();
    } catch (const boost::system::system_error&) {
        stay.leave();
        kick(); // an alarm may be set for nobody now
        throw error(errc::cancelled);
    }
    if (from->failed)
        throw *from->failed;
    co_return std::move(from->answers);
}

asio::awaitable<void> lookups::sign_out(person_ref who)
{
    const auto self = shared_from_this();
    co_await tokens_->drop(who, std::nullopt);
    lookup_desk::askers done;
    {
        const std::lock_guard lock(mutex_);
        done = desk_.sign_out(who, error(errc::unknown_user, "the person signed out"));
    }
    wake(done);
}

// To the strand, so that what is asked in this turn of the loop shares a request.
void lookups::kick()
{
    {
        const std::lock_guard lock(mutex_);
        if (std::exchange(kicked_, true))
            return;
    }
    asio::post(strand_, [self = shared_from_this()] { self->run(); });
}

void lookups::run()
{
    {
        const std::lock_guard lock(mutex_);
        kicked_ = false;
    }
    for (;;) {
        lookup_desk::step next;
        {
            const std::lock_guard lock(mutex_);
            next = desk_.next(now());
        }
        wake(next.done);
        switch (next.what) {
        case lookup_desk::step::kind::send:
            with_->work->start(fly(std::move(next.request)));
            continue;
        case lookup_desk::step::kind::wait:
            alarm_->set(next.until);
            break;
        case lookup_desk::step::kind::idle:
            alarm_->clear();
            break;
        }
        break;
    }
}

asio::awaitable<void> lookups::fly(batch_ref request)
{
    const auto self = shared_from_this();
    result<twitter::reply<twitter::lookups>> reply = co_await look_up(with_, request);
    co_await land(std::move(request), std::move(reply));
}

asio::awaitable<void> lookups::land(batch_ref request, result<twitter::reply<twitter::lookups>> reply)
{
    lookup_desk::askers done;
    {
        const std::lock_guard lock(mutex_);
        const auto wall = std::chrono::floor<std::chrono::seconds>(with_->options.clock->now());
        done = reply ? desk_.answered(request, *reply, wall, now()) : desk_.failed(request, reply.error(), now());
    }
    // Before anyone is told, so that whoever asks again finds it gone.
    if (!reply && reply.error().reason() == errc::token_revoked) {
        const result<bool> dropped = co_await as_result(tokens_->drop(request->who, errc::token_revoked));
        static_cast<void>(dropped); // a store out of reach: the next answer says "revoked" again
    }
    wake(done);
    kick();
}

void lookups::wake(const lookup_desk::askers& done)
{
    tell_events();
    for (const auto& one : done)
        one->wake.fire();
}

void lookups::tell_events()
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

void lookups::end(lookup_desk::askers (lookup_desk::*how)(const error&))
{
    lookup_desk::askers done;
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        done = (desk_.*how)(closed_error());
        for (const auto& one : done)
            one->failed = closed_error();
    }
    alarm_->clear();
    wake(done);
}

} // namespace coauth::sessions
