// What stands in an SQLite file: nothing that is of use without the key, and nothing that could be changed unseen.
#include "integration/store/sqlite_fixture.hpp"

#include <coauth/coro/as_result.hpp>

#include <boost/asio/co_spawn.hpp>

#include <doctest/doctest.h>

#include <functional>
#include <string>
#include <sys/stat.h>
#include <vector>

using namespace coauth;
using namespace coauth::testing;

namespace {

// One record of each table that is read one by one, and how it is read.
struct record_in_file {
    const char* table;
    std::function<errc(sqlite_fixture&)> read; ///< `errc()` if it can be read.
};

template <class T>
errc code_of(const result<T>& done)
{
    return done ? errc() : done.error().reason();
}

const std::vector<record_in_file> records_in_file = {
    {"tokens", [](sqlite_fixture& s) { return code_of(s.find("1")); }},
    {"logins", [](sqlite_fixture& s) { return code_of(s.take("one")); }},
    {"visitors", [](sqlite_fixture& s) { return code_of(s.visitor(1)); }},
};

void fill_file(sqlite_fixture& s)
{
    REQUIRE(s.put("1"));
    REQUIRE(s.add_login("one"));
    REQUIRE(s.sign_in(1, "1"));
}

struct edit {
    const char* table;
    const char* text;
    errc expected = errc::sealed_record;
};

} // namespace

TEST_CASE("sqlite: each flipped bit of a sealed record is refused, and the record is as good as before without it")
{
    sqlite_fixture s;
    fill_file(s);
    sqlite_shell shell(s.place.path());
    shell.run("PRAGMA synchronous = OFF");
    for (const auto& record : records_in_file) {
        const std::string table = record.table;
        const auto whole = shell.value("SELECT sealed FROM " + table);
        const auto update = "UPDATE " + table + " SET sealed = ?";
        REQUIRE(whole.size() > 60);
        std::size_t refused = 0;
        for (std::size_t bit = 0; bit < 8 * whole.size(); ++bit) {
            auto flipped = whole;
            flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
            shell.run_with_octets(update, flipped);
            refused += record.read(s) == errc::sealed_record;
        }
        CHECK(refused == 8 * whole.size());
        for (std::size_t size = 0; size < whole.size(); ++size) {
            shell.run_with_octets(update, whole.substr(0, size));
            CHECK(record.read(s) == errc::sealed_record);
        }
        shell.run_with_octets(update, whole);
        CHECK(record.read(s) == errc());
    }
}

TEST_CASE("sqlite: records of two users, of two providers, of two versions and of two tables can't be exchanged")
{
    sqlite_fixture s;
    fill_file(s);
    REQUIRE(s.put("2"));
    REQUIRE(s.put("1", "b", "github"));
    sqlite_shell shell(s.place.path());
    const auto sealed_of = [&](const std::string& provider, const std::string& user) {
        return shell.value("SELECT sealed FROM tokens WHERE provider = '" + provider + "' AND user = '" + user + "'");
    };
    const auto is_refused = [&](const std::string& octets) {
        const auto own = sealed_of("x", "1");
        const std::string update = "UPDATE tokens SET sealed = ? WHERE provider = 'x' AND user = '1'";
        shell.run_with_octets(update, octets);
        const bool refused = fails_with(s.find("1"), errc::sealed_record);
        shell.run_with_octets(update, own);
        return refused && s.find("1");
    };
    CHECK(is_refused(sealed_of("x", "2")));
    CHECK(is_refused(sealed_of("github", "1")));
    CHECK(is_refused(shell.value("SELECT sealed FROM visitors")));
    const auto older = sealed_of("x", "1");
    REQUIRE(s.put("1", "newer"));
    CHECK(is_refused(older));
    CHECK_FALSE(is_refused(sealed_of("x", "1")));
}

