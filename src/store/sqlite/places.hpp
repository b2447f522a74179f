// Where in a database its records are, and records that are sealed before the transaction that writes them.
#pragma once

#include "store/sealed_record.hpp"
#include "store/sqlite/database_file.hpp"

#include <coauth/identity/user.hpp>
#include <coauth/secret.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace coauth::store::sqlite {

// `store`: the id of the database. Ids and digests are octets.

record_place token_place(const std::string& store, const user_key& user, std::int64_t version);
record_place login_place(const std::string& store, std::string_view id, std::int64_t due);
record_place end_place(const std::string& store, std::string_view id, std::int64_t ended);
record_place visitor_place(
    const std::string& store, std::string_view provider, std::string_view browser, std::int64_t begun);

/// The place of the record by which a wrong key shows: what is not sealed for any row.
record_place check_place(const std::string& store);

/// Of a row of any table: `key_is_octets` unless it is a text.
record_place row_place(const std::string& store, std::string_view table, bool key_is_octets, std::string_view provider,
    std::string_view key, std::int64_t version);

/// Sealed by the caller, for sealing costs as much as writing a row, and there is one thread that writes.
class prepared_record {
public:
    prepared_record(const key_ring& keys, record_place place, secret text);

    /// For the file that is open: sealed again if it is another database than the caller knew, as where a file was
    /// replaced.
    const std::string& sealed_for(const database_file& file);

private:
    record_place place_;
    const secret text_;
    std::string sealed_;
};

} // namespace coauth::store::sqlite
