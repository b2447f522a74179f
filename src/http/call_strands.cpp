#include "http/call_strands.hpp"

#include "coro/strand_of.hpp"

#include <utility>

namespace coauth::http {

namespace asio = boost::asio;

asio::any_io_executor call_strands::take()
{
    {
        const std::lock_guard lock(mutex_);
        if (!free_.empty()) {
            asio::any_io_executor strand = std::move(free_.back());
            free_.pop_back();
            return strand;
        }
    }
    return strand_of(executor_);
}

void call_strands::give_back(asio::any_io_executor strand) noexcept
{
    const std::lock_guard lock(mutex_);
    if (!closed_ && free_.size() < most_kept)
        free_.push_back(std::move(strand));
}

void call_strands::close() noexcept
{
    const std::lock_guard lock(mutex_);
    closed_ = true;
    free_.clear();
}

} // namespace coauth::http
