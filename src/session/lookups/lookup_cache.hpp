// Results of lookups, for a time. No clock of its own.
#pragma once

#include "session/lookups/lookup_call.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

namespace coauth::sessions {

/// A bounded cache, which evicts the least recently used result. The owner of the token that a lookup was made with
/// is part of its key.
class lookup_cache {
public:
    using time_point = std::chrono::steady_clock::time_point;

    explicit lookup_cache(std::size_t capacity) : capacity_(capacity) {}

    /// Null if there is none, or it has expired.
    lookup_ptr find(std::uint64_t owner, std::string_view key, time_point now);

    void put(std::uint64_t owner, std::string_view key, lookup_ptr result, time_point expires_at);

    /// Removes all results of an owner.
    void remove_all(std::uint64_t owner);

    std::size_t size() const noexcept { return used_.size(); }

private:
    struct entry {
        entry(std::uint64_t owner, std::string key, lookup_ptr result, time_point expires_at)
            : owner(owner), key(std::move(key)), result(std::move(result)), expires_at(expires_at)
        {}

        std::uint64_t owner;
        std::string key;
        lookup_ptr result;
        time_point expires_at;
    };
    using entries = std::list<entry>;
    using index = std::unordered_map<std::string_view, entries::iterator>; // the views refer to the entries' keys

    void erase(entries::iterator position);

    std::size_t capacity_;
    entries used_; ///< The most recently used first.
    std::unordered_map<std::uint64_t, index> by_owner_;
};

} // namespace coauth::sessions
