#include "store/sqlite/login_rows.hpp"

#include "store/sqlite/schema.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

namespace coauth::store::sqlite {

namespace {

// One of so many logins that begin settles the overdue rows of more than as many.
constexpr std::uint64_t between_settlings = 16;
constexpr std::size_t settled_by_login = 100;

namespace login_sql {
constexpr const char* find = "SELECT number, browser, state, due, until, sealed FROM logins WHERE id = ?";
constexpr const char* remembered = "SELECT number, state, until FROM logins WHERE id = ?";
constexpr const char* insert = "INSERT INTO logins (id, browser, state, due, until, sealed) VALUES (?, ?, 0, ?, ?, ?)";
constexpr const char* remove = "DELETE FROM logins WHERE number = ?";
constexpr const char* take = "UPDATE logins SET state = 1, until = ?, sealed = NULL WHERE number = ?";
constexpr const char* overdue = "SELECT count(*) FROM logins WHERE state = 0 AND due <= ?";
constexpr const char* of_browser = "SELECT count(*) FROM logins WHERE state = 0 AND browser = ? AND due > ?";
constexpr const char* expire = "UPDATE logins SET state = 2, sealed = NULL WHERE number IN "
                               "(SELECT number FROM logins WHERE state = 0 AND due <= ? ORDER BY due LIMIT ?)";
constexpr const char* forget = "DELETE FROM logins WHERE number IN "
                               "(SELECT number FROM logins WHERE state <> 0 AND until <= ? ORDER BY until LIMIT ?)";
constexpr const char* forget_oldest = "DELETE FROM logins WHERE number IN "
                                      "(SELECT number FROM logins WHERE state <> 0 ORDER BY until LIMIT ?)";
constexpr const char* next_due = "SELECT due FROM logins WHERE state = 0 ORDER BY due LIMIT 1";
} // namespace login_sql

std::int64_t number_of(std::size_t count)
{
    return static_cast<std::int64_t>(count);
}

// Counts past logins. As many are remembered as may be pending; where another process has a larger limit, not all that are too many
// are forgotten at once.
void count_past(database_file& file, const login_limits& limits, std::int64_t added)
{
    auto& counts = file.counts.logins(file.db);
    counts.past += added;
    const auto beyond = counts.past - number_of(limits.max_pending);
    if (beyond <= 0)
        return;
    file.db.execute(login_sql::forget_oldest, std::min(beyond, added + number_of(settled_by_login)));
    counts.past -= number_of(file.db.changed());
}

bool browsers_match(std::string_view octets, const browser_digest& browser)
{
    return equal_in_constant_time(octets, blob(browser.octets).octets);
}

// A login that is remembered can't begin again; one that need not be makes room.
void make_room_for_id(database_file& file, const login_id& id, std::int64_t now)
{
    std::int64_t number = 0;
    std::int64_t state = 0;
    {
        auto known = file.db.run(login_sql::remembered, blob(id.octets));
        if (!known.next())
            return;
        number = known.number(0);
        state = known.number(1);
        if (known.number(2) > now)
            throw error(errc::provider_error, "the provider gave one login's key twice")
                .with_hint("the login can't be told from an earlier one; begin again");
    }
    file.db.execute(login_sql::remove, number);
    auto& counts = file.counts.logins(file.db);
    if (state == login_pending) {
        --counts.pending;
        ++counts.expired;
    } else {
        --counts.past;
    }
}

void check_caps(database_file& file, const login_limits& limits, const browser_digest& browser, std::int64_t now)
{
    const auto most = number_of(limits.max_pending);
    auto pending = file.counts.logins(file.db).pending;
    if (pending >= most)
        pending -= file.db.number(login_sql::overdue, now);
    if (pending >= most)
        throw too_many_logins(limits, login_cap::of_all);
    if (file.db.number(login_sql::of_browser, blob(browser.octets), now) >= number_of(limits.max_per_browser))
        throw too_many_logins(limits, login_cap::of_browser);
}

} // namespace

void add_login(database_file& file, const login_limits& limits, const login_id& id, const browser_digest& browser,
    std::int64_t due, prepared_record& record)
{
    if (++file.logins_begun % between_settlings == 0)
        settle_logins(file, limits, settled_by_login);
    const auto now = file.now();
    make_room_for_id(file, id, now);
    check_caps(file, limits, browser, now);
    file.db.execute(login_sql::insert, blob(id.octets), blob(browser.octets), due,
        due + nanoseconds(limits.time_to_live), blob(record.sealed_for(file)));
    ++file.counts.logins(file.db).pending;
}

login_store::counts count_logins(database_file& file, const browser_digest& browser)
{
    const auto now = file.now();
    login_store::counts out;
    const auto pending = file.counts.logins(file.db).pending - file.db.number(login_sql::overdue, now);
    out.living = static_cast<std::size_t>(std::max<std::int64_t>(pending, 0));
    out.of_browser = static_cast<std::size_t>(file.db.number(login_sql::of_browser, blob(browser.octets), now));
    return out;
}

taken_login take_login(
    database_file& file, const login_limits& limits, const login_id& id, const browser_digest& browser)
{
    const auto now = file.now();
    taken_login out(taken_login::status::taken);
    std::int64_t number = 0;
    {
        auto found = file.db.run(login_sql::find, blob(id.octets));
        if (!found.next() || found.number(4) <= now)
            return taken_login(taken_login::status::unknown);
        const auto state = found.number(2);
        const auto due = found.number(3);
        if (state == login_taken)
            return taken_login(taken_login::status::replayed);
        if (state != login_pending || due <= now)
            return taken_login(taken_login::status::expired);
        if (!browsers_match(found.octets(1), browser))
            return taken_login(taken_login::status::wrong_browser);
        const auto place = login_place(file.store(), blob(id.octets).octets, due);
        const secret text = file.open(place, found.octets(5));
        out.login = read_pending_login(place, id, text.reveal());
        if (!out.login->browser.matches(browser))
            throw unreadable_record(place, "its row names another browser than the record");
        number = found.number(0);
    }
    file.db.execute(login_sql::take, now + nanoseconds(limits.time_to_live), number);
    --file.counts.logins(file.db).pending;
    count_past(file, limits, 1);
    return out;
}

std::size_t settle_logins(database_file& file, const login_limits& limits, std::size_t most)
{
    const auto now = file.now();
    file.db.execute(login_sql::expire, now, number_of(most));
    const auto expired = file.db.changed();
    auto& counts = file.counts.logins(file.db);
    counts.pending -= number_of(expired);
    counts.expired += number_of(expired);
    if (expired > 0)
        count_past(file, limits, number_of(expired));
    file.db.execute(login_sql::forget, now, number_of(most));
    const auto forgotten = file.db.changed();
    counts.past -= number_of(forgotten);
    return std::max(expired, forgotten);
}

login_store::expiry take_expired(database_file& file)
{
    login_store::expiry out;
    const auto expired = std::exchange(file.counts.logins(file.db).expired, 0);
    out.expired = static_cast<std::size_t>(std::max<std::int64_t>(expired, 0));
    auto next = file.db.run(login_sql::next_due);
    if (next.next()) {
        const std::chrono::nanoseconds left(next.number(0) - file.now());
        out.next = std::max(std::chrono::ceil<std::chrono::milliseconds>(left), std::chrono::milliseconds(0));
    }
    return out;
}

} // namespace coauth::store::sqlite
