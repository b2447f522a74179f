#include "program/store_flags.hpp"

#include <coauth/error.hpp>
#ifdef COAUTH_REDIS
#include <coauth/store/redis_store.hpp>
#endif
#ifdef COAUTH_SQLITE
#include <coauth/store/sqlite_store.hpp>
#endif

#include <CLI/CLI.hpp>

#include <cerrno>
#include <iostream>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace program {

namespace store = coauth::store;

namespace {

constexpr std::string_view sqlite_scheme = "sqlite:";

std::string file_of(const store_flags& flags)
{
    return flags.store.substr(sqlite_scheme.size());
}

bool in_file(const store_flags& flags)
{
    return flags.store.starts_with(sqlite_scheme);
}

bool in_redis(const store_flags& flags)
{
    return flags.store.starts_with("redis://") || flags.store.starts_with("redis+unix:");
}

[[maybe_unused]] coauth::error built_without(
    const store_flags& flags, std::string_view database, std::string_view package)
{
    return coauth::error(coauth::errc::invalid_argument,
        "--store " + flags.store + ": this program was built without " + std::string(database))
        .with_hint("install " + std::string(package) + " and build again, or name another store");
}

#ifdef COAUTH_SQLITE
std::shared_ptr<store::database> open_file(const store_flags& flags, store::database_options options)
{
    return store::sqlite_store(file_of(flags), keys_of(flags), std::move(options));
}
#else
std::shared_ptr<store::database> open_file(const store_flags& flags, const store::database_options&)
{
    throw built_without(flags, "SQLite", "libsqlite3-dev");
}
#endif

#ifdef COAUTH_REDIS
std::shared_ptr<store::database> open_redis(const store_flags& flags, store::database_options options)
{
    auto address = store::redis_from_address(flags.store);
    if (!address)
        throw address.error();
    address->on_warning = [](std::string_view warning) { std::cerr << "store  " << warning << '\n'; };
    return store::redis_store(std::move(*address), keys_of(flags), std::move(options));
}
#else
std::shared_ptr<store::database> open_redis(const store_flags& flags, const store::database_options&)
{
    throw built_without(flags, "hiredis", "libhiredis-dev");
}
#endif

} // namespace

void store_flags::add_to(CLI::App& app, const std::string& purpose)
{
    app.add_option("--store", store,
           "Where " + purpose +
               ": memory, sqlite:FILE, redis://HOST:PORT/DB or redis+unix:PATH. A Redis is asked with the "
               "user and password in COAUTH_REDIS_USER and COAUTH_REDIS_PASSWORD")
        ->type_name("STORE")
        ->capture_default_str();
    app.add_option("--key-file", key_file,
           "The keys that seal what is stored, readable by this user only; store_keys make FILE makes one")
        ->type_name("FILE");
    app.parse_complete_callback([this] {
        if (const auto fault = fault_of(*this); !fault.empty())
            throw CLI::ValidationError(fault);
    });
}

std::string fault_of(const store_flags& flags)
{
    if (flags.in_memory())
        return flags.key_file.empty() ? "" : "--key-file does not go with --store memory: nothing is sealed there";
    if (!in_file(flags) && !in_redis(flags))
        return "--store: " + flags.store + " is none of memory, sqlite:FILE, redis://HOST:PORT/DB and redis+unix:PATH";
    if (in_file(flags) && file_of(flags).empty())
        return "--store: sqlite: has no file behind it";
    if (flags.key_file.empty())
        return "--store " + flags.store + " needs --key-file: make one with store_keys make FILE";
    return "";
}

std::shared_ptr<store::key_ring> keys_of(const store_flags& flags)
{
    return store::keys_from_file(flags.key_file);
}

std::shared_ptr<store::database> open_store(const store_flags& flags, store::database_options options)
{
    if (flags.in_memory())
        return store::memory_database(std::move(options));
    return in_file(flags) ? open_file(flags, std::move(options)) : open_redis(flags, std::move(options));
}

void require_existing(const store_flags& flags)
{
    if (in_file(flags) && ::access(file_of(flags).c_str(), F_OK) != 0)
        throw coauth::error(coauth::errc::store_unavailable,
            "the SQLite file " + file_of(flags) + " can't be opened: " + std::generic_category().message(errno))
            .with_hint("name the file that the programs keep their records in; none is made here");
}

void keep_beside(const std::string& file, store_flags& flags)
{
    const std::string database = file + ".db";
    flags.store = std::string(sqlite_scheme) + database;
    flags.key_file = file + ".key";
    // Without its keys a database can't be read: another key would only hide that.
    if (::access(database.c_str(), F_OK) != 0 && ::access(flags.key_file.c_str(), F_OK) != 0)
        store::make_key_file(flags.key_file);
}

} // namespace program
