// Results of lookups, for a time. No lock and no clock of its own.
#pragma once

#include "session/lookups/lookup_call.hpp"

#include <boost/multi_index/hashed_index.hpp>
#include <boost/multi_index/member.hpp>
#include <boost/multi_index/sequenced_index.hpp>
#include <boost/multi_index_container.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace coauth::sessions {

/// A bounded cache. The owner of the token that a lookup was made with is part of its key.
///
/// Evicts the oldest result that was not used since the last one was evicted, so that using one changes a bit and not
/// an order: many may read at once (`find`) while none changes it.
class lookup_cache {
public:
    using time_point = std::chrono::steady_clock::time_point;

    explicit lookup_cache(std::size_t capacity) : capacity_(capacity) {}

    /// Null if there is none, or it has expired. Valid until the next change.
    const lookup_ptr* find(std::uint64_t owner, std::string_view key, time_point now) const;

    /// The same for a user who is spelled as in the result's `asked`; makes no key, which costs as much as the rest.
    const lookup_ptr* find_asked(std::uint64_t owner, const coauth::user_ref& user, time_point now) const;

    void put(std::uint64_t owner, std::string_view key, lookup_ptr result, time_point expires_at);

    /// Removes all results of an owner.
    void remove_all(std::uint64_t owner);

    /// Those that have expired included, until they are replaced or evicted.
    std::size_t size() const noexcept { return entries_.size(); }

private:
    struct entry {
        entry(std::uint64_t owner, std::string_view key, lookup_ptr result, time_point expires_at)
            : owner(owner), key(key), result(std::move(result)), expires_at(expires_at)
        {}

        std::uint64_t owner;
        std::string key;
        lookup_ptr result;
        time_point expires_at;
        mutable std::atomic<bool> used{false}; ///< Since it was put, or passed over by an eviction.
    };
    /// What an entry is found by: its owner and key, or its owner and question.
    struct identity {
        std::uint64_t owner;
        std::string_view text;
        bool is_id = false; ///< Of a question.

        friend bool operator==(const identity&, const identity&) = default;
    };
    struct key_of {
        using result_type = identity;
        identity operator()(const entry& e) const noexcept { return {e.owner, e.key}; }
    };
    struct question_of {
        using result_type = identity;
        identity operator()(const entry& e) const noexcept { return of(e.owner, e.result->asked); }
        static identity of(std::uint64_t owner, const coauth::user_ref& user) noexcept
        {
            return {owner, user.text(), user.is_id()};
        }
    };
    struct identity_hash {
        std::size_t operator()(const identity& i) const noexcept
        {
            return std::hash<std::string_view>()(i.text) + static_cast<std::size_t>(i.owner * 0x9e3779b97f4a7c15U);
        }
    };
    struct by_age;
    struct by_key;
    struct by_question;
    struct by_owner;
    using entries = boost::multi_index_container<entry,
        boost::multi_index::indexed_by<boost::multi_index::sequenced<boost::multi_index::tag<by_age>>,
            boost::multi_index::hashed_unique<boost::multi_index::tag<by_key>, key_of, identity_hash>,
            boost::multi_index::hashed_non_unique<boost::multi_index::tag<by_question>, question_of, identity_hash>,
            boost::multi_index::hashed_non_unique<boost::multi_index::tag<by_owner>,
                boost::multi_index::member<entry, std::uint64_t, &entry::owner>>>>;

    static const lookup_ptr* use(const entry& found, time_point now) noexcept;
    void evict_one();

    std::size_t capacity_;
    entries entries_; ///< The oldest first.
};

} // namespace coauth::sessions
