// What a database keeps, encrypted and bound to its place.
#pragma once

#include <coauth/export.hpp>
#include <coauth/secret.hpp>
#include <coauth/store/key_ring.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace coauth::store {

/// The place of a record. What was sealed for one place opens at no other.
struct record_place {
    record_place(std::string new_store, std::string new_table, std::string new_provider, std::string new_key,
        std::uint64_t new_version)
        : store(std::move(new_store)), table(std::move(new_table)), provider(std::move(new_provider)),
          key(std::move(new_key)), version(new_version)
    {}

    std::string store; ///< Which database.
    std::string table;
    std::string provider;
    std::string key; ///< What finds the record in its table.
    std::uint64_t version;
};

/// Seals `text` with the newest key: AES-256-GCM under a key that HKDF derives from it with a random salt, so that a nonce
/// would have to come twice under one salt to do harm. In front are the octet of the format (1), the length of the key's id,
/// the id, the salt (16 octets) and the nonce (12).
COAUTH_DECL std::string seal(const key_ring& keys, const record_place& place, std::string_view text);

/// The text again. Throws `errc::sealed_record`, and says why: the key is not at hand, the format is newer, or the record
/// was changed or stood in another place.
COAUTH_DECL secret open(key_ring& keys, const record_place& place, std::string_view sealed);

/// True if the newest key sealed it.
COAUTH_DECL bool is_sealed_by_newest(const key_ring& keys, std::string_view sealed);

/// The error of a record that is not what this program wrote: `reason` is a sentence's end, such as "its text is cut short".
COAUTH_DECL error unreadable_record(const record_place& place, std::string reason);

} // namespace coauth::store
