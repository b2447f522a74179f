// One who asks for profiles, and a question that several may have asked.
#pragma once

#include <coauth/coro/one_shot.hpp>
#include <coauth/twitter/lookup.hpp>

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

/// An answer, shared by all who asked. Its `asked` is the first asker's text.
using answer = std::shared_ptr<const twitter::lookup>;

answer failure_of(const twitter::user_ref& user, const error& why);

/// What a call of `profile` or `profiles` comes to, by the place of each user.
struct call_answers {
    call_answers() = default;
    call_answers(std::vector<answer> outcomes, std::vector<bool> reused)
        : outcomes(std::move(outcomes)), reused(std::move(reused))
    {}

    std::vector<answer> outcomes;
    std::vector<bool> reused; ///< As `twitter::lookup::reused`.
};

/// A call of `profile` or `profiles` under way. Everything but `wake` belongs to the desk until `wake`
/// has been fired.
struct asker : std::enable_shared_from_this<asker>,
               boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
    asker(std::vector<twitter::user_ref> who, std::chrono::milliseconds max_wait)
        : who(std::move(who)), answers(this->who.size()), reused(this->who.size()), max_wait(max_wait)
    {}

    std::vector<twitter::user_ref> who;
    std::vector<answer> answers; ///< By the place in `who`; null while open.
    std::vector<bool> reused;    ///< Answered without a question of its own.
    std::size_t open = 0;
    const std::chrono::milliseconds max_wait; ///< For a rate limit's reset.
    std::chrono::steady_clock::time_point asked_at{};
    std::optional<error> failed; ///< Set if the call as a whole came to nothing.
    bool out_of_memory = false;  ///< Set if there was no memory for it: it throws `std::bad_alloc`.
    one_shot wake;

    /// There is nothing to wait for, nor an answer missing.
    bool is_complete() const noexcept
    {
        return failed || out_of_memory ||
               std::all_of(answers.begin(), answers.end(), [](const answer& each) { return each != nullptr; });
    }
};

/// The requests that a question was in and that failed in a way that passes.
struct failure_record {
    failure_record() = default;

    int count = 0;
    int lone = 0;             ///< Of those with no other name in it, such as came after another success in the lane.
    bool lone_latest = false; ///< The latest had no other name in it.
    std::optional<error> why; ///< The latest.
    std::chrono::steady_clock::time_point first{};

    // What the lane had done by then.
    std::uint64_t succeeded_at_first = 0;
    std::uint64_t fresh_succeeded_at_first = 0;
    std::uint64_t fresh_failed_at_first = 0;
    std::uint64_t succeeded_at_latest = 0;
};

/// Someone to be looked up, under one person's credentials.
struct question {
    using time_point = std::chrono::steady_clock::time_point;

    question(twitter::user_ref who, std::string key, time_point asked)
        : who(std::move(who)), key(std::move(key)), asked(asked)
    {}

    twitter::user_ref who;
    std::string key;
    time_point asked;
    bool sent = false;
    int tries = 0;
    failure_record failed;
    std::vector<std::pair<std::shared_ptr<asker>, std::size_t>> askers; ///< And the place in each.
};

} // namespace coauth::sessions
