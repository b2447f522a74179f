// Which files a store takes, and how older ones come up to date.
#include "integration/store/sqlite_fixture.hpp"
#include "store/record_text.hpp"
#include "store/sealed_record.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace coauth;
using namespace coauth::testing;

namespace {

// As the first version made it; not to be changed.
const char* const schema_of_first_version = R"(
CREATE TABLE meta (name TEXT NOT NULL PRIMARY KEY, value NOT NULL) WITHOUT ROWID;
INSERT INTO meta VALUES ('last_version', 7);
INSERT INTO meta VALUES ('store', 'first');
CREATE TABLE logins (
    number INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, browser BLOB NOT NULL, state INTEGER NOT NULL,
    due INTEGER NOT NULL, until INTEGER NOT NULL, sealed BLOB);
CREATE INDEX pending_logins_by_due ON logins (due) WHERE state = 0;
CREATE INDEX pending_logins_by_browser ON logins (browser) WHERE state = 0;
CREATE INDEX past_logins_by_until ON logins (until) WHERE state <> 0;
CREATE TABLE login_counts (pending INTEGER NOT NULL, past INTEGER NOT NULL, expired INTEGER NOT NULL);
INSERT INTO login_counts VALUES (0, 0, 0);
CREATE TABLE tokens (
    number INTEGER PRIMARY KEY, provider TEXT NOT NULL, user TEXT NOT NULL, version INTEGER NOT NULL,
    leased_until INTEGER NOT NULL DEFAULT 0, lease_owner INTEGER NOT NULL DEFAULT 0, sealed BLOB NOT NULL,
    UNIQUE (provider, user));
CREATE TABLE visitors (
    number INTEGER PRIMARY KEY, browser BLOB NOT NULL UNIQUE, provider TEXT NOT NULL, user TEXT NOT NULL,
    begun INTEGER NOT NULL, sealed BLOB NOT NULL);
CREATE INDEX visitors_by_user ON visitors (provider, user, begun);
CREATE INDEX visitors_by_begun ON visitors (begun);
PRAGMA application_id = 1668243829;
PRAGMA user_version = 1;
)";

// Opens a store at the place, and gives the code that fails it.
errc code_of_opening(sqlite_place& place)
{
    try {
        place.open(store::database_options());
    } catch (const error& refused) {
        return refused.reason();
    }
    return errc();
}

void write_file(const std::string& path, const std::string& octets)
{
    std::ofstream(path, std::ios::binary | std::ios::trunc) << octets;
}

std::string read_file(const std::string& path)
{
    std::ifstream file(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
}

} // namespace

TEST_CASE("sqlite: a file of the first schema is brought up to date, and keeps what it holds")
{
    sqlite_place place;
    {
        sqlite_shell shell(place.path());
        shell.run(schema_of_first_version);
        const store::record_place check("first", "meta", "", "check", 0);
        shell.run_with_octets("INSERT INTO meta VALUES ('check', ?)", store::seal(*place.keys, check, "coauth"));
        const store::record_place token("first", "tokens", "x", "1", 7);
        shell.run_with_octets("INSERT INTO tokens (provider, user, version, sealed) VALUES ('x', '1', 7, ?)",
            store::seal(*place.keys, token, store::record_text(some_credential("a")).reveal()));
    }
    store_bench bench;
    recorded_ends recorded;
    const auto database = place.open(store::database_options());
    const auto found = bench.run(database->tokens()->find(some_user("1"))).value();
    REQUIRE(found);
    CHECK(found->version == 7);
    CHECK(found->held.text().reveal() == "secret of a");
    REQUIRE(bench.run(database->tokens()->put(some_user("1"), some_credential("b"))));
    CHECK(bench.run(database->tokens()->find(some_user("1"))).value()->held.text().reveal() == "secret of b");
    const auto watching = database->logins()->watch(recorded.watcher("watcher"));
    REQUIRE(bench.run(database->logins()->end(store::id_of_login("x", "one"), granted_login("7"))));
    CHECK(recorded.wait_for(1).size() == 1);
    sqlite_shell shell(place.path());
    CHECK(shell.value("PRAGMA user_version") == "2");
    CHECK(shell.value("PRAGMA journal_mode") == "wal");
}

TEST_CASE("sqlite: an upgraded file has the tables of a new one")
{
    const std::string tables = "SELECT group_concat(name || ' ' || coalesce(columns, ''), '; ') FROM (SELECT name, "
                               "(SELECT group_concat(name || ' ' || type) FROM pragma_table_info(schema.name)) AS "
                               "columns FROM sqlite_schema AS schema ORDER BY name)";
    sqlite_place older;
    {
        sqlite_shell shell(older.path());
        shell.run(schema_of_first_version);
        const store::record_place check("first", "meta", "", "check", 0);
        shell.run_with_octets("INSERT INTO meta VALUES ('check', ?)", store::seal(*older.keys, check, "coauth"));
    }
    REQUIRE(code_of_opening(older) == errc());
    sqlite_place made;
    REQUIRE(code_of_opening(made) == errc());
    const auto expected = sqlite_shell(made.path()).value(tables);
    CHECK(expected.find("tokens") != std::string::npos);
    CHECK(sqlite_shell(older.path()).value(tables) == expected);
}

