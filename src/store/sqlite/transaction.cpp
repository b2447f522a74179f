#include "store/sqlite/transaction.hpp"

#include "store/sqlite/failure.hpp"

#include <sqlite3.h>

namespace coauth::store::sqlite {

namespace {

namespace transaction_sql {
constexpr const char* begin_to_read = "BEGIN";
constexpr const char* begin_to_write = "BEGIN IMMEDIATE";
constexpr const char* commit = "COMMIT";
constexpr const char* roll_back = "ROLLBACK";
constexpr const char* begin_part = "SAVEPOINT part";
constexpr const char* end_part = "RELEASE part";
constexpr const char* undo_part = "ROLLBACK TO part";
} // namespace transaction_sql

// Thrown where the tasks must run once more, each so that it can be undone by itself.
struct part_to_undo {};

// Throws if the transaction as a whole is lost. Most tasks change nothing if they fail, and savepoints cost as much as the tasks:
// they are for a second run.
void run_part(database_file& file, bool can_undo, task& part)
{
    part.failure = nullptr;
    if (can_undo)
        file.db.execute(transaction_sql::begin_part);
    const auto changes = file.db.all_changes();
    const auto counts = file.counts;
    try {
        part.run(file);
    } catch (...) {
        part.failure = failure_of(part.operation, std::current_exception());
        // SQLite ends a transaction by itself where the disk or memory is full.
        if (!file.db.in_transaction() || spoils_connection(std::current_exception()))
            throw;
        file.counts = counts;
        if (can_undo)
            file.db.execute(transaction_sql::undo_part);
        else if (file.db.all_changes() != changes)
            throw part_to_undo();
    }
    if (can_undo)
        file.db.execute(transaction_sql::end_part);
}

void run_parts(database_file& file, bool can_undo, const tasks& all)
{
    for (const auto& each : all)
        run_part(file, can_undo, *each);
    file.counts.write(file.db);
    file.db.execute(transaction_sql::commit);
}

void roll_back(connection& db) noexcept
{
    try {
        if (db.in_transaction())
            db.execute(transaction_sql::roll_back);
    } catch (...) {
        // Closing the connection does it.
    }
}

} // namespace

void begin_transaction(database_file& file, bool writes)
{
    file.counts = counters(); // another process may have changed them
    file.db.execute(writes ? transaction_sql::begin_to_write : transaction_sql::begin_to_read);
}

bool run_in_transaction(database_file& file, bool writes, const tasks& all) noexcept
{
    try {
        try {
            run_parts(file, false, all);
        } catch (const part_to_undo&) {
            file.db.execute(transaction_sql::roll_back);
            begin_transaction(file, writes);
            run_parts(file, true, all);
        }
        return true;
    } catch (...) {
        const auto thrown = std::current_exception();
        for (const auto& each : all)
            if (!each->failure)
                each->failure = failure_of(each->operation, thrown);
        roll_back(file.db);
        return !spoils_connection(thrown) && !file.db.in_transaction();
    }
}

std::exception_ptr failure_of(const char* operation, const std::exception_ptr& thrown) noexcept
{
    try {
        std::rethrow_exception(thrown);
    } catch (const failed_call& failed) {
        try {
            return std::make_exception_ptr(sqlite_failure(operation, failed.code()));
        } catch (...) {
            return std::current_exception();
        }
    } catch (...) {
        return std::current_exception();
    }
}

bool spoils_connection(const std::exception_ptr& thrown) noexcept
{
    try {
        std::rethrow_exception(thrown);
    } catch (const failed_call& failed) {
        for (const int code :
            {SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_IOERR, SQLITE_CANTOPEN, SQLITE_READONLY, SQLITE_MISUSE})
            if (failed.is(code))
                return true;
    } catch (...) {
        // A task's own failure.
    }
    return false;
}

} // namespace coauth::store::sqlite
