// Work that goes on whoever waits for it.
#pragma once

#include "session/shared_end.hpp"

#include <coauth/coro/one_shot.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/strand.hpp>

#include <cstddef>
#include <list>
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
    explicit background(const boost::asio::any_io_executor& executor);

    /// Starts `work` on one of a few strands. It must deal with what it throws: anything but a
    /// cancellation and `std::bad_alloc` that leaves it leaves the context's `run()`. Throws `std::bad_alloc`; `work` is destroyed then.
    void start(boost::asio::awaitable<void> work);

    /// Cancels all that is under way. Without memory some of it runs to its end.
    void cancel() noexcept;

    /// Fires all; those that there is no memory for are fired with the next work that starts or ends.
    void wake(waiters woken) noexcept;

    /// Returns when nothing is under way; for one caller after `start` was called for the last time.
    boost::asio::awaitable<void> drained();

private:
    using strand = boost::asio::strand<boost::asio::any_io_executor>;
    struct running;
    class registration;

    strand next_strand();
    void ended(const std::shared_ptr<running>& which);

    // Made beforehand: Asio 1.81 crashes where making one fails for want of memory.
    std::vector<strand> strands_;
    std::mutex mutex_;
    std::size_t next_strand_ = 0;
    std::unordered_set<std::shared_ptr<running>> running_;
    waiters closers_;
    waiters unfired_;
};

} // namespace coauth::sessions
