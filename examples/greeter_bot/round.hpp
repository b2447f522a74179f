// Which mention is answered next, and what is remembered of it. No I/O.
#pragma once

#include "greeter_bot/memory.hpp"

#include <coauth/twitter/tweet.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace greeter_bot {

/// One pass over the mentions that the provider lists.
///
///     while (const auto next = round.next(message_template)) {
///         // save the memory; post; then:
///         round.settle(reply_id);
///         // save the memory
///     }
///
/// A mention is settled once, with any outcome: `since_id` rises when all that is older is settled,
/// and what lies below it is dropped but for the newest 256, whose texts must not be said again. What is put off is
/// dropped if the provider no longer lists the mention and no post of it can have been carried out.
///
/// Thread safety: not safe. Lifetime: refers to `m`.
class round {
public:
    /// `mentions`: all there are after `since_id`, in any order. The bot's own posts need no answer.
    /// `newest_id`: where `since_id` may rise to when all of them are settled; higher than they are if the
    /// newest mention can't be read. Empty: not above them.
    round(memory& m, std::vector<coauth::twitter::tweet> mentions, std::string newest_id = {});

    /// True if `next` would say something.
    bool has_next() const;

    /// The id of the oldest mention that may be answered in this round; empty if there is none. A reply
    /// to any of them is newer than this.
    std::string oldest() const;

    /// What to post now: what was open before, else the oldest mention that is not settled and was never put off, else
    /// what waits longest of those put off in earlier rounds. It is open in the memory until it is settled, put off or
    /// left, and given again until then.
    std::optional<intention> next(std::string_view message_template);

    /// True if the provider lists this mention.
    bool lists(std::string_view mention) const;

    /// The open one was refused and not posted, or can't be: it is not given again in this round, and in later ones
    /// after all others. If an earlier post of it may have been carried out it keeps its text.
    void put_off();

    /// Whether the open one was posted is not known: the next round begins with it. If that was so before, it is put off.
    void leave();

    /// The open one is done with. `reply`: the reply's id, if known. `said`: false if nothing was posted.
    void settle(std::string reply, bool said = true);

private:
    const coauth::twitter::tweet* find_next() const;  // not settled
    const coauth::twitter::tweet* find_fresh() const; // nor put off
    bool is_settled(const coauth::twitter::tweet& mention) const;
    bool is_put_off(std::string_view mention) const;
    void open(intention reply);
    std::string distinct_text(std::string_view message_template, std::string_view username) const;
    void advance();

    memory& memory_;
    std::vector<coauth::twitter::tweet> mentions_; // oldest first
    std::string newest_id_;
    std::size_t remaining_ = 0;  // of those put off in earlier rounds
    bool may_be_posted_ = false; // the open one, by an earlier post
};

} // namespace greeter_bot
