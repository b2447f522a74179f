#include "store/sqlite/end_rows.hpp"

#include <algorithm>
#include <chrono>

namespace coauth::store::sqlite {

namespace {

constexpr std::chrono::minutes kept{2};

namespace end_sql {
constexpr const char* insert_end = "INSERT INTO ends (id, ended, sealed) VALUES (?, ?, ?)";
constexpr const char* remove_old_ends =
    "DELETE FROM ends WHERE number IN (SELECT number FROM ends ORDER BY number LIMIT 4) AND ended <= ?";
constexpr const char* latest_end =
    "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'ends'), 0)"; // of removed rows, too
constexpr const char* ends_after = "SELECT number, id, ended, sealed FROM ends WHERE number > ? ORDER BY number";
constexpr const char* data_version = "PRAGMA data_version";
} // namespace end_sql

std::optional<ended_login> open_end(database_file& file, const execution& row)
{
    try {
        const auto place = end_place(file.store(), row.octets(1), row.number(2));
        const secret text = file.open(place, row.octets(3));
        return read_ended_login(place, text.reveal());
    } catch (const error&) {
        return std::nullopt; // what awaits this login ends at its own deadline
    }
}

} // namespace

void add_end(database_file& file, const login_id& id, std::int64_t ended, prepared_record& record)
{
    file.db.execute(end_sql::insert_end, blob(id.octets), ended, blob(record.sealed_for(file)));
    file.db.execute(end_sql::remove_old_ends, file.now() - nanoseconds(kept));
}

std::int64_t latest_end(database_file& file)
{
    return file.db.number(end_sql::latest_end);
}

std::int64_t ends_after(database_file& file, std::int64_t after,
    const std::function<void(std::int64_t, const login_id&, const ended_login&)>& seen)
{
    auto row = file.db.run(end_sql::ends_after, after);
    while (row.next()) {
        after = row.number(0);
        login_id id;
        const auto octets = row.octets(1);
        if (octets.size() != id.octets.size())
            continue;
        std::copy(octets.begin(), octets.end(), id.octets.begin());
        if (const auto reached = open_end(file, row))
            seen(after, id, *reached);
    }
    return after;
}

std::int64_t data_version(database_file& file)
{
    return file.db.number(end_sql::data_version);
}

} // namespace coauth::store::sqlite
