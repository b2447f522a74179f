// The users' credentials: the store, and those held in memory.
#pragma once

#include "session/lookups/token_owner.hpp"
#include "session/setup.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

namespace coauth::sessions {

/// Hold it in a `shared_ptr`; operations in progress keep it.
///
/// Thread safety: safe.
class tokens : public std::enable_shared_from_this<tokens> {
public:
    explicit tokens(std::shared_ptr<const session_setup> setup) : setup_(std::move(setup)) {}

    /// The user with this id, from memory or from the store. Throws `errc::unknown_user`.
    boost::asio::awaitable<owner_ptr> find(std::string user_id);

    /// Null if it is not in memory.
    owner_ptr held(const std::string& user_id);

    boost::asio::awaitable<void> put(std::string user_id, credential held);

    /// Forgets this credential, in memory and in the store; one that was put meanwhile stays. `why`: the provider's
    /// refusal, if it was one. Returns whether the store still had it.
    boost::asio::awaitable<bool> drop(owner_ptr owner, std::optional<errc> why);

    /// Forgets the credentials in memory. Owners found from now on have this number, or a higher one.
    std::uint64_t forget_all() noexcept;

private:
    using order = std::list<owner_ptr>;
    class reading;

    user_key key_of(std::string user_id) const;
    owner_ptr hold(std::string user_id, store::stored_credential found, opened_account opened);
    void forget(const std::string& user_id);
    void make_stale(const std::string& user_id);

    const std::shared_ptr<const session_setup> setup_;
    std::mutex mutex_;
    order used_; ///< The most recently used first.
    std::unordered_map<std::string, order::iterator> held_;
    std::unordered_multimap<std::string, reading*> readings_; ///< By user id, in progress.
    std::uint64_t last_number_ = 0;
};

} // namespace coauth::sessions
