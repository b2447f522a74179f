// Remembers which requests were seen, so that none is accepted twice (RFC 5849, section 3.3).
#pragma once

#include <coauth/export.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <unordered_set>

namespace coauth::oauth1 {

/// A bounded set of (consumer, token, timestamp, nonce).
///
/// An entry is kept at least while its timestamp can still be accepted; after that it is evicted as
/// soon as its room is needed, the oldest first. A store full of entries that can still be accepted
/// rejects new ones: evicting one of those would let its request be replayed. A request as old as an
/// evicted entry counts as seen, even if the clock was set back meanwhile.
///
/// Thread safety: distinct objects are safe; a shared object is not.
/// Lifetime: owns its texts.
class COAUTH_DECL nonce_store {
public:
    /// `capacity`: the most entries kept; default 100 000, at least 1, else `errc::invalid_argument` is
    /// thrown. An entry takes about 100 octets and the texts it remembers.
    explicit nonce_store(std::size_t capacity = 100'000);

    enum class outcome {
        fresh, ///< Recorded.
        seen,  ///< Recorded before, or too old to know.
        full,  ///< Not recorded: every entry can still be accepted.
    };

    /// Records the request unless it was seen. Entries with a timestamp before `oldest` make room.
    outcome record(std::string_view consumer_key, std::string_view token, std::int64_t timestamp,
        std::string_view nonce, std::int64_t oldest);

    /// True if `record` would say `seen`.
    bool seen(
        std::string_view consumer_key, std::string_view token, std::int64_t timestamp, std::string_view nonce) const;

    std::size_t size() const noexcept { return size_; }

private:
    std::size_t capacity_;
    std::size_t size_ = 0;
    std::int64_t evicted_ = std::numeric_limits<std::int64_t>::min(); // the latest timestamp ever evicted
    std::map<std::int64_t, std::unordered_set<std::string>> by_timestamp_;
};

} // namespace coauth::oauth1
