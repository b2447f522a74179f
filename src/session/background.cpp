#include "session/background.hpp"

#include "coro/strand_of.hpp"

#include <coauth/error.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

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
class background::running : public background::entry, public std::enable_shared_from_this<running> {
public:
    explicit running(const asio::any_io_executor& on) : strand(on) {}

    void cancel() noexcept
    {
        try {
            signal.emit(asio::cancellation_type::terminal);
        } catch (const std::bad_alloc&) {
            // It runs to its end.
        }
    }

    const asio::any_io_executor& strand; // one of the background's, which its registration keeps
    asio::cancellation_signal signal;
};

background::background(const asio::any_io_executor& executor)
{
    for (std::size_t i = 0; i < strands; ++i)
        strands_.push_back(strand_of(executor));
}

// A coroutine's entry in the list of running ones. Removed with it, also if Asio destroys it instead of resuming it.
class background::registration {
public:
    explicit registration(std::shared_ptr<background> table) : table_(std::move(table)), entry_(table_->add()) {}
    registration(registration&&) noexcept = default;
    registration& operator=(registration&&) = delete;
    ~registration() { end(); }

    void end()
    {
        if (const auto table = std::exchange(table_, nullptr))
            table->remove(*entry_);
    }

    const std::shared_ptr<running>& entry() const noexcept { return entry_; }

private:
    std::shared_ptr<background> table_; // empty: it has ended, or was moved from
    std::shared_ptr<running> entry_;
};

void background::start(asio::awaitable<void> work)
{
    notify({});
    registration running_entry(shared_from_this());
    running& entry = *running_entry.entry();
    auto done = [running_entry = std::move(running_entry)](const std::exception_ptr& problem) mutable {
        running_entry.end();
        if (problem)
            pass_on(problem);
    };
    asio::co_spawn(entry.strand, std::move(work), asio::bind_cancellation_slot(entry.signal.slot(), std::move(done)));
}

std::shared_ptr<background::running> background::add()
{
    const std::lock_guard lock(mutex_);
    next_strand_ = (next_strand_ + 1) % strands_.size();
    auto entry = std::make_shared<running>(strands_[next_strand_]);
    running_.push_back(*entry);
    return entry;
}

void background::cancel() noexcept
{
    const std::lock_guard lock(mutex_);
    for (entry& each : running_)
        try {
            const auto kept = static_cast<running&>(each).shared_from_this();
            asio::post(kept->strand, [kept] { kept->cancel(); });
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

void background::remove(running& ended)
{
    waiters closers;
    {
        const std::lock_guard lock(mutex_);
        running_.erase(running_.iterator_to(ended));
        if (running_.empty())
            closers.swap(closers_);
    }
    notify(std::move(closers));
}

void background::notify(waiters due) noexcept
{
    if (has_unnotified_) {
        const std::lock_guard lock(mutex_);
        due.splice(due.begin(), unnotified_);
        has_unnotified_ = false;
    }
    sessions::notify(due);
    if (due.empty())
        return;
    const std::lock_guard lock(mutex_);
    unnotified_.splice(unnotified_.end(), due);
    has_unnotified_ = true;
}

} // namespace coauth::sessions
