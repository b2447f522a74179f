// The requests of `lookups`.
#include "session/lookups/lookups.hpp"
#include "session/user_classes.hpp"

#include <new>
#include <utility>
#include <vector>

namespace coauth::sessions {

namespace asio = boost::asio;

namespace {

using lookups_reply = twitter::reply<twitter::lookups>;

asio::awaitable<result<lookups_reply>> look_up(std::shared_ptr<const setup> with, batch_ref request)
{
    try {
        std::vector<twitter::user_ref> names = request->names();
        lookups_reply reply = co_await with->provider->look_up(request->who->token, std::move(names));
        co_return result<lookups_reply>(std::move(reply));
    } catch (const std::bad_alloc&) {
        throw; // this program's: no response
    } catch (...) {
        co_return result<lookups_reply>(error_to_hand_on());
    }
}

} // namespace

// A batch on the wire. It lands once: with its response, or, where there is no memory for it, with nothing.
class lookups::flight {
public:
    flight(std::shared_ptr<lookups> at, batch_ref request) : at_(std::move(at)), request_(std::move(request)) {}
    flight(flight&&) noexcept = default;
    flight& operator=(flight&&) = delete;
    ~flight()
    {
        if (!at_)
            return;
        if (request_)
            drop();
        at_->wake(done_);
        at_->kick();
    }

    const batch_ref& request() const noexcept { return request_; }
    lookups& at() const noexcept { return *at_; }

    /// Those that have all answers are notified when the flight is destroyed.
    void land(const result<lookups_reply>& reply) noexcept
    {
        const batch_ref landed = std::exchange(request_, nullptr);
        try {
            tell_desk(landed, reply);
        } catch (...) {
            at_->out_of_memory();
        }
    }

private:
    void tell_desk(const batch_ref& landed, const result<lookups_reply>& reply)
    {
        const std::lock_guard lock(at_->mutex_);
        const auto wall = std::chrono::floor<std::chrono::seconds>(at_->with_->options.clock->now());
        done_ = reply ? at_->desk_.answered(landed, *reply, wall, at_->now())
                      : at_->desk_.failed(landed, reply.error(), at_->now());
    }

    void drop() noexcept
    {
        const batch_ref dropped = std::exchange(request_, nullptr);
        try {
            const std::lock_guard lock(at_->mutex_);
            done_ = at_->desk_.dropped(dropped);
        } catch (...) {
            at_->out_of_memory();
        }
    }

    std::shared_ptr<lookups> at_; // empty: moved away
    batch_ref request_;           // empty: landed
    lookup_desk::askers done_;
};

void lookups::send(batch_ref request)
{
    flight begun(shared_from_this(), std::move(request));
    try {
        with_->work->start(fly(std::move(begun)));
    } catch (const std::bad_alloc&) {
        // The flight has been dropped.
    }
}

asio::awaitable<void> lookups::fly(flight request)
{
    try {
        const auto with = request.at().with_;
        const auto tokens = request.at().tokens_;
        const person_ref user = request.request()->who;
        const result<lookups_reply> reply = co_await look_up(with, request.request());
        request.land(reply);
        // Before any caller is notified, so that one that asks again finds the token gone.
        if (!reply && reply.error().reason() == errc::token_revoked)
            co_await tokens->drop(user, errc::token_revoked);
    } catch (...) {
        // The flight is dropped; or the store is out of reach, and the next response says "revoked" again.
    }
}

} // namespace coauth::sessions
