// How `tokens` keeps credentials fresh.
#include "session/tokens.hpp"
#include "session/user_classes.hpp"

#include <coauth/coro/as_result.hpp>

#include <new>
#include <utility>

namespace coauth::sessions {

namespace asio = boost::asio;

namespace {

// Longer than a renewal takes: whoever holds the lease has ended, in any case, when it is over.
constexpr std::chrono::seconds lease_time(30);

// A lost response is followed by a second try at once, if that has the time to end before the lease does.
constexpr std::chrono::seconds latest_second_try(14);

// How often a credential that another process renews is read again.
constexpr std::chrono::milliseconds between_reads(200);

// True if the provider may have carried out the renewal all the same: the refresh token may be used up.
bool is_response_lost(const error& failed)
{
    return failed.reason() == errc::timeout || failed.reason() == errc::connection_lost;
}

} // namespace

// A renewal in progress, for all calls that need the credential.
struct tokens::renewal {
    renewal() = default;

    shared_end<bool> end; ///< Guarded by the tokens' mutex.
};

std::chrono::sys_seconds tokens::wall() const
{
    return std::chrono::floor<std::chrono::seconds>(setup_->options.clock->now());
}

asio::awaitable<owner_ptr> tokens::find(std::string user_id)
{
    const auto self = shared_from_this();
    for (bool renewed = false;;) {
        owner_ptr owner = co_await find_any(user_id);
        // What a provider has just issued is used, although it seems to have expired: one of the clocks may be wrong.
        if (renewed)
            co_return owner;
        bool fresh = false;
        bool expired = false;
        {
            const auto now = wall();
            const std::lock_guard lock(mutex_);
            fresh = owner->lifetime.is_fresh(now);
            expired = owner->lifetime.has_expired(now);
        }
        if (fresh)
            co_return owner;
        if (!owner->held.renewable())
            throw error(errc::login_required).with_hint("let the user sign in again");
        std::optional<error> failed;
        try {
            co_await renew(owner);
        } catch (const error& e) {
            failed = e;
        }
        if (!failed) {
            renewed = true;
            continue;
        }
        // One that lasts a little longer is used as long as it does.
        if (expired || failed->reason() == errc::token_revoked || failed->reason() == errc::unknown_user ||
            failed->reason() == errc::cancelled)
            throw *failed;
        co_return owner;
    }
}

asio::awaitable<void> tokens::renew(owner_ptr owner)
{
    const auto self = shared_from_this();
    renewal_ptr joined;
    bool starts = false;
    {
        const std::lock_guard lock(mutex_);
        renewal_ptr& known = renewals_[owner->number];
        starts = !known;
        if (starts)
            known = std::make_shared<renewal>();
        joined = known;
    }
    if (starts)
        start(owner, joined);
    const ending<bool> end = co_await wait_for_end(mutex_, joined->end);
    if (end->has_error())
        throw end->error();
}

void tokens::start(const owner_ptr& owner, const renewal_ptr& started)
{
    const auto complete = [self = shared_from_this(), number = owner->number, started](const ending<bool>& end) {
        waiters due;
        {
            const std::lock_guard lock(self->mutex_);
            self->renewals_.erase(number);
            started->end.end(end, due);
        }
        self->setup_->work->notify(std::move(due));
    };
    ending_promise<bool> promise(complete);
    setup_->work->start(carry_out(shared_from_this(), owner, std::move(promise)));
}

// Runs on its own: the provider may have replaced the credential, so the new one must be kept even if every caller leaves.
asio::awaitable<void> tokens::carry_out(std::shared_ptr<tokens> self, owner_ptr owner, ending_promise<bool> promise)
{
    try {
        ending<bool> end;
        try {
            co_await self->renew_once(owner);
            end = ended_with(true);
        } catch (...) {
            end = failed_with<bool>(error_to_hand_on());
        }
        const bool revoked = end->has_error() && end->error().reason() == errc::token_revoked;
        if (revoked)
            co_await as_result(self->drop(owner, errc::token_revoked));
        if (end->has_error()) {
            const auto now = self->wall();
            const std::lock_guard lock(self->mutex_);
            owner->lifetime.renewal_failed(now);
        }
        promise.set(end);
    } catch (const std::bad_alloc&) {
        // The promise reports `cancelled`.
    }
}

asio::awaitable<void> tokens::renew_once(owner_ptr owner)
{
    const user_key key = key_of(owner->user_id);
    store::token_store& store = *setup_->options.tokens;
    for (;;) {
        const bool leased = co_await store.lease(key, owner->version, lease_time);
        if (leased)
            break;
        const std::optional<store::stored_credential> found = co_await store.find(key);
        if (!found)
            throw error(errc::unknown_user, "the user signed out");
        if (found->version != owner->version) {
            // Another process was first.
            const std::lock_guard lock(mutex_);
            forget_version(owner->user_id, owner->version);
            co_return;
        }
        co_await setup_->options.clock->sleep_for(between_reads);
    }
    credential renewed = co_await renew_at_provider(owner);
    co_await store.replace_if(key, owner->version, std::move(renewed));
    {
        const std::lock_guard lock(mutex_);
        forget_version(owner->user_id, owner->version);
    }
    setup_->report(session_event(session_event_kind::token_renewed, owner->user_id));
}

// A second lost response is the end: if refresh tokens are good for one use, it is used up, and a reuse may end all of the user's.
asio::awaitable<credential> tokens::renew_at_provider(owner_ptr owner)
{
    const auto begun = setup_->options.clock->steady_now();
    for (;;) {
        result<credential> renewed = co_await as_result(setup_->provider->renew(owner->held));
        if (renewed)
            co_return std::move(*renewed);
        const error& failed = renewed.error();
        if (!is_response_lost(failed))
            throw failed;
        bool was_lost = false;
        {
            const std::lock_guard lock(mutex_);
            was_lost = std::exchange(owner->renewal_was_lost, true);
        }
        if (was_lost)
            throw error(errc::token_revoked, "the response to the renewal of the credential was lost twice")
                .with_hint("let the user sign in again");
        if (setup_->options.clock->steady_now() - begun > latest_second_try)
            throw failed;
    }
}

} // namespace coauth::sessions
