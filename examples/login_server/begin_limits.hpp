// How often logins may begin.
#pragma once

#include <coauth/site/address_limit.hpp>
#include <coauth/site/token_bucket.hpp>

#include <chrono>
#include <mutex>
#include <optional>
#include <string_view>

namespace login_server {

/// A request token is spent on each begin, by people who are nobody yet.
struct begin_sizes {
    begin_sizes() = default;

    coauth::site::bucket_size of_address{20, std::chrono::seconds(3)};
    coauth::site::bucket_size of_all{5'000, std::chrono::milliseconds(20)};

    /// Of these, what newcomers may begin: browsers that this site has sent no page to at their address.
    /// Whatever newcomers do, the rest is left to the others.
    coauth::site::bucket_size of_newcomers{1'000, std::chrono::milliseconds(100)};
};

/// Thread safety: safe; short mutex sections.
class begin_limits {
public:
    using time_point = std::chrono::steady_clock::time_point;

    enum class limit {
        address, ///< This address has begun too many.
        site,    ///< All together have, or all newcomers.
    };

    struct refusal {
        refusal(limit reached, std::chrono::milliseconds wait) : reached(reached), wait(wait) {}

        limit reached;
        std::chrono::milliseconds wait; ///< Until there may be room.
    };

    explicit begin_limits(const begin_sizes& sizes);

    /// Counts a begin, unless it is refused: with the site and at its address, or with neither.
    std::optional<refusal> take(std::string_view address, bool newcomer, time_point now);

private:
    const begin_sizes sizes_;
    coauth::site::address_limit of_address_;
    std::mutex mutex_;
    coauth::site::token_bucket of_all_;
    coauth::site::token_bucket of_newcomers_;
};

} // namespace login_server
