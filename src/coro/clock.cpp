#include <coauth/coro/clock.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace coauth {

clock::~clock() = default;

namespace {

class machine_clock final : public clock {
public:
    std::chrono::system_clock::time_point now() const override { return std::chrono::system_clock::now(); }

    std::chrono::steady_clock::time_point steady_now() const override { return std::chrono::steady_clock::now(); }

    boost::asio::awaitable<void> sleep_for(std::chrono::milliseconds duration) override
    {
        auto executor = co_await boost::asio::this_coro::executor;
        boost::asio::steady_timer timer(executor, duration);
        co_await timer.async_wait(boost::asio::use_awaitable);
    }
};

} // namespace

std::shared_ptr<clock> system_clock()
{
    static const auto instance = std::make_shared<machine_clock>();
    return instance;
}

} // namespace coauth
