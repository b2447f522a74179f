// The owner of an access token, and the lookups made with it.
#pragma once

#include "session/lookups/allowance.hpp"
#include "session/lookups/lookup_call.hpp"

#include <coauth/oauth1/credentials.hpp>

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

/// One access token, and the lookups made with it. The first four members never change; the rest belongs
/// to the batcher.
struct token_owner {
    /// `number` identifies this user with this token within one session.
    token_owner(std::string user_id, oauth1::access_token token, std::uint64_t version, std::uint64_t number,
        allowance_rules rules, bool one_limit)
        : user_id(std::move(user_id)), token(std::move(token)), version(version), number(number),
          by_id(this, std::make_shared<allowance>(rules)),
          by_name(this, one_limit ? by_id.limits : std::make_shared<allowance>(rules))
    {}

    token_owner(const token_owner&) = delete; // its queues point to it
    token_owner& operator=(const token_owner&) = delete;

    const std::string user_id;
    const oauth1::access_token token;
    const std::uint64_t version;
    const std::uint64_t number;

    lookup_queue by_id;
    lookup_queue by_name;
    bool gone = false; ///< Signed out, or the token was refused: results that still arrive are not cached.
};

using owner_ptr = std::shared_ptr<token_owner>;

} // namespace coauth::sessions
