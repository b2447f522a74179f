// Work that goes on whoever waits for it.
#pragma once

#include <coauth/coro/one_shot.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <memory>
#include <mutex>
#include <unordered_set>
#include <vector>

namespace coauth::sessions {

/// Coroutines of a session that no caller owns: legs under way, requests on the wire. Hold it in a
/// `shared_ptr`.
///
/// Thread safety: safe.
class background : public std::enable_shared_from_this<background> {
public:
    explicit background(boost::asio::any_io_executor executor) : executor_(std::move(executor)) {}

    /// Starts `work` on a strand of its own. It must deal with what it throws: anything but a
    /// cancellation that leaves it leaves the context's `run()`.
    void start(boost::asio::awaitable<void> work);

    /// Cancels all that is under way.
    void cancel();

    /// Returns when nothing is under way; for one caller after `start` was called for the last time.
    boost::asio::awaitable<void> drained();

private:
    struct running;

    void ended(const std::shared_ptr<running>& which);

    const boost::asio::any_io_executor executor_;
    std::mutex mutex_;
    std::unordered_set<std::shared_ptr<running>> running_;
    std::vector<std::shared_ptr<one_shot>> closers_;
};

} // namespace coauth::sessions
