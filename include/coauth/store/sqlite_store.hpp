// The stores of one machine, in an SQLite file. Link coauth::sqlite.
#pragma once

#include <coauth/export.hpp>
#include <coauth/store/database.hpp>
#include <coauth/store/key_ring.hpp>

#include <memory>
#include <string>

namespace coauth::store {

/// Opens the SQLite file at `path`, or makes it (mode 0600). Several processes of one machine may use it at once; on a
/// network's file system it must not lie. What an operation returned as done has reached the disk
/// (`synchronous=FULL`); many operations at once share one write to it.
///
/// A login that another process ended reaches `login_store::watch` within 500 ms, while something is watched.
///
/// Throws, at once: `errc::store_unavailable` if the file can't be opened, is locked for `deadline`, or is no database of
/// coauth; `errc::sealed_record` if its schema is of a newer version, or if none of `keys` opens what it holds. Operations
/// throw `errc::store_unavailable` for a full disk, a file that can't be written and one that is locked for `deadline`, and
/// work again when that is over.
///
/// Two threads do the work, away from the threads that wait; they end with the last store.
COAUTH_DECL std::shared_ptr<database> sqlite_store(
    std::string path, std::shared_ptr<key_ring> keys, database_options options = database_options());

} // namespace coauth::store
