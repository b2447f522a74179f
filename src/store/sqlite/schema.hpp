// The tables of a file, and how an older file comes by them.
#pragma once

#include "store/sqlite/connection.hpp"

namespace coauth::store::sqlite {

/// The version of the tables that this program reads and writes.
inline constexpr std::int64_t schema_version = 2;

/// Whose file it is: "coau".
inline constexpr std::int64_t application_id = 0x636f6175;

/// Brings a file to `schema_version`: a new one, which is empty, or an older one, in one transaction. Returns true if it was
/// new. Throws `errc::store_unavailable` for a file of another program, `errc::sealed_record` for one of a newer version, and
/// `failed_call`.
///
/// Begins a transaction, which the caller commits, once what belongs to a new file is in it.
bool begin_upgrade(connection& db);

// States of a login.
inline constexpr std::int64_t login_pending = 0;
inline constexpr std::int64_t login_taken = 1;
inline constexpr std::int64_t login_expired = 2;

} // namespace coauth::store::sqlite
