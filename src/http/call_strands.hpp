// The strands of a pool's calls, used again.
#pragma once

#include "coro/strand_of.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <cstddef>
#include <mutex>
#include <utility>
#include <vector>

namespace coauth::http {

/// A call has a strand, so that its timer and its socket never meet. Making one asks Asio's registry of services, and destroying
/// it takes a lock that all strands share.
///
/// Thread safety: safe.
class call_strands {
public:
    explicit call_strands(boost::asio::any_io_executor executor) : executor_(std::move(executor))
    {
        free_.reserve(most_kept);
    }

    boost::asio::any_io_executor take()
    {
        {
            const std::lock_guard lock(mutex_);
            if (!free_.empty()) {
                boost::asio::any_io_executor strand = std::move(free_.back());
                free_.pop_back();
                return strand;
            }
        }
        return strand_of(executor_);
    }

    /// Handlers of the call that had it may still be queued on it; those of the next come after them.
    void give_back(boost::asio::any_io_executor strand) noexcept
    {
        const std::lock_guard lock(mutex_);
        if (!closed_ && free_.size() < most_kept)
            free_.push_back(std::move(strand));
    }

    /// Destroys those that are free, and keeps none from now on.
    void close() noexcept
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        free_.clear();
    }

private:
    static constexpr std::size_t most_kept = 64;

    const boost::asio::any_io_executor executor_;
    std::mutex mutex_;
    std::vector<boost::asio::any_io_executor> free_;
    bool closed_ = false;
};

} // namespace coauth::http
