// The strands of a pool's calls, used again.
#pragma once

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

    boost::asio::any_io_executor take();

    /// Handlers of the call that had it may still be queued on it; those of the next come after them.
    void give_back(boost::asio::any_io_executor strand) noexcept;

    /// Destroys those that are free, and keeps none from now on.
    void close() noexcept;

private:
    static constexpr std::size_t most_kept = 64;

    const boost::asio::any_io_executor executor_;
    std::mutex mutex_;
    std::vector<boost::asio::any_io_executor> free_;
    bool closed_ = false;
};

} // namespace coauth::http
