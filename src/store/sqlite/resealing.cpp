#include "store/sqlite/resealing.hpp"

#include "store/sqlite/places.hpp"

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace coauth::store::sqlite {

namespace {

// `find` gives, after a number: number, provider, key, version, sealed. `update` takes the record and the number.
struct sealed_table {
    const char* name;
    bool key_is_octets;
    const char* find;
    const char* update;
};

constexpr std::array sealed_tables = {
    sealed_table{"meta", false, "SELECT 1, '', name, 0, value FROM meta WHERE name = 'check' AND ? < 1 LIMIT ?",
        "UPDATE meta SET value = ? WHERE name = 'check' AND ? = 1"},
    sealed_table{"logins", true,
        "SELECT number, '', id, due, sealed FROM logins WHERE number > ? AND sealed IS NOT NULL ORDER BY number LIMIT "
        "?",
        "UPDATE logins SET sealed = ? WHERE number = ?"},
    sealed_table{"tokens", false,
        "SELECT number, provider, user, version, sealed FROM tokens WHERE number > ? ORDER BY number LIMIT ?",
        "UPDATE tokens SET sealed = ? WHERE number = ?"},
    sealed_table{"visitors", true,
        "SELECT number, provider, browser, begun, sealed FROM visitors WHERE number > ? ORDER BY number LIMIT ?",
        "UPDATE visitors SET sealed = ? WHERE number = ?"},
    sealed_table{"ends", true,
        "SELECT number, '', id, ended, sealed FROM ends WHERE number > ? ORDER BY number LIMIT ?",
        "UPDATE ends SET sealed = ? WHERE number = ?"},
};

constexpr std::int64_t looked_at_once = 100;

} // namespace

reseal_progress reseal_some(database_file& file, reseal_progress progress)
{
    const auto& table = sealed_tables.at(progress.table);
    std::vector<std::pair<std::int64_t, std::string>> resealed;
    std::int64_t looked_at = 0;
    {
        auto row = file.db.run(table.find, progress.after, looked_at_once);
        for (; row.next(); ++looked_at) {
            progress.after = row.number(0);
            const auto place =
                row_place(file.store(), table.name, table.key_is_octets, row.octets(1), row.octets(2), row.number(3));
            try {
                auto record = file.reseal(place, row.octets(4));
                if (!record.empty())
                    resealed.emplace_back(progress.after, std::move(record));
            } catch (const error& failed) {
                if (!progress.failed)
                    progress.failed = failed;
            }
        }
    }
    for (const auto& record : resealed)
        file.db.execute(table.update, blob(record.second), record.first);
    if (table.name != std::string_view("meta")) {
        progress.counts.resealed += resealed.size();
        progress.counts.records += static_cast<std::size_t>(looked_at);
    }
    if (looked_at < looked_at_once) {
        ++progress.table;
        progress.after = 0;
        progress.ended = progress.table == sealed_tables.size();
    }
    return progress;
}

} // namespace coauth::store::sqlite
