#include "session/tokens.hpp"

#include <coauth/coro/as_result.hpp>

#include <atomic>
#include <iterator>
#include <utility>

namespace coauth::sessions {

namespace asio = boost::asio;

namespace {

// Read first: a line that every reader writes to would go from processor to processor.
void note_use(token_owner& owner)
{
    if (!owner.used.load(std::memory_order_relaxed))
        owner.used.store(true, std::memory_order_relaxed);
}

// One that ends and can't be renewed: an earlier login may have brought what it lacks.
bool may_lack_parts(const credential& received)
{
    return received.expires_at() && !received.renewable();
}

// What a user's class throws must not cost the login.
credential carried_over(const login_provider& provider, const credential& received, const credential& kept)
{
    try {
        return provider.carry_over(received, kept);
    } catch (const error&) {
        return received;
    }
}

} // namespace

owner_ptr tokens::held(const std::string& user_id) const
{
    const cache_lock::reading lock(setup_->cached);
    const owner_ptr* const owner = held_now(user_id);
    return owner ? *owner : nullptr;
}

const owner_ptr* tokens::held_now(const std::string& user_id) const
{
    const auto found = held_.find(user_id);
    if (found == held_.end())
        return nullptr;
    const owner_ptr& owner = *found->second;
    note_use(*owner);
    return owner->held.expires_at() && !owner->lifetime.is_fresh(wall()) ? nullptr : &owner;
}

// With the lock held.
void tokens::forget(const std::string& user_id)
{
    make_stale(user_id);
    if (const auto found = held_.find(user_id); found != held_.end()) {
        order removed; // destroyed after the lock: an account may be a user's class
        const std::lock_guard changing(setup_->cached);
        removed.splice(removed.begin(), used_, found->second);
        held_.erase(found);
    }
}

// With the lock held.
void tokens::make_stale(const std::string& user_id)
{
    const auto [first, last] = readings_.equal_range(user_id);
    for (auto entry = first; entry != last; ++entry)
        entry->second->stale_ = true;
}

// With the lock held.
void tokens::note_put(const std::string& user_id)
{
    const auto [first, last] = readings_.equal_range(user_id);
    for (auto entry = first; entry != last; ++entry)
        entry->second->put_ = true;
}

user_key tokens::key_of(std::string user_id) const
{
    return user_key(std::string(setup_->provider->name()), std::move(user_id));
}

// With the lock held. Another call may have read the credential first.
owner_ptr tokens::hold(std::string user_id, store::stored_credential found, opened_account opened, double chance)
{
    if (const auto known = held_.find(user_id); known != held_.end())
        return *known->second;
    auto made = std::make_shared<token_owner>(
        user_id, std::move(found), std::move(opened), ++last_number_, setup_->options.reset_jitter, chance);
    order removed; // destroyed after the lock
    const std::lock_guard changing(setup_->cached);
    if (used_.size() >= setup_->options.max_cached_tokens)
        make_room(removed);
    used_.push_front(std::move(made));
    try {
        held_.emplace(std::move(user_id), used_.begin());
    } catch (...) {
        used_.pop_front();
        throw;
    }
    return used_.front();
}

// With both locks held. Each that was used goes before the newest, once.
void tokens::make_room(order& removed)
{
    while (used_.back()->used.exchange(false, std::memory_order_relaxed))
        used_.splice(used_.begin(), used_, std::prev(used_.end()));
    held_.erase(used_.back()->user_id);
    removed.splice(removed.begin(), used_, std::prev(used_.end()));
}

std::uint64_t tokens::forget_all() noexcept
{
    order removed; // destroyed after the locks
    const std::lock_guard lock(mutex_);
    const std::lock_guard changing(setup_->cached);
    held_.clear();
    removed.swap(used_);
    return last_number_ + 1;
}

asio::awaitable<owner_ptr> tokens::find_any(std::string user_id)
{
    const auto self = shared_from_this();
    for (;;) {
        {
            const std::lock_guard lock(mutex_);
            if (const auto known = held_.find(user_id); known != held_.end()) {
                note_use(**known->second);
                co_return *known->second;
            }
        }
        reading current(*this, user_id);
        std::optional<store::stored_credential> found = co_await setup_->options.tokens->find(key_of(user_id));
        std::optional<opened_account> opened;
        double chance = 0;
        if (found) {
            opened.emplace(setup_->provider->open(found->held));
            if (found->held.renewable())
                chance = setup_->options.chance();
        }
        const std::lock_guard lock(mutex_);
        if (current.stale_)
            continue; // this user's credential was put or removed meanwhile
        if (!found)
            throw error(errc::unknown_user).with_hint("let the user sign in, or pass the credential to add_user");
        co_return hold(user_id, *std::move(found), *std::move(opened), chance);
    }
}

// A credential that a login brings, on its way to the store: who reads one meanwhile may get either.
class tokens::putting {
public:
    putting(tokens& owner, const std::string& user_id) : owner_(owner)
    {
        const std::lock_guard lock(owner_.mutex_);
        place_ = owner_.puts_.insert(user_id);
        owner_.note_put(user_id);
    }
    ~putting()
    {
        const std::lock_guard lock(owner_.mutex_);
        owner_.puts_.erase(place_);
    }
    putting(const putting&) = delete;
    putting& operator=(const putting&) = delete;

private:
    tokens& owner_;
    std::multiset<std::string>::iterator place_;
};

asio::awaitable<void> tokens::put(std::string user_id, credential held)
{
    const auto self = shared_from_this();
    const putting in_progress(*this, user_id);
    co_await setup_->options.tokens->put(key_of(user_id), std::move(held));
    stored(std::move(user_id));
}

asio::awaitable<void> tokens::put_of_login(std::string user_id, credential received)
{
    const auto self = shared_from_this();
    const putting in_progress(*this, user_id);
    std::optional<error> failed;
    try {
        if (may_lack_parts(received))
            co_await put_combined(key_of(user_id), received);
        else
            co_await setup_->options.tokens->put(key_of(user_id), received);
    } catch (const boost::system::system_error&) {
        failed = error_from_current_exception();
    }
    if (!failed) {
        stored(std::move(user_id));
        co_return;
    }
    bool kept = false;
    if (!failed->not_sent())
        kept = co_await may_have(key_of(user_id), received.text());
    {
        const std::lock_guard lock(mutex_);
        forget(user_id);
    }
    if (!kept)
        co_await as_result(setup_->provider->discard(std::move(received)));
    throw *failed;
}

// With what the provider carries over from the one in the store, as long as that is still the same.
asio::awaitable<void> tokens::put_combined(user_key key, credential received)
{
    constexpr int most_tries = 3;
    store::token_store& store = *setup_->options.tokens;
    for (int tries = 0; tries < most_tries; ++tries) {
        // A record that can't be read must not cost the login.
        const auto kept = co_await as_result(store.find(key));
        if (!kept || !*kept)
            break;
        const credential combined = carried_over(*setup_->provider, received, (**kept).held);
        if (!combined.renewable())
            break;
        const std::optional<std::uint64_t> replaced = co_await store.replace_if(key, (**kept).version, combined);
        if (replaced)
            co_return;
    }
    co_await store.put(key, received);
}

// After a put that failed.
asio::awaitable<bool> tokens::may_have(user_key key, secret text) const
{
    const auto found = co_await as_result(setup_->options.tokens->find(std::move(key)));
    co_return !found || (*found && equal_in_constant_time((**found).held.text().reveal(), text.reveal()));
}

void tokens::stored(std::string user_id)
{
    {
        // Read again at the next use: of two that were put at once the store has the later.
        const std::lock_guard lock(mutex_);
        note_put(user_id);
        forget(user_id);
    }
    setup_->report(session_event(session_event_kind::token_added, std::move(user_id)));
}

// With the lock held.
void tokens::forget_version(const std::string& user_id, std::uint64_t version)
{
    const auto found = held_.find(user_id);
    if (found != held_.end() && (*found->second)->version == version)
        forget(user_id);
    else
        make_stale(user_id);
}

asio::awaitable<bool> tokens::drop(owner_ptr owner, std::optional<errc> why)
{
    const auto self = shared_from_this();
    {
        const std::lock_guard lock(mutex_);
        const auto found = held_.find(owner->user_id);
        if (found != held_.end() && *found->second == owner)
            forget(owner->user_id);
        else
            make_stale(owner->user_id);
    }
    const bool removed = co_await setup_->options.tokens->remove(key_of(owner->user_id), owner->version);
    {
        // Another call may have read it again before it was removed.
        const std::lock_guard lock(mutex_);
        forget_version(owner->user_id, owner->version);
    }
    if (removed) {
        session_event event(session_event_kind::token_removed, owner->user_id);
        event.why = why;
        setup_->report(event);
    }
    co_return removed;
}

} // namespace coauth::sessions
