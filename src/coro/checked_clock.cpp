#include "coro/checked_clock.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>

#include <atomic>
#include <new>
#include <utility>

namespace coauth {

namespace asio = boost::asio;

namespace {

class checked final : public clock {
public:
    explicit checked(std::shared_ptr<clock> user) : user_(std::move(user)) {}

    std::chrono::system_clock::time_point now() const override
    {
        const auto machine = std::chrono::system_clock::now();
        try {
            const auto time = user_->now();
            ahead_ = time - machine;
            return time;
        } catch (...) {
            return machine + ahead_.load();
        }
    }

    std::chrono::steady_clock::time_point steady_now() const override
    {
        const auto machine = std::chrono::steady_clock::now();
        try {
            const auto time = user_->steady_now();
            steady_ahead_ = time - machine;
            return time;
        } catch (...) {
            return machine + steady_ahead_.load();
        }
    }

    asio::awaitable<void> sleep_for(std::chrono::milliseconds duration) override { return sleep(user_, duration); }

private:
    static asio::awaitable<void> sleep(std::shared_ptr<clock> user, std::chrono::milliseconds duration)
    {
        bool out_of_memory = false;
        for (int attempts = 0; attempts == 0 || (attempts == 1 && out_of_memory); ++attempts)
            try {
                co_await user->sleep_for(duration);
                co_return;
            } catch (const std::bad_alloc&) {
                out_of_memory = true;
            } catch (...) {
                out_of_memory = false;
            }
        const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
        if (state.cancelled() != asio::cancellation_type::none)
            throw boost::system::system_error(asio::error::operation_aborted);
        co_await system_clock()->sleep_for(duration);
    }

    const std::shared_ptr<clock> user_;
    // Ahead of the machine's clocks, when the user's clock last returned a time.
    mutable std::atomic<std::chrono::system_clock::duration> ahead_{};
    mutable std::atomic<std::chrono::steady_clock::duration> steady_ahead_{};
};

} // namespace

std::shared_ptr<clock> checked_clock(std::shared_ptr<clock> user)
{
    if (!user || user == system_clock())
        return user;
    return std::make_shared<checked>(std::move(user));
}

} // namespace coauth
