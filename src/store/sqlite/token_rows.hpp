// The credentials of a file. Each function is a part of one transaction.
#pragma once

#include "store/sqlite/places.hpp"

#include <coauth/store/token_store.hpp>

#include <chrono>
#include <cstdint>
#include <optional>

namespace coauth::store::sqlite {

// As in `token_store`. All but `find_token` write.

std::optional<stored_credential> find_token(database_file& file, const user_key& user);
void put_token(database_file& file, const user_key& user, std::uint64_t version, prepared_record& record);

/// True if the user's credential was of the version `replaced`.
bool replace_token(
    database_file& file, const user_key& user, std::uint64_t replaced, std::uint64_t version, prepared_record& record);
bool lease_token(database_file& file, const user_key& user, std::uint64_t version, std::chrono::milliseconds time);
bool remove_token(database_file& file, const user_key& user, std::optional<std::uint64_t> version);

} // namespace coauth::store::sqlite
