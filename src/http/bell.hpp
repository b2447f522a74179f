// Wakes a coroutine.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <memory>

namespace coauth::http {

/// Rung from any thread, before or while one coroutine waits for it on `strand`. Hold it in a
/// `shared_ptr`.
class bell : public std::enable_shared_from_this<bell> {
public:
    explicit bell(const boost::asio::any_io_executor& strand) : timer_(strand) {}

    void ring();

    /// Returns once rung or at `until`, whichever is first. Cancellation makes it return or throw.
    boost::asio::awaitable<void> wait(std::chrono::steady_clock::time_point until);

    bool rung() const noexcept { return rung_; }

private:
    boost::asio::steady_timer timer_;
    bool rung_ = false; // touched on the strand only
};

} // namespace coauth::http
