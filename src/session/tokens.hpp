// The users' credentials: the store, and those held in memory.
#pragma once

#include "session/lookups/token_owner.hpp"
#include "session/setup.hpp"
#include "session/shared_end.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <unordered_map>

namespace coauth::sessions {

/// Hold it in a `shared_ptr`; operations in progress keep it.
///
/// Thread safety: safe.
class tokens : public std::enable_shared_from_this<tokens> {
public:
    explicit tokens(std::shared_ptr<const session_setup> setup) : setup_(std::move(setup)) {}

    /// The user with this id, from memory or from the store, with a credential that has not expired: one that is about to
    /// is renewed. Throws `unknown_user`; `login_required` if it has expired and can't be renewed; `token_revoked`, and
    /// has forgotten it then, if the provider does not renew it; what else renewing an expired one fails with.
    boost::asio::awaitable<owner_ptr> find(std::string user_id);

    /// The same, with a credential that may have expired. Throws `unknown_user`.
    boost::asio::awaitable<owner_ptr> find_any(std::string user_id);

    /// Null if it is not in memory, or must be renewed.
    owner_ptr held(const std::string& user_id) const;

    /// The same for a caller that has locked `session_setup::cached`, which the result needs.
    const owner_ptr* held_now(const std::string& user_id) const;

    /// Renews a credential that the provider refused. The next `find` gives the new one. Throws as `find`.
    boost::asio::awaitable<void> renew(owner_ptr owner);

    boost::asio::awaitable<void> put(std::string user_id, credential held);

    /// The same for what a login brought, with what the provider carries over from the user's credential in the store. If
    /// the store fails and has not got it, the provider ends it.
    boost::asio::awaitable<void> put_of_login(std::string user_id, credential received);

    /// Forgets this credential, in memory and in the store; one that was put meanwhile stays. `why`: the provider's
    /// refusal, if it was one. Returns whether the store still had it.
    boost::asio::awaitable<bool> drop(owner_ptr owner, std::optional<errc> why);

    /// Observes a user's credential while it lives.
    class reading;

    /// Forgets the credentials in memory. Owners found from now on have this number, or a higher one.
    std::uint64_t forget_all() noexcept;

private:
    using order = std::list<owner_ptr>;
    class putting;
    struct renewal;
    using renewal_ptr = std::shared_ptr<renewal>;

    static boost::asio::awaitable<void> carry_out(
        std::shared_ptr<tokens> self, owner_ptr owner, ending_promise<bool> promise);
    using steady_time = std::chrono::steady_clock::time_point;

    boost::asio::awaitable<void> renew_once(owner_ptr owner);
    boost::asio::awaitable<bool> wait_for_lease(owner_ptr owner);
    boost::asio::awaitable<bool> save(user_key key, owner_ptr owner, credential renewed, steady_time begun);
    boost::asio::awaitable<credential> renew_at_provider(owner_ptr owner, steady_time begun);
    void hold_off(token_owner& owner, const error& why) const;
    void forget_version(const std::string& user_id, std::uint64_t version);
    std::chrono::sys_seconds wall() const;

    user_key key_of(std::string user_id) const;
    owner_ptr hold(std::string user_id, store::stored_credential found, opened_account opened, double chance);
    boost::asio::awaitable<void> put_combined(user_key key, credential received);
    boost::asio::awaitable<bool> may_have(user_key key, secret text) const;
    void stored(std::string user_id);
    void forget(const std::string& user_id);
    void make_room(order& removed);
    void make_stale(const std::string& user_id);
    void note_put(const std::string& user_id);

    const std::shared_ptr<const session_setup> setup_;
    std::mutex mutex_;
    order used_; ///< The one in memory for the shortest time first, as far as it was not used since.
    std::unordered_map<std::string, order::iterator> held_;
    std::unordered_multimap<std::string, reading*> readings_; ///< By user id, in progress.
    std::multiset<std::string> puts_;                         ///< By user id, in progress.
    std::unordered_map<std::uint64_t, renewal_ptr> renewals_; ///< In progress, by the owner's number.
    std::uint64_t last_number_ = 0;
};

// One put or removed meanwhile makes what was read from the store stale.
class tokens::reading {
public:
    reading(tokens& owner, const std::string& user_id) : owner_(owner)
    {
        const std::lock_guard lock(owner_.mutex_);
        place_ = owner_.readings_.emplace(user_id, this);
        put_ = owner_.puts_.contains(user_id);
    }
    ~reading()
    {
        const std::lock_guard lock(owner_.mutex_);
        owner_.readings_.erase(place_);
    }
    reading(const reading&) = delete;
    reading& operator=(const reading&) = delete;

    /// True if a login's credential was put, or is being put.
    bool saw_put() const
    {
        const std::lock_guard lock(owner_.mutex_);
        return put_;
    }

private:
    friend tokens;

    tokens& owner_;
    std::unordered_multimap<std::string, reading*>::iterator place_;
    bool stale_ = false; // guarded by the tokens' mutex, as the next
    bool put_ = false;
};

} // namespace coauth::sessions
