// The credentials of a file. Each function is a part of one transaction.
#pragma once

#include "store/sqlite/database_file.hpp"

#include <coauth/store/token_store.hpp>

#include <chrono>
#include <cstdint>
#include <optional>

namespace coauth::store::sqlite {

// As in `token_store`. All but `find_token` write.

std::optional<stored_credential> find_token(database_file& file, const user_key& user);
std::uint64_t put_token(database_file& file, const user_key& user, const credential& held);
std::optional<std::uint64_t> replace_token(
    database_file& file, const user_key& user, std::uint64_t version, const credential& held);
bool lease_token(database_file& file, const user_key& user, std::uint64_t version, std::chrono::milliseconds time);
bool remove_token(database_file& file, const user_key& user, std::optional<std::uint64_t> version);

} // namespace coauth::store::sqlite
