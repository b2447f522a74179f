// The flags of a store, in a program that was built with neither SQLite nor hiredis.
#include "program/store_flags.hpp"

#include <coauth/error.hpp>

#include <doctest/doctest.h>

#include <string>

using program::store_flags;

namespace {

store_flags flags_of(const std::string& store, const std::string& key_file)
{
    store_flags flags;
    flags.store = store;
    flags.key_file = key_file;
    return flags;
}

} // namespace

TEST_CASE("store flags: a program that was built without a database says so for its --store")
{
    for (const char* const store : {"sqlite:file", "redis://127.0.0.1:6379/0", "redis+unix:/run/redis.sock"}) {
        const auto flags = flags_of(store, "keys");
        CHECK(program::fault_of(flags).empty());
        try {
            program::open_store(flags);
            FAIL("opened");
        } catch (const coauth::error& e) {
            CHECK(e.reason() == coauth::errc::invalid_argument);
            CHECK(e.message().find("this program was built without ") != std::string::npos);
            REQUIRE(e.hint());
            CHECK(e.hint()->find("-dev and build again") != std::string::npos);
        }
    }
    CHECK(program::open_store(store_flags()) != nullptr);
}

TEST_CASE("store flags: what does not go together is wrong usage")
{
    CHECK(program::fault_of(store_flags()).empty());
    for (const auto& flags : {flags_of("memory", "keys"), flags_of("sqlite:file", ""), flags_of("sqlite:", "keys"),
             flags_of("redis://h", ""), flags_of("file", "keys"), flags_of("", "keys"), flags_of("SQLITE:file", "keys"),
             flags_of("rediss://h", "keys"), flags_of("redis:h", "keys"), flags_of("memory:", "keys")})
        CHECK_FALSE(program::fault_of(flags).empty());
}
