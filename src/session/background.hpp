// Work that continues although its caller has left.
#pragma once

#include "session/shared_end.hpp"

#include <coauth/coro/one_shot.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/intrusive/list.hpp>
#include <boost/smart_ptr/intrusive_ptr.hpp>

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

namespace coauth::sessions {

/// Coroutines of a session that no caller owns: legs and requests in flight. Hold it in a
/// `shared_ptr`.
///
/// Thread safety: safe.
class background : public std::enable_shared_from_this<background> {
public:
    explicit background(const boost::asio::any_io_executor& executor);

    /// Starts `work` on one of a few strands, at once if this is called on the executor's context and the strand is free.
    /// It must handle its exceptions: any other than a cancellation and `std::bad_alloc` leaves the context's `run()`. Throws
    /// `std::bad_alloc`; `work` is destroyed then.
    void start(boost::asio::awaitable<void> work);

    /// First in `work` that may end without a wait, such as for a callback that no login belongs to. Asio would post to
    /// the strand before it ends such work, which takes longer than this.
    static boost::asio::awaitable<void> enter_strand();

    /// Cancels all work in progress. Without memory some of it runs to its end.
    void cancel() noexcept;

    /// True from the first call of `cancel` on.
    bool is_cancelled() const noexcept { return cancelled_; }

    /// Fires all; those that fail for lack of memory are fired when the next work starts or ends.
    void notify(waiters&& due) noexcept
    {
        if (!due.empty() || has_unnotified_)
            notify_all(due);
    }

    /// Returns when no work is in progress; for one caller after the last call of `start`.
    boost::asio::awaitable<void> drained();

private:
    using entry = boost::intrusive::list_base_hook<>;
    class running;
    class at_end;

    boost::intrusive_ptr<running> add();
    void remove(running& entry);
    void notify_all(waiters& due) noexcept;

    // Made in advance: Asio 1.81 crashes if making one fails for lack of memory.
    std::vector<boost::asio::any_io_executor> strands_;
    std::mutex mutex_;
    std::size_t next_strand_ = 0;
    boost::intrusive::list<entry, boost::intrusive::constant_time_size<false>> running_; ///< Each is a `running`.
    waiters closers_;
    waiters unnotified_;
    std::atomic<bool> cancelled_ = false;
    std::atomic<bool> has_unnotified_ = false; ///< Set with the lock held: most calls have nothing to notify.
};

} // namespace coauth::sessions
