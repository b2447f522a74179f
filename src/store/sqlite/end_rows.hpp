// How logins ended, in the order in which they did, for all processes.
#pragma once

#include "store/sqlite/places.hpp"

#include <coauth/store/login_store.hpp>

#include <cstdint>
#include <functional>

namespace coauth::store::sqlite {

/// Adds a row, and removes a few that are older than two minutes: every process has seen them, or sleeps.
void add_end(database_file& file, const login_id& id, std::int64_t ended, prepared_record& record);

/// The number of the latest row, 0 if there never was one.
std::int64_t latest_end(database_file& file);

/// Calls `seen` for the rows after the number `after`, and returns the number of the last one. Rows that can't be opened are left out.
std::int64_t ends_after(database_file& file, std::int64_t after,
    const std::function<void(std::int64_t, const login_id&, const ended_login&)>& seen);

/// Changes whenever another connection has written to the file.
std::int64_t data_version(database_file& file);

} // namespace coauth::store::sqlite
