// Someone whose credentials lookups are made with.
#pragma once

#include "session/lookups/allowance.hpp"
#include "session/lookups/asker.hpp"

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

struct lane;
struct person;
using lane_ref = std::shared_ptr<lane>; // of a lane within its person; keeps the person alive

/// Questions that wait to be sent, and how their requests fared.
struct waiting_list {
    waiting_list() = default;

    std::list<question> questions;
    std::size_t largest = std::numeric_limits<std::size_t>::max(); ///< Most names in the next request.
    int failures = 0;                                              ///< In a row; those of one moment count once.
    std::chrono::steady_clock::time_point failed_at{};
    std::chrono::steady_clock::time_point not_before{}; ///< After a failure.
    std::uint64_t succeeded = 0;                        ///< Requests with a result, in all.
    std::uint64_t failed = 0;

    void recover()
    {
        largest = std::numeric_limits<std::size_t>::max();
        failures = 0;
        failed_at = {};
        not_before = {};
    }
};

/// The questions of one person that go to one endpoint. Belongs to the desk.
struct lane {
    using time_point = std::chrono::steady_clock::time_point;

    lane(person* owner, std::shared_ptr<allowance> limits) : owner(owner), limits(std::move(limits)) {}

    person* const owner;
    std::shared_ptr<allowance> limits;
    waiting_list fresh;                                                  ///< Not failed yet, the oldest first.
    waiting_list repeated;                                               ///< Failed, the latest failure last.
    bool repeated_went_last = false;                                     ///< The two take turns.
    std::unordered_map<std::string, std::list<question>::iterator> open; ///< Waiting and sent, by key.

    std::optional<time_point> failing_since; ///< Without a success since.
    std::uint64_t failures = 0;              ///< Since then.
    std::optional<error> why;                ///< The latest failure.
    time_point available_since{};            ///< It last waited for a rate limit until then.

    std::uint64_t succeeded() const { return fresh.succeeded + repeated.succeeded; }
    bool has_waiting() const { return !fresh.questions.empty() || !repeated.questions.empty(); }
    waiting_list& list_of(const question& pending) { return pending.failed.count == 0 ? fresh : repeated; }

    enum class place { nowhere, in_turn, asleep, held } at = place::nowhere; ///< At the desk.
    std::multimap<time_point, lane_ref>::iterator bed;                       ///< If asleep.
    std::optional<time_point> shut_since;                                    ///< If asleep for a rate limit.
};

/// One access token, and what is asked with it. The first four members never change; the rest belongs
/// to the desk.
struct person {
    /// `number` is this person's, with this token, in one session.
    person(std::string user_id, oauth1::access_token token, std::uint64_t version, std::uint64_t number,
        allowance_rules rules, bool one_limit)
        : user_id(std::move(user_id)), token(std::move(token)), version(version), number(number),
          by_id(this, std::make_shared<allowance>(rules)),
          by_name(this, one_limit ? by_id.limits : std::make_shared<allowance>(rules))
    {}

    person(const person&) = delete; // its lanes point to it
    person& operator=(const person&) = delete;

    const std::string user_id;
    const oauth1::access_token token;
    const std::uint64_t version;
    const std::uint64_t number;

    lane by_id;
    lane by_name;
    bool gone = false; ///< Signed out, or refused: what still comes in is not kept.
};

using person_ref = std::shared_ptr<person>;

} // namespace coauth::sessions
