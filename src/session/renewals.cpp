// How `tokens` keeps credentials fresh.
#include "session/tokens.hpp"
#include "session/user_classes.hpp"

#include <coauth/coro/as_result.hpp>
#include <coauth/coro/cancel_after.hpp>

#include <algorithm>
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

// The longest wait before a new credential is written once more.
constexpr std::chrono::seconds longest_between_writes(5);

// The latest time at which a try is in progress, and the new credential is written.
constexpr std::chrono::seconds latest_end(28);

// How long the provider is not asked again after a failure: as it says, within these.
constexpr std::chrono::seconds after_failure(30);
constexpr std::chrono::seconds longest_after_failure(3'600);

std::chrono::seconds pause_after(const error& failed)
{
    return std::clamp(failed.retry_after().value_or(after_failure), after_failure, longest_after_failure);
}

// True if the provider may have carried out the renewal all the same: the refresh token may be used up.
bool is_response_lost(const error& failed)
{
    return (failed.reason() == errc::timeout || failed.reason() == errc::connection_lost) && !failed.not_sent();
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
    const auto begun = std::make_shared<renewal>();
    ending_promise<bool> promise([self, number = owner->number, begun](const ending<bool>& end) {
        waiters due;
        {
            const std::lock_guard lock(self->mutex_);
            const auto known = self->renewals_.find(number);
            if (known != self->renewals_.end() && known->second == begun)
                self->renewals_.erase(known);
            begun->end.end(end, due);
        }
        self->setup_->work->notify(std::move(due));
    });
    renewal_ptr joined;
    {
        const auto now = wall();
        const std::lock_guard lock(mutex_);
        // The provider was asked a moment ago, and this session may hold the store's lease still.
        if (owner->renewal_failure && now < owner->renew_again_at)
            throw *owner->renewal_failure;
        joined = renewals_.try_emplace(owner->number, begun).first->second;
    }
    if (joined == begun)
        setup_->work->start(carry_out(self, owner, std::move(promise)));
    const ending<bool> end = co_await wait_for_end(mutex_, joined->end);
    if (end->has_error())
        throw end->error();
}

// Runs on its own: the provider may have replaced the credential, so the new one must be kept even if every caller leaves.
asio::awaitable<void> tokens::carry_out(std::shared_ptr<tokens> self, owner_ptr owner, ending_promise<bool> promise)
{
    try {
        ending<bool> end;
        bool leased = false;
        try {
            leased = co_await self->wait_for_lease(owner);
            if (leased)
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
            {
                const std::lock_guard changing(self->setup_->cached);
                owner->lifetime.renewal_failed(now + pause_after(end->error()));
            }
            // A store that failed before or after the provider was asked is tried again by the next call.
            if (leased && !owner->unsaved)
                self->hold_off(*owner, end->error());
        }
        promise.set(end);
    } catch (const std::bad_alloc&) {
        // The promise reports `cancelled`.
    }
}

// With the lock held.
void tokens::hold_off(token_owner& owner, const error& why) const
{
    owner.renewal_failure = why;
    owner.renew_again_at = wall() + pause_after(why);
}

asio::awaitable<void> tokens::renew_once(owner_ptr owner)
{
    const user_key key = key_of(owner->user_id);
    const auto begun = setup_->options.clock->steady_now();
    std::optional<credential> renewed;
    {
        const std::lock_guard lock(mutex_);
        renewed = owner->unsaved;
    }
    if (!renewed) {
        renewed = co_await renew_at_provider(owner, begun);
        const std::lock_guard lock(mutex_);
        owner->unsaved = renewed;
    }
    const bool kept = co_await save(key, owner, *renewed, begun);
    {
        const std::lock_guard lock(mutex_);
        owner->unsaved.reset();
        forget_version(owner->user_id, owner->version);
    }
    if (!kept) {
        co_await as_result(setup_->provider->revoke(*renewed));
        throw error(errc::unknown_user, "the user signed out");
    }
    setup_->report(session_event(session_event_kind::token_renewed, owner->user_id));
}

// False if another process has renewed it meanwhile. A new credential that waits to be written needs no lease: it replaces the one
// that it was made of, and no other.
asio::awaitable<bool> tokens::wait_for_lease(owner_ptr owner)
{
    {
        const std::lock_guard lock(mutex_);
        if (owner->unsaved)
            co_return true;
    }
    const user_key key = key_of(owner->user_id);
    store::token_store& store = *setup_->options.tokens;
    const auto begun = setup_->options.clock->steady_now();
    for (;;) {
        const bool leased = co_await store.lease(key, owner->version, lease_time);
        if (leased)
            co_return true;
        const std::optional<store::stored_credential> found = co_await store.find(key);
        if (!found)
            throw error(errc::unknown_user, "the user signed out");
        if (found->version != owner->version) {
            const std::lock_guard lock(mutex_);
            forget_version(owner->user_id, owner->version);
            co_return false;
        }
        if (setup_->options.clock->steady_now() - begun > 2 * lease_time) {
            const error late =
                error(errc::timeout, "another process renews the credential, and has not ended").with_not_sent();
            const std::lock_guard lock(mutex_);
            hold_off(*owner, late);
            throw late;
        }
        co_await setup_->options.clock->sleep_for(between_reads);
    }
}

// A new credential that the store does not take may be the only one that is valid. False if the user signed out.
asio::awaitable<bool> tokens::save(user_key key, owner_ptr owner, credential renewed, steady_time begun)
{
    store::token_store& store = *setup_->options.tokens;
    std::chrono::milliseconds wait(0);
    for (;;) {
        auto stored = co_await as_result(store.replace_if(key, owner->version, renewed));
        if (stored && *stored)
            co_return true;
        if (stored) {
            const std::optional<store::stored_credential> found = co_await store.find(key);
            co_return found.has_value(); // who signed in again meanwhile keeps that
        }
        if (!is_transient(stored.error()) || setup_->options.clock->steady_now() - begun > latest_end)
            throw stored.error();
        if (wait.count() > 0)
            co_await setup_->options.clock->sleep_for(wait);
        wait = std::min<std::chrono::milliseconds>(std::max(2 * wait, between_reads), longest_between_writes);
    }
}

// A second lost response is the end: if refresh tokens are good for one use, it is used up, and a reuse may end all of the user's.
asio::awaitable<credential> tokens::renew_at_provider(owner_ptr owner, steady_time begun)
{
    for (;;) {
        const auto elapsed = std::chrono::ceil<std::chrono::milliseconds>(setup_->options.clock->steady_now() - begun);
        const auto time = std::min<std::chrono::milliseconds>(latest_second_try, latest_end - elapsed);
        result<credential> renewed = co_await as_result(cancel_after(time, setup_->provider->renew(owner->held)));
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
