#include <coauth/site/token_bucket.hpp>

#include <algorithm>

namespace coauth::site {

std::optional<std::chrono::milliseconds> token_bucket::take(const bucket_size& size, time_point now) noexcept
{
    const auto fill = size.refill * static_cast<long>(size.burst); // from empty to full
    full_at_ = std::clamp(full_at_, now, now + fill);
    const auto wait = full_at_ + size.refill - (now + fill);
    if (wait > time_point::duration::zero())
        return std::chrono::ceil<std::chrono::milliseconds>(wait);
    full_at_ += size.refill;
    return std::nullopt;
}

} // namespace coauth::site
