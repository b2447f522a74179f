// How often something may be done.
#pragma once

#include <coauth/export.hpp>

#include <chrono>
#include <cstddef>
#include <optional>

namespace coauth::site {

/// So many at once, then one each `refill`.
struct bucket_size {
    bucket_size(std::size_t new_burst, std::chrono::milliseconds new_refill) : burst(new_burst), refill(new_refill) {}

    std::size_t burst;                ///< At least 1.
    std::chrono::milliseconds refill; ///< At least 1 ms, at most an hour.
};

/// A bucket of tokens, as one point in time: when it will be full again.
///
/// Thread safety: distinct objects are safe; a shared object is not. Lifetime: a value.
class COAUTH_DECL token_bucket {
public:
    using time_point = std::chrono::steady_clock::time_point;

    /// Takes a token: empty if there was one, else how long until there is. A clock that steps back
    /// finds it no emptier than empty.
    std::optional<std::chrono::milliseconds> take(const bucket_size& size, time_point now) noexcept;

    /// True if it is as good as new.
    bool full(time_point now) const noexcept { return full_at_ <= now; }

    /// When it is.
    time_point full_at() const noexcept { return full_at_; }

private:
    time_point full_at_ = time_point::min();
};

} // namespace coauth::site
