// An SQLite file of a test's own.
#pragma once

#include "integration/store/databases.hpp"

#include <coauth/store/sqlite_store.hpp>

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <memory>
#include <sqlite3.h>
#include <stdlib.h>
#include <string>
#include <unistd.h>
#include <utility>

namespace coauth::testing {

/// A folder that is removed with all that SQLite puts into it.
class sqlite_place final : public database_place {
public:
    sqlite_place() { REQUIRE(::mkdtemp(folder_.data()) != nullptr); }
    ~sqlite_place() override
    {
        for (const char* suffix : {"", "-wal", "-shm", "-journal"})
            ::unlink((path() + suffix).c_str());
        ::rmdir(folder_.c_str());
    }
    sqlite_place(const sqlite_place&) = delete;
    sqlite_place& operator=(const sqlite_place&) = delete;

    std::string path() const { return folder_ + "/store.db"; }

    std::shared_ptr<store::database> open(const store::database_options& options) override
    {
        return store::sqlite_store(path(), keys, options);
    }

    /// What its files hold, one behind the other.
    std::string octets() const
    {
        std::string out;
        for (const char* suffix : {"", "-wal", "-shm"}) {
            std::ifstream file(path() + suffix, std::ios::binary);
            out.append(std::istreambuf_iterator<char>(file), {});
        }
        return out;
    }

    std::shared_ptr<store::key_ring> keys = keys_of_letters("a");

private:
    std::string folder_ = "/tmp/coauth_sqlite_XXXXXX";
};

/// A connection to such a file that is not coauth's.
class sqlite_shell {
public:
    explicit sqlite_shell(const std::string& path)
    {
        REQUIRE(
            sqlite3_open_v2(path.c_str(), &open_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr) == SQLITE_OK);
        sqlite3_busy_timeout(open_, 5'000);
    }
    ~sqlite_shell() { sqlite3_close(open_); }
    sqlite_shell(const sqlite_shell&) = delete;
    sqlite_shell& operator=(const sqlite_shell&) = delete;

    void run(const std::string& statements)
    {
        char* message = nullptr;
        const int code = sqlite3_exec(open_, statements.c_str(), nullptr, nullptr, &message);
        const std::string text = message ? message : "";
        sqlite3_free(message);
        INFO(statements << ": " << text);
        REQUIRE(code == SQLITE_OK);
    }

    /// The first column of the first row, as a text or octets.
    std::string value(const std::string& query)
    {
        sqlite3_stmt* statement = nullptr;
        REQUIRE(sqlite3_prepare_v2(open_, query.c_str(), -1, &statement, nullptr) == SQLITE_OK);
        std::string out;
        if (sqlite3_step(statement) == SQLITE_ROW) {
            const auto* const data = static_cast<const char*>(sqlite3_column_blob(statement, 0));
            out.assign(data ? data : "", static_cast<std::size_t>(sqlite3_column_bytes(statement, 0)));
        }
        sqlite3_finalize(statement);
        return out;
    }

    /// Runs a statement with one parameter, which is octets.
    void run_with_octets(const std::string& text, const std::string& octets)
    {
        sqlite3_stmt* statement = nullptr;
        REQUIRE(sqlite3_prepare_v2(open_, text.c_str(), -1, &statement, nullptr) == SQLITE_OK);
        sqlite3_bind_blob64(statement, 1, octets.data(), octets.size(), SQLITE_TRANSIENT);
        const int code = sqlite3_step(statement);
        sqlite3_finalize(statement);
        REQUIRE(code == SQLITE_DONE);
    }

private:
    sqlite3* open_ = nullptr;
};

} // namespace coauth::testing
