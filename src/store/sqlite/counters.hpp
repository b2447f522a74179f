// The numbers that a file keeps of its rows, in memory for the time of one transaction.
#pragma once

#include "store/sqlite/connection.hpp"

#include <cstdint>
#include <optional>

namespace coauth::store::sqlite {

struct login_counters {
    login_counters() = default;

    std::int64_t pending = 0; ///< Those whose time is over count until they are settled.
    std::int64_t past = 0;    ///< Taken or expired, and remembered.
    std::int64_t expired = 0; ///< Since that was asked last.

    friend bool operator==(const login_counters&, const login_counters&) = default;
};

/// A transaction of many operations reads and writes them once. A copy of what they were undoes a change.
class counters {
public:
    /// To be read and changed. Read from the file at the first call.
    login_counters& logins(connection& db);

    /// Writes what has changed.
    void write(connection& db);

private:
    std::optional<login_counters> logins_;
    login_counters logins_in_file_;
};

} // namespace coauth::store::sqlite
