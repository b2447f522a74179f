#include "store/sqlite/failure.hpp"

#include <sqlite3.h>
#include <string>

namespace coauth::store {

namespace {

std::string_view hint_of(int code)
{
    constexpr int primary = 0xff; // the extended codes say more in the octets above
    switch (code & primary) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return "another program holds the file; it goes on when that lets go";
    case SQLITE_FULL:
        return "free space on the disk; it goes on then";
    case SQLITE_READONLY:
        return "let this program's user write to the file and to its folder";
    case SQLITE_CANTOPEN:
        return "the folder must exist, and this program's user may write to it";
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return "let this program's user read and write the file";
    case SQLITE_IOERR:
        return "look at the disk, and at the system's log";
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return "it is not an SQLite file, or it was damaged: restore a copy, or name another file";
    default:
        return {};
    }
}

} // namespace

error sqlite_failure(std::string_view operation, int code)
{
    error failed(errc::store_unavailable, std::string(operation) + " failed: SQLite says: " + sqlite3_errstr(code));
    const auto hint = hint_of(code);
    return hint.empty() ? failed : failed.with_hint(std::string(hint));
}

} // namespace coauth::store
