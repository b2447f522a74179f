// An operation of a store, as a worker carries it out for a coroutine that waits.
#pragma once

#include "coro/thread_completion.hpp"
#include "store/sqlite/database_file.hpp"

#include <atomic>
#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <utility>

namespace coauth::store::sqlite {

class task {
public:
    /// `operation` names it in errors, such as "storing a login".
    task(const char* operation, connection::deadline deadline) : operation(operation), deadline(deadline) {}
    virtual ~task();
    task(const task&) = delete;
    task& operator=(const task&) = delete;

    /// Part of a transaction of the worker's. May throw, and is called again where the transaction is repeated.
    virtual void run(database_file& file) = 0;

    /// Resumes the coroutine.
    void finish() noexcept;

    const char* const operation;
    const connection::deadline deadline;
    std::atomic<bool> abandoned = false; ///< Its coroutine waits no longer.
    std::exception_ptr failure;          ///< Set before it is finished.
    const std::shared_ptr<thread_completion> done = std::make_shared<thread_completion>();
};

/// `Body` is called with the file, and returns a `Result`.
template <class Result, class Body>
class task_of final : public task {
public:
    task_of(const char* operation, connection::deadline deadline, Body body)
        : task(operation, deadline), body_(std::move(body))
    {}

    void run(database_file& file) override { result_.emplace(body_(file)); }

    Result take_result() { return std::move(*result_); }

private:
    Body body_;
    std::optional<Result> result_;
};

} // namespace coauth::store::sqlite
