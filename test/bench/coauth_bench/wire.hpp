// Many coroutines that call again and again, measured once they are warm.
#pragma once

#include "measure.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace bench {

/// How many requests are in flight: BENCH_CONNS, or else `usual`.
int in_flight(int usual);

/// Thread safety: none. Everything happens in `run`.
class wire {
public:
    using operation = std::function<boost::asio::awaitable<void>()>;

    explicit wire(boost::asio::io_context& io) : io_(io) {}

    /// Measures `each`, of which `flying` are on their way at any time, after `warm` of them (a few if their number is given). One of them counts as `units`.
    /// `more` is asked at the end.
    void run(const arguments& given, std::string_view suite, std::string_view name, int flying, std::uint64_t warm,
        operation each, std::uint64_t units = 1, const std::function<std::string()>& more = {});

private:
    boost::asio::awaitable<void> repeat(operation each);

    boost::asio::io_context& io_;
    std::uint64_t done_ = 0;
    bool ending_ = false;
};

} // namespace bench
