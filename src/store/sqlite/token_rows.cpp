#include "store/sqlite/token_rows.hpp"

#include <limits>
#include <unistd.h>

namespace coauth::store::sqlite {

namespace {

namespace token_sql {
constexpr const char* find = "SELECT version, sealed FROM tokens WHERE provider = ? AND user = ?";
constexpr const char* put =
    "INSERT INTO tokens (provider, user, version, sealed) VALUES (?, ?, ?, ?) ON CONFLICT (provider, user) "
    "DO UPDATE SET version = excluded.version, sealed = excluded.sealed, leased_until = 0, lease_owner = 0";
constexpr const char* lease = "UPDATE tokens SET leased_until = ?, lease_owner = ? "
                              "WHERE provider = ? AND user = ? AND version = ? AND leased_until <= ?";
constexpr const char* remove = "DELETE FROM tokens WHERE provider = ? AND user = ?";
constexpr const char* remove_version = "DELETE FROM tokens WHERE provider = ? AND user = ? AND version = ?";
} // namespace token_sql

std::string_view provider_of(const user_key& user)
{
    return user.provider;
}

std::string_view id_of(const user_key& user)
{
    return user.id;
}

bool has_version(database_file& file, const user_key& user, std::uint64_t version)
{
    auto found = file.db.run(token_sql::find, provider_of(user), id_of(user));
    return found.next() && static_cast<std::uint64_t>(found.number(0)) == version;
}

} // namespace

std::optional<stored_credential> find_token(database_file& file, const user_key& user)
{
    auto found = file.db.run(token_sql::find, provider_of(user), id_of(user));
    if (!found.next())
        return std::nullopt;
    const auto version = found.number(0);
    const auto place = token_place(file.store(), user, version);
    const secret text = file.open(place, found.octets(1));
    return stored_credential(read_credential(place, text.reveal()), static_cast<std::uint64_t>(version));
}

void put_token(database_file& file, const user_key& user, std::uint64_t version, prepared_record& record)
{
    file.db.execute(token_sql::put, provider_of(user), id_of(user), static_cast<std::int64_t>(version),
        blob(record.sealed_for(file)));
}

bool replace_token(
    database_file& file, const user_key& user, std::uint64_t replaced, std::uint64_t version, prepared_record& record)
{
    if (!has_version(file, user, replaced))
        return false;
    put_token(file, user, version, record);
    return true;
}

bool lease_token(database_file& file, const user_key& user, std::uint64_t version, std::chrono::milliseconds time)
{
    const auto now = file.now();
    const auto owner = static_cast<std::int64_t>(::getpid());
    file.db.execute(token_sql::lease, now + nanoseconds(time), owner, provider_of(user), id_of(user),
        static_cast<std::int64_t>(version), now);
    return file.db.changed() > 0;
}

bool remove_token(database_file& file, const user_key& user, std::optional<std::uint64_t> version)
{
    if (version)
        file.db.execute(token_sql::remove_version, provider_of(user), id_of(user), static_cast<std::int64_t>(*version));
    else
        file.db.execute(token_sql::remove, provider_of(user), id_of(user));
    return file.db.changed() > 0;
}

} // namespace coauth::store::sqlite
