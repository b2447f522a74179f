// A call that asks for profiles, and a question that several calls may share.
#pragma once

#include <coauth/coro/one_shot.hpp>
#include <coauth/identity/lookup.hpp>

#include <boost/intrusive/list.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace coauth::sessions {

/// The result of a question, shared by all calls that asked it. Its `asked` is the text of the first call.
using lookup_ptr = std::shared_ptr<const coauth::lookup>;

lookup_ptr failure_of(const coauth::user_ref& user, const error& why);

/// For a call that does not wait so long for a rate limit.
error limit_takes_too_long(std::chrono::milliseconds wait);

/// A call of `profile` or `profiles` in progress. Everything but `completion` belongs to the batcher until
/// `completion` has been fired.
struct lookup_call : std::enable_shared_from_this<lookup_call>,
                     boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
    lookup_call(std::vector<coauth::user_ref> users, std::chrono::milliseconds max_wait)
        : users(std::move(users)), results(this->users.size()), reused(this->users.size()),
          unshared(this->users.size()), max_wait(max_wait)
    {}

    std::vector<coauth::user_ref> users;
    std::vector<lookup_ptr> results;          ///< In the order of `users`; null while open.
    std::vector<bool> reused;                 ///< Taken from the cache or from an equal question.
    std::vector<bool> unshared;               ///< No other call and no cache has the result, which is not const.
    std::size_t open = 0;                     ///< How many results are missing.
    const std::chrono::milliseconds max_wait; ///< For a rate limit's reset.
    std::chrono::steady_clock::time_point asked_at{};
    std::optional<error> failed; ///< Set if the call as a whole failed.
    bool out_of_memory = false;  ///< Set if there was no memory for it: it throws `std::bad_alloc`.
    one_shot completion;

    /// True if the call has failed, or no result is missing.
    bool is_complete() const noexcept
    {
        return failed || out_of_memory ||
               std::all_of(results.begin(), results.end(), [](const lookup_ptr& each) { return each != nullptr; });
    }
};

/// The results of a call of `profile` or `profiles`, in the order of its users.
struct call_results {
    call_results() = default;
    explicit call_results(lookup_call& call)
        : outcomes(std::move(call.results)), reused(std::move(call.reused)), unshared(std::move(call.unshared))
    {}

    /// Adds the outcome at `place` to `all`. Once: it is copied only if others have it, too.
    coauth::lookup& take(std::size_t place, std::vector<coauth::lookup>& all)
    {
        const coauth::lookup& shared = *outcomes[place];
        coauth::lookup& taken = unshared[place] ? all.emplace_back(std::move(const_cast<coauth::lookup&>(shared)))
                                                : all.emplace_back(shared);
        taken.reused = reused[place];
        return taken;
    }

    std::vector<lookup_ptr> outcomes;
    std::vector<bool> reused;   ///< As `coauth::lookup::reused`.
    std::vector<bool> unshared; ///< As `lookup_call::unshared`.
};

/// The requests with a question that failed with a transient error.
struct failure_record {
    failure_record() = default;

    int count = 0;
    int lone = 0;             ///< Of those, requests with no other name, each after another success in the queue.
    bool lone_latest = false; ///< The latest had no other name in it.
    std::optional<error> why; ///< The latest.
    std::chrono::steady_clock::time_point first{};

    // The queue's counts at that time.
    std::uint64_t succeeded_at_first = 0;
    std::uint64_t fresh_succeeded_at_first = 0;
    std::uint64_t fresh_failed_at_first = 0;
    std::uint64_t succeeded_at_latest = 0;
};

/// A user to be looked up with one owner's token.
struct question {
    using time_point = std::chrono::steady_clock::time_point;

    question(coauth::user_ref user, std::string key, time_point asked_at)
        : user(std::move(user)), key(std::move(key)), asked_at(asked_at)
    {}

    coauth::user_ref user;
    std::string key;
    time_point asked_at;
    bool sent = false;
    int tries = 0;
    failure_record failed;
    std::vector<std::pair<std::shared_ptr<lookup_call>, std::size_t>> calls; ///< And the index of the user in each.
};

} // namespace coauth::sessions
