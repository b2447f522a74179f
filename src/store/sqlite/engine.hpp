// What the stores of one file share, and how a coroutine has it do something.
#pragma once

#include "store/sqlite/end_watchers.hpp"
#include "store/sqlite/worker.hpp"

#include <coauth/coro/as_result.hpp>
#include <coauth/store/database.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

namespace coauth::store::sqlite {

/// Two threads: what is read does not wait for what is written.
class engine {
public:
    /// As `sqlite_store`.
    engine(const file_settings& settings, const database_options& options);

    /// Nanoseconds since 1970, by the store's clock.
    std::int64_t now() const { return nanoseconds(clock_->now()); }

    const database_options options;
    const std::shared_ptr<key_ring> keys;
    const std::shared_ptr<end_watchers> watchers;
    const std::string store; ///< The id of the database, unless its file is replaced.
    worker writer;           ///< Made the file.
    worker reader;

private:
    engine(const file_settings& settings, const database_options& options, std::unique_ptr<database_file> to_write);

    const std::shared_ptr<clock> clock_;
};

using engine_ptr = std::shared_ptr<engine>;

/// Drops an operation that is in the queue still when its coroutine ends.
class waiting_for_task {
public:
    explicit waiting_for_task(task& awaited) : task_(awaited) {}
    ~waiting_for_task() { task_.abandoned = true; }
    waiting_for_task(const waiting_for_task&) = delete;
    waiting_for_task& operator=(const waiting_for_task&) = delete;

private:
    task& task_;
};

/// Calls `body` with the file on a thread of the engine, and returns its result, of which there must be one. A cancelled one may have been carried out.
template <class Body>
boost::asio::awaitable<std::invoke_result_t<Body&, database_file&>> on_thread(
    engine_ptr owner, worker* thread, const char* operation, Body body)
{
    using result = std::invoke_result_t<Body&, database_file&>;
    const auto deadline = std::chrono::steady_clock::now() + owner->options.deadline;
    const auto made = std::make_shared<task_of<result, Body>>(operation, deadline, std::move(body));
    const waiting_for_task waiting(*made);
    thread->add(made);
    try {
        co_await thread_completion::wait(made->done);
    } catch (const boost::system::system_error&) {
        throw error_from_current_exception();
    }
    if (made->failure)
        std::rethrow_exception(made->failure);
    co_return made->take_result();
}

template <class Body>
auto write(const engine_ptr& owner, const char* operation, Body body)
{
    return on_thread(owner, &owner->writer, operation, std::move(body));
}

template <class Body>
auto read(const engine_ptr& owner, const char* operation, Body body)
{
    return on_thread(owner, &owner->reader, operation, std::move(body));
}

} // namespace coauth::store::sqlite
