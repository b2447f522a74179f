// The requests of `lookups`.
#include "session/lookups/lookups.hpp"
#include "session/user_classes.hpp"

#include <new>
#include <utility>
#include <vector>

namespace coauth::sessions {

namespace asio = boost::asio;

namespace {

using lookups_reply = coauth::reply<coauth::lookups>;

asio::awaitable<result<lookups_reply>> send_lookup(batch_ptr request)
{
    try {
        std::vector<coauth::user_ref> users = request->users();
        lookups_reply reply = co_await request->owner->access->look_up(std::move(users));
        co_return result<lookups_reply>(std::move(reply));
    } catch (const std::bad_alloc&) {
        throw; // of this program: no response
    } catch (...) {
        co_return result<lookups_reply>(error_to_hand_on());
    }
}

} // namespace

// A batch in flight. It ends once: with its response, or, if memory is exhausted, without one.
class lookups::batch_in_flight {
public:
    batch_in_flight(std::shared_ptr<lookups> owner, batch_ptr request)
        : lookups_(std::move(owner)), request_(std::move(request))
    {}
    batch_in_flight(batch_in_flight&&) noexcept = default;
    batch_in_flight& operator=(batch_in_flight&&) = delete;
    ~batch_in_flight()
    {
        if (!lookups_)
            return;
        if (request_)
            drop();
        lookups_->notify(done_);
        lookups_->resume_turns(lookups_->now(), true);
        lookups_->schedule_run();
    }

    const batch_ptr& request() const noexcept { return request_; }
    lookups& owner() const noexcept { return *lookups_; }

    /// The calls that are complete then are notified when this is destroyed.
    void complete(result<lookups_reply>& reply) noexcept
    {
        const batch_ptr ended = std::exchange(request_, nullptr);
        try {
            report(ended, reply);
        } catch (...) {
            lookups_->out_of_memory();
        }
    }

private:
    void report(const batch_ptr& ended, result<lookups_reply>& reply)
    {
        const std::lock_guard lock(lookups_->mutex_);
        const auto wall = std::chrono::floor<std::chrono::seconds>(lookups_->setup_->options.clock->now());
        const std::lock_guard changing(lookups_->setup_->cached);
        done_ = reply ? lookups_->batcher_.succeeded(ended, *std::move(reply), wall, lookups_->now())
                      : lookups_->batcher_.failed(ended, reply.error(), lookups_->now());
    }

    void drop() noexcept
    {
        const batch_ptr dropped = std::exchange(request_, nullptr);
        try {
            const std::lock_guard lock(lookups_->mutex_);
            done_ = lookups_->batcher_.dropped(dropped);
        } catch (...) {
            lookups_->out_of_memory();
        }
    }

    std::shared_ptr<lookups> lookups_; // empty: moved from
    batch_ptr request_;                // empty: ended
    lookup_batcher::call_list done_;
};

void lookups::send(batch_ptr request)
{
    batch_in_flight batch(shared_from_this(), std::move(request));
    try {
        setup_->work->start(run_batch(std::move(batch)));
    } catch (const std::bad_alloc&) {
        // Its destructor has dropped the batch.
    }
}

asio::awaitable<void> lookups::run_batch(batch_in_flight batch)
{
    try {
        const auto tokens = batch.owner().tokens_;
        const owner_ptr owner = batch.request()->owner;
        result<lookups_reply> reply = co_await send_lookup(batch.request());
        batch.complete(reply);
        // Before any call is notified, so that a later call does not find the token.
        if (!reply && reply.error().reason() == errc::token_revoked && !owner->held.renewable())
            co_await tokens->drop(owner, errc::token_revoked);
    } catch (...) {
        // The batch is dropped; or the store is unavailable, and the next response reports the revoked token again.
    }
}

} // namespace coauth::sessions
