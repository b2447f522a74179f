#include <coauth/server/token_bucket.hpp>

#include <algorithm>

namespace coauth::server {

std::optional<std::chrono::milliseconds> token_bucket::take(const bucket_size& size, time_point now) noexcept
{
    const auto missing = std::max(full_at_, now) - now;
    const auto room = size.refill * static_cast<long>(size.burst - 1);
    if (missing > room)
        return std::chrono::ceil<std::chrono::milliseconds>(missing - room);
    full_at_ = now + missing + size.refill;
    return std::nullopt;
}

} // namespace coauth::server
