#include "session/background.hpp"

#include <coauth/error.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>

#include <exception>
#include <utility>

namespace coauth::sessions {

namespace asio = boost::asio;

namespace {

// After a cancellation a coroutine can await nothing more, and its error is nobody's.
void pass_on(const std::exception_ptr& problem)
{
    try {
        std::rethrow_exception(problem);
    } catch (const boost::system::system_error& e) {
        if (e.code() != asio::error::operation_aborted && e.code() != errc::cancelled)
            throw;
    }
}

} // namespace

// The signal belongs to the strand: emitted there, gone with the coroutine.
struct background::running {
    explicit running(const asio::any_io_executor& executor) : strand(asio::make_strand(executor)) {}

    asio::strand<asio::any_io_executor> strand;
    asio::cancellation_signal signal;
};

void background::start(asio::awaitable<void> work)
{
    auto which = std::make_shared<running>(executor_);
    {
        const std::lock_guard lock(mutex_);
        running_.insert(which);
    }
    const auto slot = which->signal.slot();
    auto done = [self = shared_from_this(), which](const std::exception_ptr& problem) {
        self->ended(which);
        if (problem)
            pass_on(problem);
    };
    asio::co_spawn(which->strand, std::move(work), asio::bind_cancellation_slot(slot, std::move(done)));
}

void background::cancel()
{
    const std::lock_guard lock(mutex_);
    for (const auto& which : running_)
        asio::post(which->strand, [which] { which->signal.emit(asio::cancellation_type::terminal); });
}

asio::awaitable<void> background::drained()
{
    auto closer = std::make_shared<one_shot>();
    {
        const std::lock_guard lock(mutex_);
        if (running_.empty())
            co_return;
        closers_.push_back(closer);
    }
    co_await closer->wait();
}

void background::ended(const std::shared_ptr<running>& which)
{
    std::vector<std::shared_ptr<one_shot>> closers;
    {
        const std::lock_guard lock(mutex_);
        running_.erase(which);
        if (running_.empty())
            closers.swap(closers_);
    }
    for (const auto& closer : closers)
        closer->fire();
}

} // namespace coauth::sessions
