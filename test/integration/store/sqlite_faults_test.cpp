// A file that is locked, full, read-only or away, and threads that come and go.
#include "integration/store/sqlite_fixture.hpp"
#include "store/sqlite/token_rows.hpp"
#include "store/sqlite/transaction.hpp"

#include <coauth/coro/as_result.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>

#include <doctest/doctest.h>

#include <csignal>
#include <cstdio>
#include <functional>
#include <optional>
#include <string>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

using namespace coauth;
using namespace coauth::testing;
using namespace std::chrono_literals;

namespace {

using steady = std::chrono::steady_clock;

// Files of this process may not grow beyond a size, as long as this lives.
class file_size_limit {
public:
    explicit file_size_limit(rlim_t octets)
    {
        before_handler_ = std::signal(SIGXFSZ, SIG_IGN);
        ::getrlimit(RLIMIT_FSIZE, &before_);
        rlimit limit = before_;
        limit.rlim_cur = octets;
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~file_size_limit()
    {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, before_handler_);
    }
    file_size_limit(const file_size_limit&) = delete;
    file_size_limit& operator=(const file_size_limit&) = delete;

private:
    rlimit before_{};
    void (*before_handler_)(int) = nullptr;
};

// A task that puts a credential, and may fail afterwards.
class put_task final : public store::sqlite::task {
public:
    put_task(const store::key_ring& keys, std::string id, std::size_t size, bool fails)
        : task("putting", steady::now()), keys_(keys), id_(std::move(id)), size_(size), fails_(fails)
    {}

