#include "http/call_strands.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>

#include <new>
#include <utility>

namespace coauth::http {

namespace asio = boost::asio;

namespace {

// An io_context's own fits into `any_io_executor` as it is; of any other executor it would be kept on the heap and counted.
asio::any_io_executor new_strand(const asio::any_io_executor& executor)
{
    if (const auto* plain = executor.target<asio::io_context::executor_type>())
        return asio::make_strand(*plain);
    return asio::make_strand(executor);
}

} // namespace

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
    return new_strand(executor_);
}

void call_strands::give_back(asio::any_io_executor strand) noexcept
{
    const std::lock_guard lock(mutex_);
    try {
        if (!closed_ && free_.size() < most_kept)
            free_.push_back(std::move(strand));
    } catch (const std::bad_alloc&) {
        // It is destroyed.
    }
}

void call_strands::close() noexcept
{
    const std::lock_guard lock(mutex_);
    closed_ = true;
    free_.clear();
}

} // namespace coauth::http
