#include "store/sqlite/schema.hpp"

#include <coauth/error.hpp>

#include <array>
#include <string>

namespace coauth::store::sqlite {

namespace {

// Times are nanoseconds since 1970. Every `sealed` is a sealed record; digests, times, and whose a row is, are plain.
//
// `logins`: `state` is 0 while one is pending, 1 once taken, 2 once expired; until `until` it is remembered. `login_counts` has one
// row: how many are pending, how many of the others are remembered, and how many expired since that was asked last.
constexpr const char* first_schema = R"(
CREATE TABLE meta (name TEXT NOT NULL PRIMARY KEY, value NOT NULL) WITHOUT ROWID;

CREATE TABLE logins (
    number INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    browser BLOB NOT NULL,
    state INTEGER NOT NULL,
    due INTEGER NOT NULL,
    until INTEGER NOT NULL,
    sealed BLOB);
CREATE INDEX pending_logins_by_due ON logins (due) WHERE state = 0;
CREATE INDEX pending_logins_by_browser ON logins (browser) WHERE state = 0;
CREATE INDEX past_logins_by_until ON logins (until) WHERE state <> 0;
CREATE TABLE login_counts (pending INTEGER NOT NULL, past INTEGER NOT NULL, expired INTEGER NOT NULL);
INSERT INTO login_counts VALUES (0, 0, 0);

CREATE TABLE tokens (
    number INTEGER PRIMARY KEY,
    provider TEXT NOT NULL,
    user TEXT NOT NULL,
    version INTEGER NOT NULL,
    leased_until INTEGER NOT NULL DEFAULT 0,
    lease_owner INTEGER NOT NULL DEFAULT 0,
    sealed BLOB NOT NULL,
    UNIQUE (provider, user));

CREATE TABLE visitors (
    number INTEGER PRIMARY KEY,
    browser BLOB NOT NULL UNIQUE,
    provider TEXT NOT NULL,
    user TEXT NOT NULL,
    begun INTEGER NOT NULL,
    sealed BLOB NOT NULL);
CREATE INDEX visitors_by_user ON visitors (provider, user, begun);
CREATE INDEX visitors_by_begun ON visitors (begun);
)";

// How logins ended, for the processes that await them. A number never comes again, so that each is seen once.
constexpr const char* second_schema = R"(
CREATE TABLE ends (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id BLOB NOT NULL,
    ended INTEGER NOT NULL,
    sealed BLOB NOT NULL);
)";

constexpr std::array upgrades = {first_schema, second_schema}; // the first makes version 1 of version 0, and so on
static_assert(upgrades.size() == schema_version);

// Nothing more than SQLite's own is in it.
bool is_empty(connection& db)
{
    return db.number("SELECT count(*) FROM sqlite_schema") == 0;
}

// The file's version: 0 for a new one.
std::int64_t version_of(connection& db)
{
    const auto owner = db.number("PRAGMA application_id");
    const auto version = db.number("PRAGMA user_version");
    if (owner == 0 && version == 0 && is_empty(db))
        return 0;
    if (owner != application_id || version < 1)
        throw error(errc::store_unavailable, "the SQLite file is not a database of coauth")
            .with_hint("name a file of its own for coauth, which is made if it is not there");
    if (version > schema_version)
        throw error(errc::sealed_record, "the SQLite file has the schema " + std::to_string(version) +
                                             ", which is newer than this program's, " + std::to_string(schema_version))
            .with_hint("use a version of coauth that is at least as new as the one that wrote it");
    return version;
}

} // namespace

bool begin_upgrade(connection& db)
{
    // In a transaction: all its parts are of one time.
    db.script("BEGIN");
    if (version_of(db) == schema_version)
        return false;
    db.script("COMMIT; BEGIN IMMEDIATE");
    const auto version = version_of(db); // again: another process may have been faster
    if (version == schema_version)
        return false;
    for (auto step = static_cast<std::size_t>(version); step < upgrades.size(); ++step)
        db.script(upgrades[step]);
    const auto marks = "PRAGMA application_id = " + std::to_string(application_id) +
                       "; PRAGMA user_version = " + std::to_string(schema_version);
    db.script(marks.c_str());
    return version == 0;
}

} // namespace coauth::store::sqlite
