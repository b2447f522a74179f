// Clients that press the button as fast as they can, and keep no cookie for long.
#pragma once

#include "login_load/exchange.hpp"
#include "login_load/tally.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <utility>
#include <vector>

namespace login_load {

struct flood_options {
    flood_options() = default;

    origin site;
    std::size_t addresses = 20;
    clock::duration lasts{};

    /// Of `press_from_new_addresses`: in a second, once the site has refused one. Until then as many as it takes.
    std::size_t rate = 300;
    bool page_first = false; ///< Loads the page with the button before, and sends its cookies.
};

/// Thread safety: not safe. Lifetime: outlives the coroutines of `press`.
class flood {
public:
    explicit flood(flood_options options) : options_(std::move(options)), sources_(options_.addresses) {}

    /// From the n-th address, until the time is over and the address was refused once; or else was let
    /// in so often that there can be no limit.
    boost::asio::awaitable<void> press(std::size_t n);

    /// Each time from another address, until `end`; run this several times at once.
    boost::asio::awaitable<void> press_from_new_addresses(std::size_t workers);
    void end() noexcept { ended_ = true; }

    boost::json::object json() const;

private:
    struct source {
        std::size_t let_in = 0;
        bool refused = false;
    };

    bool goes_on(const source& s) const;
    boost::asio::awaitable<response> press_once(std::size_t n);

    flood_options options_;
    std::vector<source> sources_;
    std::size_t next_ = 0; // new address
    bool refused_ = false;
    bool ended_ = false;
    clock::time_point begun_ = clock::now();
    std::size_t requests_ = 0;
    std::size_t unanswered_ = 0;
    status_count responses_;
};

} // namespace login_load