TEST_CASE("sqlite: a row that was edited by hand is refused or not found, and the others are not concerned")
{
    const std::vector<edit> edits = {
        {"tokens", "version = version + 1"},
        {"tokens", "version = -1"},
        {"tokens", "version = 'text'"},
        {"tokens", "sealed = 5"},
        {"tokens", "sealed = ''"},
        {"tokens", "provider = 'github'", errc()},
        {"logins", "due = due + 1"},
        {"logins", "sealed = NULL"},
        {"logins", "sealed = 'text'"},
        {"logins", "state = 1", errc()},
        {"logins", "browser = x'00'", errc()},
        {"visitors", "begun = begun + 1"},
        {"visitors", "user = '2'"},
        {"visitors", "provider = 'github'"},
        {"visitors", "begun = begun + 1000000000000"}, // to stay signed in for longer
        {"visitors", "browser = x'00'", errc()},
    };
    for (const auto& each : edits) {
        sqlite_fixture s;
        fill_file(s);
        REQUIRE(s.put("2"));
        REQUIRE(s.add_login("two"));
        REQUIRE(s.sign_in(2, "2"));
        sqlite_shell shell(s.place.path());
        shell.run("UPDATE " + std::string(each.table) + " SET " + each.text + " WHERE number = 1");
        for (const auto& record : records_in_file) {
            CAPTURE(each.text);
            CAPTURE(record.table);
            CHECK(record.read(s) == (std::string(each.table) == record.table ? each.expected : errc()));
        }
        CHECK(s.find("2").value());
        CHECK(s.take("two").value().login);
        CHECK(s.visitor(2).value());
    }
}

TEST_CASE("sqlite: a login is given to no browser that was written into its row")
{
    sqlite_fixture s;
    REQUIRE(s.add_login("one", "mine"));
    const auto other = store::digest_of_browser("yours");
    sqlite_shell shell(s.place.path());
    shell.run_with_octets("UPDATE logins SET browser = ?",
        std::string(reinterpret_cast<const char*>(other.octets.data()), other.octets.size()));
    CHECK(fails_with(s.take("one", "yours"), errc::sealed_record));
    const auto mine = store::digest_of_browser("mine");
    shell.run_with_octets("UPDATE logins SET browser = ?",
        std::string(reinterpret_cast<const char*>(mine.octets.data()), mine.octets.size()));
    CHECK(s.take("one", "mine").value().login);
}

TEST_CASE("sqlite: no secret stands in the file, its log or its index, at any time")
{
    sqlite_fixture s;
    const std::string canary = "canary-of-a-secret";
    const user_key user("x", "user-in-plain");
    const auto check_files = [&] {
        const auto octets = s.place.octets();
        CHECK(octets.find(canary) == std::string::npos);
        CHECK(octets.find(std::string(32, 'a')) == std::string::npos); // the key
    };
    REQUIRE(s.bench.run(s.database->tokens()->put(user, credential(secret("token " + canary)))));
    store::pending_login login(store::id_of_login("x", canary), secret("proof " + canary),
        store::digest_of_browser("binding " + canary), "/return-to-" + canary);
    REQUIRE(s.bench.run(s.database->logins()->add(login)));
    const signed_in_user visitor("x", "user-in-plain", "name " + canary, "name " + canary);
    REQUIRE(s.bench.run(
        s.database->visitors()->add(store::digest_of_browser("cookie " + canary), visitor, store::browser_digest())));
    check_files();
    CHECK(s.place.octets().find(user.id) != std::string::npos);

    REQUIRE(s.bench.run(s.database->logins()->take(login.id, login.browser)));
    REQUIRE(s.bench.run(s.database->logins()->end(login.id, granted_login("7 " + canary))));
    s.place.keys->add(key_of_letter('b'));
    REQUIRE(s.bench.run(s.database->reseal()));
    check_files();
    s.reopen();
    check_files();
    s.database = nullptr;
    check_files();
}

TEST_CASE("sqlite: a database opens with a key that it has, and with no other")
{
    sqlite_fixture s;
    fill_file(s);
    CHECK(s.open_again());
    CHECK(fails_with(s.open_again(keys_of_letters("b")), errc::sealed_record));
    CHECK(s.open_again(keys_of_letters("ba")));
    // Another key by the same id.
    std::vector<store::sealing_key> other = {store::sealing_key("a", secret(std::string(32, 'z')))};
    CHECK(fails_with(s.open_again(std::make_shared<store::key_ring>(other)), errc::sealed_record));
    // A process that has begun to use a newer key.
    const auto newer = store::sqlite_store(s.place.path(), keys_of_letters("ba"), s.options);
    REQUIRE(s.bench.run(newer->tokens()->put(some_user("9"), some_credential("a"))));
    const auto found = s.find("9");
    CHECK(fails_with(found, errc::sealed_record));
    CHECK(found.error().message().find("the key b") != std::string::npos);
    CHECK(s.find("1").value());
}

