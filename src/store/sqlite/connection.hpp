// A connection to an SQLite file.
#pragma once

#include "store/sqlite/statement.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>

namespace coauth::store::sqlite {

/// Every call throws `failed_call`, and `std::bad_alloc` for lack of memory.
///
/// Thread safety: one thread at a time.
class connection {
public:
    using deadline = std::chrono::steady_clock::time_point;

    /// Opens the file, which must exist; waits until `time` for those who have it locked. Fails with `SQLITE_READONLY` for
    /// one that can't be written.
    connection(const std::string& path, deadline time);
    ~connection();
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;

    /// Until when a statement waits for other connections.
    void wait_until(deadline time) noexcept { wait_until_ = time; }

    /// Runs statements that give no rows and take no parameters, without keeping them.
    void script(const char* text);

    /// Begins a statement, which is prepared at its first use. `text`: a constant, by whose address it is found again.
    template <class... Values>
    execution run(const char* text, const Values&... values)
    {
        return execution(prepared(text), values...);
    }

    /// Runs a statement to its end.
    template <class... Values>
    void execute(const char* text, const Values&... values)
    {
        execution begun(prepared(text), values...);
        while (begun.next()) {}
    }

    /// Runs a statement that gives one number. Fails with `SQLITE_CORRUPT` where it gives no row.
    template <class... Values>
    std::int64_t number(const char* text, const Values&... values)
    {
        execution begun(prepared(text), values...);
        if (!begun.next())
            missing_row();
        return begun.number(0);
    }

    /// How many rows the last statement changed.
    std::size_t changed() const noexcept;

    /// How many rows all statements changed.
    std::int64_t all_changes() const noexcept;

    bool in_transaction() const noexcept;

    /// True if the path names no longer the file that is open: it was deleted or replaced.
    bool has_moved() const noexcept;

private:
    static int wait_for_others(void* self, int calls) noexcept;
    [[noreturn]] static void missing_row();
    statement& prepared(const char* text);

    struct closer {
        void operator()(sqlite3* open) const noexcept;
    };

    std::unique_ptr<sqlite3, closer> open_;
    std::unordered_map<const char*, statement> statements_; // after the connection, which must outlive them
    deadline wait_until_;
};

} // namespace coauth::store::sqlite
