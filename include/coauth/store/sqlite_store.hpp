// The stores of one machine, in an SQLite file. Link coauth::sqlite.
#pragma once

#include <coauth/export.hpp>
#include <coauth/store/database.hpp>
#include <coauth/store/key_ring.hpp>

#include <memory>
#include <string>

namespace coauth::store {

/// Opens the SQLite file at `path`, or makes it (mode 0600; the mode of one that is there stays as it is). Several processes of
/// one machine may use it at once; on a network's file system it must not lie. What an operation returned as done has reached
/// the disk (`synchronous=FULL`); many operations at once share one write to it.
///
/// A login that another process ended reaches `login_store::watch` within 500 ms, while something is watched.
///
/// Throws, at once: `errc::invalid_argument` for options out of range, for no keys, and for a path that SQLite would take for
/// something else (`:memory:`, `file:...`); `errc::store_unavailable` if the file can't be opened or written, is locked for
/// `deadline`, or is not a database of coauth; `errc::sealed_record` if its schema is of a newer version, or if none of `keys`
/// opens what it holds. An older schema is brought up to date.
///
/// Operations throw `errc::store_unavailable` for a full disk, a file that can't be written, was damaged or deleted, and one that
/// is locked for `deadline`, and work again when that is over. A file that was deleted is not made again before the program
/// opens it anew; one that was put in its place is used. A cancelled operation may have been carried out.
///
/// Two threads do the work, away from the threads that wait; they end with the last store, once they have carried out what was
/// begun. A process that forks must not use a store in the child.
///
/// Lifetime: an operation resumes its coroutine on the coroutine's own executor. If its context is destroyed before, the coroutine is
/// destroyed with it.
COAUTH_DECL std::shared_ptr<database> sqlite_store(
    std::string path, std::shared_ptr<key_ring> keys, database_options options = database_options());

} // namespace coauth::store
