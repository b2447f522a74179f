// Tasks in one transaction.
#pragma once

#include "store/sqlite/task.hpp"

#include <memory>
#include <vector>

namespace coauth::store::sqlite {

using tasks = std::vector<std::shared_ptr<task>>;

/// Begins a transaction, waiting for other processes until the connection's deadline. Throws `failed_call`.
void begin_transaction(database_file& file, bool writes);

/// Runs all in the transaction that has begun, and commits it; if it must, in a second one. A task that fails has its `failure`, and has changed nothing; if the
/// transaction fails, all have it. Returns false if the file had better be opened again.
bool run_in_transaction(database_file& file, bool writes, const tasks& all) noexcept;

/// The error of an operation for what SQLite or a task threw: always one of coauth's, or `std::bad_alloc`.
std::exception_ptr failure_of(const char* operation, const std::exception_ptr& thrown) noexcept;

/// True if a connection is of no further use after this.
bool spoils_connection(const std::exception_ptr& thrown) noexcept;

} // namespace coauth::store::sqlite