TEST_CASE("sqlite: those who make a file at the same time make one database")
{
    sqlite_place place;
    constexpr std::size_t openers = 6;
    std::vector<std::shared_ptr<store::database>> opened(openers);
    std::vector<std::string> failures(openers);
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < openers; ++i)
        threads.emplace_back([&place, &made = opened[i], &failure = failures[i]] {
            try {
                made = place.open(store::database_options());
            } catch (const error& refused) {
                failure = refused.what();
            }
        });
    for (auto& thread : threads)
        thread.join();
    for (const auto& failure : failures)
        REQUIRE(failure == "");
    store_bench bench;
    for (std::size_t i = 0; i < openers; ++i)
        REQUIRE(bench.run(opened[i]->tokens()->put(some_user(std::to_string(i)), some_credential("a"))));
    for (std::size_t i = 0; i < openers; ++i)
        CHECK(bench.run(opened[0]->tokens()->find(some_user(std::to_string(i)))).value());
}

TEST_CASE("sqlite: a file of a newer schema is refused and left as it is")
{
    sqlite_fixture s;
    REQUIRE(s.put("1"));
    s.database = nullptr;
    sqlite_shell(s.place.path()).run("PRAGMA user_version = 3");
    const auto before = read_file(s.place.path());
    const auto refused = s.open_again();
    CHECK(fails_with(refused, errc::sealed_record));
    CHECK(refused.error().message().find("newer") != std::string::npos);
    CHECK(read_file(s.place.path()) == before);
    sqlite_shell(s.place.path()).run("PRAGMA user_version = 2");
    CHECK(s.open_again());
}

TEST_CASE("sqlite: a file that is not a database of coauth is refused and left as it is")
{
    std::vector<std::string> texts = {"not a database", std::string(100'000, 'x'), std::string(4'096, '\0'),
        "SQLite format 3" + std::string(1, '\0') + std::string(8'000, '\xff')};
    sqlite_place other;
    sqlite_shell(other.path()).run("CREATE TABLE users (name TEXT); INSERT INTO users VALUES ('jack')");
    texts.push_back(read_file(other.path()));
    for (const auto& text : texts) {
        sqlite_place place;
        write_file(place.path(), text);
        CHECK(code_of_opening(place) == errc::store_unavailable);
        CHECK(read_file(place.path()) == text);
    }
}

TEST_CASE("sqlite: what is no name of a file in a folder that is there is refused")
{
    const auto code_of_path = [](const std::string& path) {
        try {
            store::sqlite_store(path, keys_of_letters("a"));
        } catch (const error& refused) {
            CHECK_FALSE(refused.message().empty());
            return refused.reason();
        }
        return errc();
    };
    for (const char* path : {"", ":memory:", ":x", "file:x.db", "file:/tmp/x?mode=memory"})
        CHECK(code_of_path(path) == errc::invalid_argument);
    CHECK(code_of_path(std::string("x\0y", 3)) == errc::invalid_argument);
    for (const char* path : {"/nonexistent/store.db", "/tmp", "/dev/null", "/dev/null/store.db"})
        CHECK(code_of_path(path) == errc::store_unavailable);
    sqlite_place place;
    place.keys = nullptr;
    CHECK(code_of_opening(place) == errc::invalid_argument);
}

TEST_CASE("sqlite: a truncated or damaged file gives typed errors, and is used again once it is restored")
{
    sqlite_fixture s;
    for (int i = 0; i < 50; ++i)
        REQUIRE(s.put(std::to_string(i), std::string(500, 'x')));
    s.database = nullptr;
    const auto whole = read_file(s.place.path());
    const auto check_damaged = [&](const std::string& octets) {
        write_file(s.place.path(), octets);
        try {
            s.reopen();
            for (int i = 0; i < 50; ++i)
                s.find(std::to_string(i)); // fails the test with what is not typed
            s.put("1");
            s.add_login("one");
        } catch (const error& refused) {
            const bool typed = refused.reason() == errc::store_unavailable || refused.reason() == errc::sealed_record;
            CHECK(typed);
        }
        s.database = nullptr;
        for (const char* suffix : {"-wal", "-shm", "-journal"})
            ::unlink((s.place.path() + suffix).c_str());
    };
    for (std::size_t size = 1; size < whole.size(); size += whole.size() / 20)
        check_damaged(whole.substr(0, size));
    for (std::size_t at = 10; at < whole.size(); at += whole.size() / 20) {
        auto damaged = whole;
        for (std::size_t i = at; i < std::min(at + 40, whole.size()); ++i)
            damaged[i] = static_cast<char>(damaged[i] ^ 0x5a);
        check_damaged(damaged);
    }
    write_file(s.place.path(), whole);
    s.reopen();
    CHECK(s.find("49").value());
}
