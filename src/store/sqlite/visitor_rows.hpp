// The signed-in browsers of a file. Each function is a part of one transaction.
#pragma once

#include "store/sqlite/places.hpp"

#include <coauth/store/visitor_store.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace coauth::store::sqlite {

// As in `visitor_store`. `find_visitor`, `has_visitor` and `count_visitors` read only.

std::optional<user_key> add_visitor(database_file& file, const visitor_limits& limits, const browser_digest& browser,
    const user_key& user, std::int64_t begun, prepared_record& record, const browser_digest& previous);
std::optional<signed_in_user> find_visitor(
    database_file& file, const visitor_limits& limits, const browser_digest& browser);
std::optional<user_key> remove_visitor(database_file& file, const browser_digest& browser);
bool remove_visitors(database_file& file, const user_key& user, visitor_store::time_point latest);
bool has_visitor(database_file& file, const user_key& user);
std::size_t count_visitors(database_file& file);

/// What a part of `visitor_store::expire` removed.
struct expired_visitors {
    expired_visitors() = default;

    std::vector<user_key> left; ///< Users that have no other row.
    bool limited = false;       ///< There may be more rows whose time is over.
};

/// Removes at most so many rows that one transaction is short.
expired_visitors expire_visitors(database_file& file, const visitor_limits& limits, std::size_t limit);

} // namespace coauth::store::sqlite
