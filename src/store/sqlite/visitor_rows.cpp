#include "store/sqlite/visitor_rows.hpp"

#include <string>
#include <utility>

namespace coauth::store::sqlite {

namespace {

constexpr std::size_t most_expired_at_once = 256;

namespace visitor_sql {
constexpr const char* insert =
    "INSERT OR REPLACE INTO visitors (browser, provider, user, begun, sealed) VALUES (?, ?, ?, ?, ?)";
constexpr const char* find = "SELECT provider, user, begun, sealed FROM visitors WHERE browser = ?";
constexpr const char* remove = "DELETE FROM visitors WHERE browser = ? RETURNING provider, user";
constexpr const char* remove_number = "DELETE FROM visitors WHERE number = ?";
constexpr const char* remove_up_to = "DELETE FROM visitors WHERE provider = ? AND user = ? AND begun <= ?";
constexpr const char* remove_earliest =
    "DELETE FROM visitors WHERE number IN (SELECT number FROM visitors WHERE provider = ? AND user = ? "
    "ORDER BY begun DESC, number DESC LIMIT -1 OFFSET ?)";
constexpr const char* has = "SELECT EXISTS (SELECT 1 FROM visitors WHERE provider = ? AND user = ?)";
constexpr const char* count = "SELECT count(*) FROM visitors";
constexpr const char* earliest =
    "SELECT number, provider, user FROM visitors WHERE begun <= ? ORDER BY begun, number LIMIT 1";
} // namespace visitor_sql

std::int64_t latest_expired(const database_file& file, const visitor_limits& limits)
{
    return file.now() - nanoseconds(limits.time_to_live);
}

} // namespace

std::optional<user_key> add_visitor(database_file& file, const visitor_limits& limits, const browser_digest& browser,
    const user_key& user, std::int64_t begun, prepared_record& record, const browser_digest& previous)
{
    const std::string_view provider = user.provider;
    const std::string_view id = user.id;
    file.db.execute(visitor_sql::insert, blob(browser.octets), provider, id, begun, blob(record.sealed_for(file)));
    // After the new row is there: a user who signs in again in the same browser has not left.
    auto left = remove_visitor(file, previous);
    file.db.execute(visitor_sql::remove_earliest, provider, id, static_cast<std::int64_t>(limits.max_per_user));
    return left;
}

std::optional<signed_in_user> find_visitor(
    database_file& file, const visitor_limits& limits, const browser_digest& browser)
{
    auto found = file.db.run(visitor_sql::find, blob(browser.octets));
    if (!found.next())
        return std::nullopt;
    const auto begun = found.number(2);
    if (begun <= latest_expired(file, limits))
        return std::nullopt;
    const auto place = visitor_place(file.store(), found.octets(0), blob(browser.octets).octets, begun);
    const secret text = file.open(place, found.octets(3));
    auto user = read_signed_in_user(place, text.reveal());
    if (user.provider != found.octets(0) || user.id != found.octets(1))
        throw unreadable_record(place, "its row names another user than the record");
    return user;
}

std::optional<user_key> remove_visitor(database_file& file, const browser_digest& browser)
{
    std::optional<user_key> user;
    {
        auto removed = file.db.run(visitor_sql::remove, blob(browser.octets));
        if (!removed.next())
            return std::nullopt;
        user.emplace(std::string(removed.octets(0)), std::string(removed.octets(1)));
        while (removed.next()) {}
    }
    return has_visitor(file, *user) ? std::nullopt : std::move(user);
}

bool remove_visitors(database_file& file, const user_key& user, visitor_store::time_point latest)
{
    file.db.execute(
        visitor_sql::remove_up_to, std::string_view(user.provider), std::string_view(user.id), nanoseconds(latest));
    return file.db.changed() > 0 && !has_visitor(file, user);
}

bool has_visitor(database_file& file, const user_key& user)
{
    return file.db.number(visitor_sql::has, std::string_view(user.provider), std::string_view(user.id)) != 0;
}

std::size_t count_visitors(database_file& file)
{
    return static_cast<std::size_t>(file.db.number(visitor_sql::count));
}

expired_visitors expire_visitors(database_file& file, const visitor_limits& limits, std::size_t limit)
{
    expired_visitors out;
    const auto latest = latest_expired(file, limits);
    for (std::size_t removed = 0; removed < most_expired_at_once && out.left.size() < limit; ++removed) {
        std::int64_t number = 0;
        std::optional<user_key> user;
        {
            auto earliest = file.db.run(visitor_sql::earliest, latest);
            if (!earliest.next())
                return out;
            number = earliest.number(0);
            user.emplace(std::string(earliest.octets(1)), std::string(earliest.octets(2)));
        }
        file.db.execute(visitor_sql::remove_number, number);
        if (!has_visitor(file, *user))
            out.left.push_back(*std::move(user));
    }
    out.limited = out.left.size() < limit;
    return out;
}

} // namespace coauth::store::sqlite