TEST_CASE("sqlite: of resealed records none needs the old key, and one that can't be opened costs the others nothing")
{
    sqlite_fixture s;
    fill_file(s);
    for (int i = 2; i <= 250; ++i)
        REQUIRE(s.put(std::to_string(i)));
    REQUIRE(s.bench.run(s.database->logins()->end(store::id_of_login("x", "zero"), granted_login("7"))));
    constexpr std::size_t records = 250 + 3; // and a login, a visitor and an end
    CHECK(s.bench.run(s.database->reseal()).value().resealed == 0);
    s.place.keys->add(key_of_letter('b'));
    const auto resealed = s.bench.run(s.database->reseal());
    CHECK(resealed.value().resealed == records);
    CHECK(resealed.value().records == records);
    const auto second = s.bench.run(s.database->reseal());
    CHECK(second.value().resealed == 0);
    CHECK(second.value().records == records);
    s.place.keys->remove("a");
    s.reopen();
    for (const auto& record : records_in_file)
        CHECK(record.read(s) == errc());
    CHECK(s.find("250").value());

    sqlite_shell shell(s.place.path());
    shell.run("UPDATE tokens SET sealed = x'0000' WHERE user = '2'");
    s.place.keys->add(key_of_letter('c'));
    CHECK(fails_with(s.bench.run(s.database->reseal()), errc::sealed_record));
    s.place.keys->remove("b");
    CHECK(s.find("250").value());
    CHECK(s.open_again(keys_of_letters("c")));
}

TEST_CASE("sqlite: keys are changed while the store is used, and no credential is lost")
{
    sqlite_fixture s;
    constexpr int users = 40;
    for (int i = 0; i < users; ++i)
        REQUIRE(s.put(std::to_string(i)));
    int running = users;
    bool rotated = false;
    const auto use = [](sqlite_fixture& fixture, int number, const bool& ends) -> boost::asio::awaitable<void> {
        const auto user = some_user(std::to_string(number));
        const auto tokens = fixture.database->tokens();
        while (!ends) {
            const auto found = co_await tokens->find(user);
            REQUIRE(found);
            const auto replaced = co_await tokens->replace_if(user, found->version, some_credential("b"));
            CHECK(replaced);
        }
    };
    const auto rotate = [](sqlite_fixture& fixture, bool& ended) -> boost::asio::awaitable<void> {
        for (const char letter : {'b', 'c', 'd'}) {
            fixture.place.keys->add(key_of_letter(letter));
            co_await fixture.database->reseal();
            // What was being sealed as the key came.
            co_await fixture.database->reseal();
            fixture.place.keys->remove(std::string(1, static_cast<char>(letter - 1)));
        }
        ended = true;
    };
    for (int i = 0; i < users; ++i)
        boost::asio::co_spawn(s.bench.io, use(s, i, rotated), [&running](const std::exception_ptr& failed) {
            CHECK(failed == nullptr);
            --running;
        });
    boost::asio::co_spawn(s.bench.io, rotate(s, rotated), [&rotated](const std::exception_ptr& failed) {
        CHECK(failed == nullptr);
        rotated = true;
    });
    s.bench.io.restart();
    s.bench.io.run();
    CHECK(running == 0);
    CHECK(s.place.keys->ids() == std::vector<std::string>{"d"});
    for (int i = 0; i < users; ++i)
        CHECK(s.find(std::to_string(i)).value());
    CHECK(s.open_again(keys_of_letters("d")));
}

TEST_CASE("sqlite: its files are the owner's alone, with any umask")
{
    for (const mode_t mask : {mode_t(0), mode_t(022), mode_t(0277)}) {
        const auto before = ::umask(mask);
        sqlite_fixture s;
        ::umask(before);
        REQUIRE(s.put("1"));
        for (const char* suffix : {"", "-wal", "-shm"}) {
            struct stat status {};
            REQUIRE(::stat((s.place.path() + suffix).c_str(), &status) == 0);
            CHECK((status.st_mode & 07777) == 0600);
        }
    }
}
