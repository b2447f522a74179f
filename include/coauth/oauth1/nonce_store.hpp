// Remembers which requests were seen, so that none is accepted twice (RFC 5849, section 3.3).
#pragma once

#include <coauth/export.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_set>

namespace coauth::oauth1 {

/// A bounded set of (consumer, token, timestamp, nonce).
///
/// An entry is kept while its timestamp can still be accepted and then forgotten; the verifier's
/// window makes that safe. When it is full of living entries it refuses new ones: forgetting a
/// living one would let that request be replayed.
///
/// Thread safety: distinct objects are safe; a shared object is not.
class COAUTH_DECL nonce_store {
public:
    /// `capacity`: the most entries kept; default 100 000 (about 10 MB), at least 1.
    explicit nonce_store(std::size_t capacity = 100'000);

    enum class outcome { fresh, seen, full };

    /// Records the request unless it was seen. Entries with a timestamp before `oldest` are forgotten first.
    outcome record(std::string_view consumer_key, std::string_view token, std::int64_t timestamp,
        std::string_view nonce, std::int64_t oldest);

    bool seen(
        std::string_view consumer_key, std::string_view token, std::int64_t timestamp, std::string_view nonce) const;

    std::size_t size() const noexcept { return size_; }

private:
    std::size_t capacity_;
    std::size_t size_ = 0;
    std::map<std::int64_t, std::unordered_set<std::string>> by_timestamp_;
};

} // namespace coauth::oauth1
