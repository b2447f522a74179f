#include "session/background.hpp"

#include "coro/strand_of.hpp"

#include <coauth/error.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/system_executor.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>

#include <exception>
#include <new>
#include <utility>

namespace coauth::sessions {

namespace asio = boost::asio;

namespace {

// More than the processors that one session keeps busy; a coroutine holds its strand only while it runs.
constexpr std::size_t strands = 16;

// After a cancellation a coroutine can await nothing more, and its error has no receiver. Any other is thrown by the
// strand's context, since `system_executor` ends the program for it.
void pass_on(const std::exception_ptr& problem, const asio::any_io_executor& strand)
{
    try {
        std::rethrow_exception(problem);
    } catch (const boost::system::system_error& e) {
        if (e.code() == asio::error::operation_aborted || e.code() == errc::cancelled)
            return;
    } catch (const std::bad_alloc&) {
        return; // the destructors have reported the end
    } catch (...) {}
    try {
        asio::post(strand, [problem] { std::rethrow_exception(problem); });
    } catch (const std::bad_alloc&) {}
}

} // namespace

// A coroutine in progress. The signal belongs to the strand: it is emitted there, and destroyed with the coroutine.
class background::running : public background::entry,
                            public boost::intrusive_ref_counter<running, boost::thread_safe_counter> {
public:
    running(std::shared_ptr<background> table, const asio::any_io_executor& on) : table(std::move(table)), strand(on) {}

    void cancel() noexcept
    {
        try {
            signal.emit(asio::cancellation_type::terminal);
        } catch (const std::bad_alloc&) {
            // It runs to its end.
        }
    }

    const std::shared_ptr<background> table;
    const asio::any_io_executor& strand; // one of the table's
    asio::cancellation_signal signal;
};

background::background(const asio::any_io_executor& executor)
{
    for (std::size_t i = 0; i < strands; ++i)
        strands_.push_back(strand_of(executor));
}

// What co_spawn calls at the end of a coroutine, whose entry it removes: also if Asio destroys the coroutine instead of
// resuming it.
class background::at_end {
public:
    explicit at_end(boost::intrusive_ptr<running> entry) noexcept : entry_(std::move(entry)) {}
    at_end(at_end&&) noexcept = default;
    at_end& operator=(at_end&&) = delete;
    ~at_end() { end(); }

    // Calls it where the coroutine ends, which is on its strand: with the strand as its executor Asio would copy that, and
    // enter it, for nothing.
    using executor_type = asio::system_executor;
    executor_type get_executor() const noexcept { return {}; }

    void operator()(const std::exception_ptr& problem)
    {
        const auto ended = end();
        if (problem)
            pass_on(problem, ended->strand);
    }

private:
    boost::intrusive_ptr<running> end()
    {
        auto ended = std::exchange(entry_, nullptr);
        if (ended)
            ended->table->remove(*ended);
        return ended;
    }

    boost::intrusive_ptr<running> entry_; // empty: it has ended, or was moved from
};

void background::start(asio::awaitable<void> work)
{
    notify({});
    boost::intrusive_ptr<running> entry = add();
    running& started = *entry;
    asio::co_spawn(
        started.strand, std::move(work), asio::bind_cancellation_slot(started.signal.slot(), at_end(std::move(entry))));
}

asio::awaitable<void> background::enter_strand()
{
    return asio::dispatch(asio::use_awaitable);
}

boost::intrusive_ptr<background::running> background::add()
{
    auto self = shared_from_this();
    const std::lock_guard lock(mutex_);
    next_strand_ = (next_strand_ + 1) % strands_.size();
    boost::intrusive_ptr<running> entry(new running(std::move(self), strands_[next_strand_]));
    running_.push_back(*entry);
    return entry;
}

void background::cancel() noexcept
{
    cancelled_ = true;
    const std::lock_guard lock(mutex_);
    for (entry& each : running_)
        try {
            const boost::intrusive_ptr<running> kept(static_cast<running*>(&each));
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

void background::notify_all(waiters& due) noexcept
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
