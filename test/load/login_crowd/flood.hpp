// Clients that press the button as fast as they can, and keep no cookie.
#pragma once

#include "login_crowd/exchange.hpp"
#include "login_crowd/tally.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>

namespace login_crowd {

struct flood_options {
    flood_options() = default;

    origin site;
    std::size_t addresses = 20;
    clock::duration lasts{};
};

/// Thread safety: not safe. Lifetime: outlives the coroutines of `press`.
class flood {
public:
    explicit flood(flood_options options) : options_(std::move(options)) {}

    /// From the n-th address, until the time is over.
    boost::asio::awaitable<void> press(std::size_t n);

    boost::json::object json() const;

private:
    flood_options options_;
    clock::time_point begun_ = clock::now();
    std::size_t requests_ = 0;
    std::size_t unanswered_ = 0;
    status_count answers_;
};

} // namespace login_crowd
