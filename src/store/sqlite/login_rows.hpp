// The pending logins of a file. Each function is a part of one transaction.
#pragma once

#include "store/sqlite/places.hpp"

#include <coauth/store/login_store.hpp>

#include <cstddef>
#include <cstdint>

namespace coauth::store::sqlite {

// As in `login_store`. All but `count_logins` write.

/// `due`: when its time is over.
void add_login(database_file& file, const login_limits& limits, const login_id& id, const browser_digest& browser,
    std::int64_t due, prepared_record& record);
login_store::counts count_logins(database_file& file, const browser_digest& browser);

/// A login that can't be opened stays.
taken_login take_login(
    database_file& file, const login_limits& limits, const login_id& id, const browser_digest& browser);

/// Lets at most `most` logins expire whose time is over, and removes as many that need no longer be remembered. Returns the
/// larger number of the two.
std::size_t settle_logins(database_file& file, const login_limits& limits, std::size_t most);

/// How many logins expired since this was called last, and when the next one is due.
login_store::expiry take_expired(database_file& file);

} // namespace coauth::store::sqlite