    void run(store::sqlite::database_file& file) override
    {
        const auto user = some_user(id_);
        store::sqlite::prepared_record record(keys_, store::sqlite::token_place(file.store(), user, 1),
            store::record_text(credential(secret(std::string(size_, 'x')))));
        store::sqlite::put_token(file, user, 1, record);
        if (fails_)
            throw error(errc::invalid_argument, "it was to fail");
    }

private:
    const store::key_ring& keys_;
    std::string id_;
    std::size_t size_;
    bool fails_;
};

std::optional<errc> code_of_failure(const std::exception_ptr& failure)
{
    if (!failure)
        return std::nullopt;
    try {
        std::rethrow_exception(failure);
    } catch (const error& failed) {
        return failed.reason();
    }
}

// The exit status of a child that calls this as a user without rights to the file.
int without_rights(const std::function<int()>& call)
{
    const pid_t child = ::fork();
    if (child == 0) {
        constexpr uid_t nobody = 65534;
        if (::geteuid() == 0 && ::setuid(nobody) != 0)
            ::_exit(99);
        ::_exit(call());
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 98;
}

} // namespace

TEST_CASE(
    "sqlite: while another program holds the file, writing fails at the deadline, reading works, and both do after")
{
    sqlite_fixture s(200ms);
    REQUIRE(s.put("1"));
    REQUIRE(s.add_login("one"));
    sqlite_shell shell(s.place.path());
    shell.run("BEGIN IMMEDIATE");
    const auto begun = steady::now();
    const auto refused = s.put("2");
    const auto lasted = steady::now() - begun;
    CHECK(fails_with(refused, errc::store_unavailable));
    CHECK(refused.error().hint().has_value());
    CHECK(lasted >= 200ms);
    CHECK(lasted < 450ms);
    CHECK(fails_with(s.take("one"), errc::store_unavailable));
    CHECK(s.find("1").value());
    CHECK(s.open_again()); // nothing is written for that
    shell.run("COMMIT");
    CHECK(s.put("2"));
    CHECK(s.find("2").value());
}

TEST_CASE("sqlite: each of many operations ends at its own deadline")
{
    sqlite_fixture s(200ms);
    sqlite_shell shell(s.place.path());
    shell.run("BEGIN IMMEDIATE");
    constexpr int operations = 6;
    int ended = 0;
    std::vector<steady::duration> lasted(operations);
    const auto put_later = [](sqlite_fixture& fixture, int number,
                               steady::duration& duration) -> boost::asio::awaitable<void> {
        boost::asio::steady_timer timer(fixture.bench.io, 50ms * number);
        co_await timer.async_wait(boost::asio::use_awaitable);
        const auto begun = steady::now();
        auto put = fixture.database->tokens()->put(some_user(std::to_string(number)), some_credential("a"));
        const auto refused = co_await as_result(std::move(put));
        duration = steady::now() - begun;
        CHECK(fails_with(refused, errc::store_unavailable));
    };
    for (int i = 0; i < operations; ++i)
        boost::asio::co_spawn(s.bench.io, put_later(s, i, lasted[static_cast<std::size_t>(i)]),
            [&ended](const std::exception_ptr&) { ++ended; });
    s.bench.io.restart();
    s.bench.io.run();
    CHECK(ended == operations);
    for (const auto duration : lasted)
        CHECK(duration < 450ms);
    shell.run("COMMIT");
    CHECK(s.put("1"));
}

TEST_CASE("sqlite: a lock that is released before the deadline is waited for")
{
    sqlite_fixture s(5'000ms);
    sqlite_shell shell(s.place.path());
    shell.run("BEGIN IMMEDIATE");
    boost::asio::steady_timer timer(s.bench.io, 100ms);
    timer.async_wait([&shell](const boost::system::error_code&) { shell.run("COMMIT"); });
    const auto begun = steady::now();
    CHECK(s.put("1"));
    CHECK(steady::now() - begun >= 100ms);
}

TEST_CASE("sqlite: a file that is locked wholly can't be opened, and can be when that is over")
{
    sqlite_fixture s(150ms);
    s.database = nullptr;
    sqlite_shell shell(s.place.path());
    shell.run("PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE");
    CHECK(fails_with(s.open_again(), errc::store_unavailable));
    shell.run("COMMIT");
    CHECK(s.open_again());
}

TEST_CASE("sqlite: a task that fails undoes what it did, and costs the others in its transaction nothing")
{
    sqlite_fixture s;
    const store::sqlite::file_settings settings(s.place.path(), s.place.keys, s.bench.clock, 5'000ms);
    store::sqlite::database_file file(settings, steady::now() + 5s);
    const auto run = [&file](const store::sqlite::tasks& all) {
        store::sqlite::begin_transaction(file, true);
        CHECK(store::sqlite::run_in_transaction(file, true, all));
        std::vector<std::optional<errc>> codes;
        for (const auto& each : all)
            codes.push_back(code_of_failure(each->failure));
        return codes;
    };
    const auto put = [&s](const char* id, std::size_t size, bool fails) {
        return std::make_shared<put_task>(*s.place.keys, id, size, fails);
    };
    const std::vector<std::optional<errc>> second_failed = {std::nullopt, errc::invalid_argument, std::nullopt};
    CHECK(run({put("1", 10, false), put("2", 10, true), put("3", 10, false)}) == second_failed);
    CHECK(s.find("1").value());
    CHECK_FALSE(s.find("2").value());
    CHECK(s.find("3").value());

    // A full file ends the transaction; then all of it has failed, and the connection is as good as before.
    file.db.script("PRAGMA max_page_count = 1");
    const std::vector<std::optional<errc>> all_failed(3, errc::store_unavailable);
    CHECK(run({put("4", 10, false), put("5", 1'000'000, false), put("6", 10, false)}) == all_failed);
    for (const char* id : {"4", "5", "6"})
        CHECK_FALSE(s.find(id).value());
    file.db.script("PRAGMA max_page_count = 1000000");
    const std::vector<std::optional<errc>> none_failed = {std::nullopt};
    CHECK(run({put("5", 1'000'000, false)}) == none_failed);
    CHECK(s.find("5").value());
}

TEST_CASE(
    "sqlite: where the disk takes no more, writing fails, what was stored is read, and it goes on when there is room")
{
    sqlite_fixture s;
    REQUIRE(s.put("kept"));
    int stored = 0;
    {
        const file_size_limit limit(200'000);
        result<std::uint64_t> put = s.put("0");
        for (; put && stored < 1'000; put = s.put(std::to_string(stored), std::string(2'000, 'x')))
            ++stored;
        CHECK(fails_with(put, errc::store_unavailable));
        CHECK(put.error().hint().has_value());
        CHECK(s.find("kept").value());
        CHECK(fails_with(s.put("more", std::string(2'000, 'x')), errc::store_unavailable));
    }
    CHECK(stored > 3);
    CHECK(s.put("more", std::string(2'000, 'x')));
    s.reopen();
    for (int i = 0; i + 1 < stored; ++i)
        CHECK(s.find(std::to_string(i)).value());
    CHECK(s.find("more").value());
}

TEST_CASE("sqlite: a file that this user may not write can't be opened")
{
    sqlite_fixture s;
    REQUIRE(s.put("1"));
    s.database = nullptr;
    const auto folder = s.place.path().substr(0, s.place.path().rfind('/'));
    ::chmod(folder.c_str(), 0555);
    for (const mode_t mode : {mode_t(0444), mode_t(0)}) {
        ::chmod(s.place.path().c_str(), mode);
        const int status = without_rights([&] { return fails_with(s.open_again(), errc::store_unavailable) ? 0 : 1; });
        CHECK(status == 0);
    }
    ::chmod(folder.c_str(), 0755);
    ::chmod(s.place.path().c_str(), 0600);
    CHECK(s.open_again());
}

TEST_CASE("sqlite: where the file was deleted or moved nothing is stored, and it goes on when it is back")
{
    sqlite_fixture s;
    REQUIRE(s.put("1"));
    const auto away = s.place.path() + ".away";
    REQUIRE(::rename(s.place.path().c_str(), away.c_str()) == 0);
    CHECK(fails_with(s.put("2"), errc::store_unavailable));
    CHECK(fails_with(s.find("1"), errc::store_unavailable));
    CHECK(fails_with(s.add_login("one"), errc::store_unavailable));
    REQUIRE(::rename(away.c_str(), s.place.path().c_str()) == 0);
    CHECK(s.find("1").value());
    CHECK(s.put("2"));
    CHECK(s.find("2").value());
    s.reopen();
    CHECK(s.find("2").value());
}

TEST_CASE("sqlite: another file in the place of the first is used")
{
    sqlite_fixture s;
    sqlite_fixture other;
    REQUIRE(s.put("1"));
    REQUIRE(other.put("2"));
    other.database = nullptr; // all is in the one file then
    for (const char* suffix : {"-wal", "-shm"})
        ::unlink((s.place.path() + suffix).c_str()); // of the file before
    REQUIRE(::rename(other.place.path().c_str(), s.place.path().c_str()) == 0);
    CHECK(s.put("3"));
    CHECK_FALSE(s.find("1").value());
    CHECK(s.find("2").value());
    recorded_ends recorded;
    const auto watching = s.database->logins()->watch(recorded.watcher("watcher"));
    REQUIRE(s.bench.run(s.database->logins()->end(store::id_of_login("x", "one"), granted_login("7"))));
    CHECK(recorded.wait_for(1).size() == 1);
}

TEST_CASE("sqlite: a row that is missing where each file has it is a typed error")
{
    sqlite_fixture s;
    REQUIRE(s.put("1"));
    sqlite_shell shell(s.place.path());
    shell.run("DELETE FROM login_counts");
    CHECK(fails_with(s.add_login("one"), errc::store_unavailable));
    CHECK(s.find("1").value());
    shell.run("INSERT INTO login_counts VALUES (0, 0, 0)");
    CHECK(s.put("1"));
    CHECK(s.add_login("one"));
    shell.run("DELETE FROM meta WHERE name = 'check'");
    CHECK(fails_with(s.open_again(), errc::store_unavailable));
}
