#include "coro/strand_of.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>

namespace coauth {

namespace asio = boost::asio;

asio::any_io_executor strand_of(const asio::any_io_executor& executor)
{
    using context_executor = asio::io_context::executor_type;
    if (const auto* const plain = executor.target<context_executor>())
        return asio::make_strand(*plain);
    if (executor.target<asio::strand<context_executor>>())
        return executor;
    return asio::make_strand(executor);
}

} // namespace coauth
