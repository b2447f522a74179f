// Answers that may be given again. No clock of its own.
#pragma once

#include "session/lookups/asker.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

namespace coauth::sessions {

/// A bounded cache; the least recently used answer makes room. Whose credentials an answer came under
/// is part of its key.
class answer_cache {
public:
    using time_point = std::chrono::steady_clock::time_point;

    explicit answer_cache(std::size_t most) : most_(most) {}

    /// Null if there is none that is still good.
    answer find(std::uint64_t person, std::string_view key, time_point now);

    void keep(std::uint64_t person, std::string_view key, answer what, time_point until);

    /// Forgets all answers to a person.
    void forget(std::uint64_t person);

    std::size_t size() const noexcept { return used_.size(); }

private:
    struct entry {
        entry(std::uint64_t person, std::string key, answer what, time_point until)
            : person(person), key(std::move(key)), what(std::move(what)), until(until)
        {}

        std::uint64_t person;
        std::string key;
        answer what;
        time_point until;
    };
    using entries = std::list<entry>;
    using shelf = std::unordered_map<std::string_view, entries::iterator>; // the views look into the entries

    void drop(entries::iterator which);

    std::size_t most_;
    entries used_; ///< The latest first.
    std::unordered_map<std::uint64_t, shelf> shelves_;
};

} // namespace coauth::sessions
