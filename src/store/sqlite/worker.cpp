#include "store/sqlite/worker.hpp"

#include "coro/blocked_signals.hpp"
#include "store/sqlite/failure.hpp"
#include "store/sqlite/transaction.hpp"

#include <coauth/system_failure.hpp>

#include <algorithm>
#include <new>
#include <sqlite3.h>
#include <system_error>
#include <utility>

namespace coauth::store::sqlite {

namespace {

using time_point = connection::deadline;

// So that no operation waits long for those before it.
constexpr std::size_t most_at_once = 256;

void finish_all(tasks& all) noexcept
{
    for (const auto& each : all)
        each->finish();
    all.clear();
}

void fail_all(tasks& all, const std::exception_ptr& thrown) noexcept
{
    for (const auto& each : all)
        each->failure = failure_of(each->operation, thrown);
    finish_all(all);
}

// What waits no longer is not carried out.
void drop_abandoned(tasks& all)
{
    std::erase_if(all, [](const auto& each) { return each->abandoned.load(); });
}

void fail_overdue(tasks& all, time_point now)
{
    const auto overdue =
        std::stable_partition(all.begin(), all.end(), [&](const auto& each) { return each->deadline > now; });
    tasks failed(overdue, all.end());
    all.erase(overdue, all.end());
    fail_all(failed, std::make_exception_ptr(failed_call(SQLITE_BUSY)));
}

time_point earliest_deadline(const tasks& all)
{
    time_point earliest = time_point::max();
    for (const auto& each : all)
        earliest = std::min(earliest, each->deadline);
    return earliest;
}

} // namespace

class worker::state {
public:
    state(kind purpose, const file_settings& settings, std::unique_ptr<database_file> file, hooks hooks)
        : writes_(purpose == kind::writer), settings_(settings), hooks_(std::move(hooks)), file_(std::move(file))
    {}

    void add(std::shared_ptr<task> added)
    {
        {
            const std::lock_guard lock(mutex_);
            queue_.push_back(std::move(added));
        }
        changed_.notify_one();
    }

    void notify()
    {
        {
            const std::lock_guard lock(mutex_);
            pauses_ = true;
        }
        changed_.notify_one();
    }

    void stop()
    {
        {
            const std::lock_guard lock(mutex_);
            stopping_ = true;
        }
        changed_.notify_one();
    }

    void run() noexcept;

private:
    bool take(tasks& all);
    void carry_out(tasks& all);
    database_file& opened(time_point deadline);
    void make_pause() noexcept;

    const bool writes_;
    const file_settings settings_;
    const hooks hooks_;
    std::unique_ptr<database_file> file_; // of the thread

    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::shared_ptr<task>> queue_;
    bool pauses_ = false;
    bool stopping_ = false;
};

void worker::state::run() noexcept
{
    auto next_pause = std::chrono::steady_clock::now() + pause;
    tasks all;
    for (;;) {
        {
            std::unique_lock lock(mutex_);
            const auto due = [this] { return stopping_ || !queue_.empty(); };
            if (pauses_)
                changed_.wait_until(lock, next_pause, due);
            else
                changed_.wait(lock, [&] { return due() || pauses_; });
            if (stopping_ && queue_.empty())
                break;
        }
        try {
            if (take(all))
                carry_out(all);
        } catch (...) {
            fail_all(all, std::current_exception());
        }
        if (const auto now = std::chrono::steady_clock::now(); now >= next_pause) {
            next_pause = now + pause;
            make_pause();
        }
    }
    file_.reset();
}

bool worker::state::take(tasks& all)
{
    const std::lock_guard lock(mutex_);
    const auto count = std::min(queue_.size(), most_at_once);
    all.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        all.push_back(std::move(queue_.front()));
        queue_.pop_front();
    }
    return count > 0;
}

void worker::state::carry_out(tasks& all)
{
    for (;;) {
        drop_abandoned(all);
        fail_overdue(all, std::chrono::steady_clock::now());
        if (all.empty())
            return;
        try {
            const auto deadline = earliest_deadline(all);
            auto& file = opened(deadline);
            file.db.wait_until(deadline);
            begin_transaction(file, writes_);
            break;
        } catch (const failed_call& failed) {
            if (!failed.is(SQLITE_BUSY)) {
                const auto thrown = std::current_exception();
                if (spoils_connection(thrown))
                    file_.reset();
                fail_all(all, thrown);
                return;
            }
            // Those whose time is not over go on waiting.
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        } catch (...) {
            fail_all(all, std::current_exception());
            return;
        }
    }
    const bool usable = run_in_transaction(*file_, writes_, all);
    finish_all(all);
    if (!usable)
        file_.reset();
}

database_file& worker::state::opened(time_point deadline)
{
    if (file_ && file_->db.has_moved())
        file_.reset();
    if (!file_) {
        auto reopened = std::make_unique<database_file>(settings_, deadline);
        if (hooks_.opened)
            hooks_.opened(*reopened);
        file_ = std::move(reopened);
    }
    return *file_;
}

void worker::state::make_pause() noexcept
{
    try {
        {
            // Asked with the lock, or a watcher that is added now would go unnoticed.
            const std::lock_guard lock(mutex_);
            pauses_ = hooks_.wants_pauses && hooks_.wants_pauses();
            if (!pauses_)
                return;
        }
        auto& file = opened(std::chrono::steady_clock::now());
        file.db.wait_until(std::chrono::steady_clock::now());
        hooks_.paused(file);
    } catch (...) {
        if (spoils_connection(std::current_exception()))
            file_.reset();
    }
}

worker::worker(kind purpose, const file_settings& settings, std::unique_ptr<database_file> file, hooks hooks)
    : state_(std::make_shared<state>(purpose, settings, std::move(file), std::move(hooks)))
{
    const blocked_signals blocked;
    try {
        thread_ = std::thread([state = state_] { state->run(); });
    } catch (const std::system_error& failed) {
        throw system_failure("starting a thread for the SQLite file", failed.code());
    }
}

worker::~worker()
{
    state_->stop();
    // A watcher may have released the last store.
    if (thread_.get_id() == std::this_thread::get_id())
        thread_.detach();
    else
        thread_.join();
}

void worker::add(std::shared_ptr<task> added)
{
    state_->add(std::move(added));
}

void worker::notify()
{
    state_->notify();
}

task::~task() = default;

void task::finish() noexcept
{
    done->complete();
}

} // namespace coauth::store::sqlite
