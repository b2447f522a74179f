// --store and --key-file: where a program keeps what must survive it.
#pragma once

#include <coauth/store/database.hpp>
#include <coauth/store/key_ring.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace CLI {
class App;
}

namespace program {

struct store_flags {
    store_flags() = default;

    std::string store = "memory"; ///< memory, sqlite:FILE, redis://HOST:PORT/DB or redis+unix:PATH
    std::string key_file;

    /// `purpose`: what is kept, after "Where ... ". Flags that do not go together are wrong usage.
    void add_to(CLI::App& app, const std::string& purpose);

    bool in_memory() const { return store == "memory"; }
};

/// What is wrong with the two together; empty if nothing is.
std::string fault_of(const store_flags& flags);

/// The keys of --key-file. Throws `errc::invalid_argument` for a file that can't be used.
std::shared_ptr<coauth::store::key_ring> keys_of(const store_flags& flags);

/// Throws `errc::invalid_argument` for a key file that can't be used and for a database that this program was built
/// without, and what the database throws. Its warnings go to standard error.
std::shared_ptr<coauth::store::database> open_store(
    const store_flags& flags, coauth::store::database_options options = coauth::store::database_options());

/// For what needs a store that programs have written to: throws `errc::store_unavailable` for an SQLite file that is not there,
/// which `open_store` would make.
void require_existing(const store_flags& flags);

/// For a program that keeps a file of its own: `flags` are sqlite:FILE.db and FILE.key. The key file is made if neither is
/// there. Throws as `coauth::store::make_key_file`.
void keep_beside(const std::string& file, store_flags& flags);

} // namespace program
