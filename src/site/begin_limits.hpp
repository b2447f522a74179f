// How often logins may begin.
#pragma once

#include <coauth/site/address_limit.hpp>
#include <coauth/site/login_site_options.hpp>
#include <coauth/site/token_bucket.hpp>

#include <chrono>
#include <mutex>
#include <optional>
#include <string_view>

namespace coauth::site {

/// Thread safety: safe; short mutex sections.
class begin_limits {
public:
    using time_point = std::chrono::steady_clock::time_point;

    enum class limit {
        address, ///< This address has begun too many.
        site,    ///< All together have, or all newcomers.
    };

    struct refusal {
        refusal(limit new_reached, std::chrono::milliseconds new_wait) : reached(new_reached), wait(new_wait) {}

        limit reached;
        std::chrono::milliseconds wait; ///< Until there may be room.
    };

    explicit begin_limits(const begin_sizes& sizes);

    /// Counts a begin, unless it is refused: with the site and at its address, or with neither.
    std::optional<refusal> take(std::string_view address, bool newcomer, time_point now);

private:
    const begin_sizes sizes_;
    address_limit of_address_;
    std::mutex mutex_;
    token_bucket of_all_;
    token_bucket of_newcomers_;
};

} // namespace coauth::site
