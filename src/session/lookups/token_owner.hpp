// The owner of a credential, and the lookups made with it.
#pragma once

#include "session/credential_lifetime.hpp"
#include "session/lookups/allowance.hpp"
#include "session/lookups/lookup_call.hpp"

#include <coauth/identity/account.hpp>
#include <coauth/store/token_store.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

namespace coauth::sessions {

struct lookup_queue;
struct token_owner;
using queue_ptr = std::shared_ptr<lookup_queue>; // refers into its token_owner, and keeps that alive

/// Questions that wait to be sent, and the counts of their requests.
struct waiting_list {
    waiting_list() = default;

    std::list<question> questions;
    std::size_t largest = std::numeric_limits<std::size_t>::max(); ///< Most names in the next request.
    int failures = 0; ///< In a row; requests sent before the latest of them do not count.
    std::chrono::steady_clock::time_point failed_at{};
    std::chrono::steady_clock::time_point not_before{}; ///< After a failure.
    std::uint64_t succeeded = 0;                        ///< Requests with a result, in total.
    std::uint64_t failed = 0;

    void recover()
    {
        largest = std::numeric_limits<std::size_t>::max();
        failures = 0;
        failed_at = {};
        not_before = {};
    }
};

/// The questions of one owner for one endpoint. Belongs to the batcher.
struct lookup_queue {
    using time_point = std::chrono::steady_clock::time_point;

    lookup_queue(token_owner* owner, std::shared_ptr<allowance> limits) : owner(owner), limits(std::move(limits)) {}

    token_owner* const owner;
    std::shared_ptr<allowance> limits;
    waiting_list fresh;                                                  ///< Not failed yet, the oldest first.
    waiting_list repeated;                                               ///< Failed, the latest failure last.
    bool repeated_went_last = false;                                     ///< The two alternate.
    std::unordered_map<std::string, std::list<question>::iterator> open; ///< Waiting and sent, by key.

    std::optional<time_point> failing_since; ///< Without a success since.
    std::uint64_t failures = 0;              ///< Since then.
    std::optional<error> why;                ///< The latest failure.
    time_point available_since{};            ///< When its latest wait for a rate limit ended.

    std::uint64_t succeeded() const { return fresh.succeeded + repeated.succeeded; }
    bool has_waiting() const { return !fresh.questions.empty() || !repeated.questions.empty(); }
    waiting_list& list_of(const question& pending) { return pending.failed.count == 0 ? fresh : repeated; }

    /// The batcher's list that it is in.
    enum class schedule { none, ready, delayed, held };
    schedule scheduled = schedule::none;
    std::multimap<time_point, queue_ptr>::iterator delay_entry; ///< If delayed.
    std::optional<time_point> limited_since;                    ///< If delayed for a rate limit.
};

/// What a provider makes of a credential.
struct opened_account {
    explicit opened_account(std::shared_ptr<account> opened) : access(std::move(opened)), directory(access->directory())
    {}

    std::shared_ptr<account> access;
    const lookup_rules* directory; ///< Null: this provider looks nobody up.
};

/// A user's credential, and the lookups made with it. The members before the queues never change; the rest belongs
/// to the batcher.
struct token_owner {
    /// `number` identifies this user with this credential within one session.
    token_owner(std::string user_id, store::stored_credential stored, opened_account opened, std::uint64_t number,
        std::chrono::milliseconds reset_jitter, double chance)
        : user_id(std::move(user_id)), held(std::move(stored.held)), version(stored.version), number(number),
          access(std::move(opened.access)), directory(opened.directory), lifetime(held, chance),
          by_id(this, std::make_shared<allowance>(rules(reset_jitter))),
          by_name(this, has_one_limit() ? by_id.limits : std::make_shared<allowance>(rules(reset_jitter)))
    {}

    token_owner(const token_owner&) = delete; // its queues point to it
    token_owner& operator=(const token_owner&) = delete;

    bool has_one_limit() const { return directory && directory->one_limit; }

    const std::string user_id;
    const credential held;
    const std::uint64_t version;
    const std::uint64_t number;
    const std::shared_ptr<account> access;
    const lookup_rules* const directory; ///< Null: this provider looks nobody up.
    credential_lifetime lifetime;        ///< Guarded by `tokens`, and as what is in memory.
    std::atomic<bool> used{false};       ///< Since it was read, or passed over when another was removed from memory.
    // Guarded by `tokens`.
    bool renewal_was_lost = false;             ///< A renewal of it got no response.
    std::optional<credential> unsaved;         ///< The new credential, which the store did not take.
    std::optional<error> renewal_failure;      ///< Of the provider, or of another process that had the lease.
    std::chrono::sys_seconds renew_again_at{}; ///< After that failure.

    lookup_queue by_id;
    lookup_queue by_name;
    std::map<std::string, allowance> call_limits; ///< Of calls other than lookups, by the name of their rate window.
    bool gone = false; ///< Signed out, or the credential was refused: results that still arrive are not cached.

    allowance_rules rules(std::chrono::milliseconds reset_jitter) const
    {
        constexpr std::chrono::hours longest_usual(1); // GitHub's
        return allowance_rules(directory ? directory->window : longest_usual, reset_jitter);
    }
};

using owner_ptr = std::shared_ptr<token_owner>;

} // namespace coauth::sessions
