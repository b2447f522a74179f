#include "http/bell.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace coauth::http {

namespace asio = boost::asio;

void bell::ring()
{
    asio::post(timer_.get_executor(), [self = shared_from_this()] {
        self->rung_ = true;
        self->timer_.cancel();
    });
}

asio::awaitable<void> bell::wait(std::chrono::steady_clock::time_point until)
{
    const auto self = shared_from_this();
    if (rung_)
        co_return;
    timer_.expires_at(until);
    co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
}

} // namespace coauth::http
