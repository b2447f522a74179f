// A thread that works on the database.
#pragma once

#include "store/sqlite/task.hpp"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

namespace coauth::store::sqlite {

/// Carries out tasks in the order in which they come. What waits at once shares one transaction, and so one write to the disk; a
/// task that fails undoes what it did and costs the others nothing.
///
/// Thread safety: safe. Lifetime: its destructor waits until the tasks have ended, except on its own thread.
class worker {
public:
    enum class kind { reader, writer };

    /// Called on the thread: with a file that was opened again, and at each `pause` while it waits for tasks.
    struct hooks {
        hooks() = default;

        std::function<void(database_file&)> opened;
        std::function<bool()> wants_pauses;
        std::function<void(database_file&)> paused;
    };

    static constexpr std::chrono::milliseconds pause{200};

    /// With a file that is open; `settings` open it again. Throws `errc::invalid_argument` if no thread can be started.
    worker(kind purpose, const file_settings& settings, std::unique_ptr<database_file> file, hooks hooks);
    ~worker();
    worker(const worker&) = delete;
    worker& operator=(const worker&) = delete;

    void add(std::shared_ptr<task> added);

    /// Asks `wants_pauses` again.
    void notify();

private:
    class state;

    const std::shared_ptr<state> state_;
    std::thread thread_;
};

} // namespace coauth::store::sqlite
