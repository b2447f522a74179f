// Clients that press the button as fast as they can, and keep no cookie.
#pragma once

#include "login_crowd/exchange.hpp"
#include "login_crowd/tally.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <utility>
#include <vector>

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
    explicit flood(flood_options options) : options_(std::move(options)), sources_(options_.addresses) {}

    /// From the n-th address, until the time is over and the address was refused once; or else was let
    /// in so often that there can be no limit.
    boost::asio::awaitable<void> press(std::size_t n);

    boost::json::object json() const;

private:
    struct source {
        std::size_t let_in = 0;
        bool refused = false;
    };

    bool goes_on(const source& s) const;

    flood_options options_;
    std::vector<source> sources_;
    clock::time_point begun_ = clock::now();
    std::size_t requests_ = 0;
    std::size_t unanswered_ = 0;
    status_count answers_;
};

} // namespace login_crowd
