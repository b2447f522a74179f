// A database of coauth's in an SQLite file, open for one thread.
#pragma once

#include "store/record_text.hpp"
#include "store/sealed_record.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/counters.hpp"

#include <coauth/coro/clock.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace coauth::store::sqlite {

/// Makes an empty file with mode 0600 unless there is one. Throws `errc::store_unavailable`.
void make_file(const std::string& path);

/// What opening a file takes.
struct file_settings {
    file_settings(std::string new_path, std::shared_ptr<key_ring> new_keys, std::shared_ptr<coauth::clock> new_clock,
        std::chrono::milliseconds new_deadline)
        : path(std::move(new_path)), keys(std::move(new_keys)), clock(std::move(new_clock)), deadline(new_deadline)
    {}

    std::string path;
    std::shared_ptr<key_ring> keys;
    std::shared_ptr<coauth::clock> clock;
    std::chrono::milliseconds deadline;
};

class database_file {
public:
    /// Opens a file that exists, and makes its tables if it is empty. Waits until `deadline` for other processes. Throws
    /// `errc::store_unavailable`, `errc::sealed_record` for a newer schema and for keys that don't open it, and `failed_call`; that
    /// with `SQLITE_BUSY` before the deadline, too, where SQLite does not wait by itself.
    database_file(const file_settings& settings, connection::deadline deadline);

    connection db;
    counters counts;                ///< Of the transaction.
    std::uint64_t logins_begun = 0; ///< By this connection.

    /// Nanoseconds since 1970, by the store's clock.
    std::int64_t now() const;

    /// The id of the database, for the places of its records.
    const std::string& store() const { return store_; }

    std::string seal(const record_place& place, const secret& text) const;
    secret open(const record_place& place, std::string_view sealed) const;

    /// The record sealed anew, or an empty text if the newest key sealed it.
    std::string reseal(const record_place& place, std::string_view sealed) const;

private:
    void fill();
    void check_keys();

    const std::shared_ptr<key_ring> keys_;
    const std::shared_ptr<clock> clock_;
    std::string store_;
};

/// A time as a column keeps it.
inline std::int64_t nanoseconds(std::chrono::system_clock::time_point time)
{
    return std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count();
}
inline std::int64_t nanoseconds(std::chrono::nanoseconds duration)
{
    return duration.count();
}

} // namespace coauth::store::sqlite
