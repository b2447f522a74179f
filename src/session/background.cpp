#include "session/background.hpp"

#include <coauth/error.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>

#include <exception>
#include <new>
#include <utility>

namespace coauth::sessions {

namespace asio = boost::asio;

namespace {

// More than the processors that one session keeps busy; a coroutine holds its strand only while it runs.
constexpr std::size_t strands = 16;

// After a cancellation a coroutine can await nothing more, and its error has no receiver.
void pass_on(const std::exception_ptr& problem)
{
    try {
        std::rethrow_exception(problem);
    } catch (const boost::system::system_error& e) {
        if (e.code() != asio::error::operation_aborted && e.code() != errc::cancelled)
            throw;
    } catch (const std::bad_alloc&) {
        // The destructors have reported the end.
    }
}

} // namespace

// The signal belongs to the strand: it is emitted there, and destroyed with the coroutine.
struct background::running {
    explicit running(background::strand strand) : strand(std::move(strand)) {}

    void cancel() noexcept
    {
        try {
            signal.emit(asio::cancellation_type::terminal);
        } catch (const std::bad_alloc&) {
            // It runs to its end.
        }
    }

    background::strand strand;
    asio::cancellation_signal signal;
};

background::background(const asio::any_io_executor& executor)
{
    for (std::size_t i = 0; i < strands; ++i)
        strands_.push_back(asio::make_strand(executor));
}

// A coroutine's entry in the set of running ones. Removed with it, also if Asio destroys it instead of resuming it.
class background::registration {
public:
    registration(std::shared_ptr<background> table, std::shared_ptr<running> entry)
        : table_(std::move(table)), entry_(std::move(entry))
    {
        const std::lock_guard lock(table_->mutex_);
        table_->running_.insert(entry_);
    }
    registration(registration&&) noexcept = default;
    registration& operator=(registration&&) = delete;
    ~registration() { end(); }

    void end()
    {
        if (const auto table = std::exchange(table_, nullptr))
            table->remove(entry_);
    }

private:
    std::shared_ptr<background> table_; // empty: it has ended, or was moved from
    std::shared_ptr<running> entry_;
};

void background::start(asio::awaitable<void> work)
{
    notify({});
    const auto entry = std::make_shared<running>(next_strand());
    registration running_entry(shared_from_this(), entry);
    auto done = [running_entry = std::move(running_entry)](const std::exception_ptr& problem) mutable {
        running_entry.end();
        if (problem)
            pass_on(problem);
    };
    asio::co_spawn(entry->strand, std::move(work), asio::bind_cancellation_slot(entry->signal.slot(), std::move(done)));
}

background::strand background::next_strand()
{
    const std::lock_guard lock(mutex_);
    next_strand_ = (next_strand_ + 1) % strands_.size();
    return strands_[next_strand_];
}

void background::cancel() noexcept
{
    const std::lock_guard lock(mutex_);
    for (const auto& entry : running_)
        try {
            asio::post(entry->strand, [entry] { entry->cancel(); });
        } catch (const std::bad_alloc&) {}
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

void background::remove(const std::shared_ptr<running>& entry)
{
    waiters closers;
    {
        const std::lock_guard lock(mutex_);
        running_.erase(entry);
        if (running_.empty())
            closers.swap(closers_);
    }
    notify(std::move(closers));
}

void background::notify(waiters due) noexcept
{
    {
        const std::lock_guard lock(mutex_);
        due.splice(due.begin(), unnotified_);
    }
    sessions::notify(due);
    if (due.empty())
        return;
    const std::lock_guard lock(mutex_);
    unnotified_.splice(unnotified_.end(), due);
}

} // namespace coauth::sessions
