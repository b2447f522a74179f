// What the SQLite store does in a second, and how long each operation takes, beside SQLite alone that writes as much in as large
// transactions. Callers begin an operation as soon as the one before has ended. While the first half of them waits for the disk
// the other half gathers, so a transaction holds half as many operations as there are callers; SQLite alone gets the same.
#include "load/resident_memory.hpp"

#include <coauth/store/sqlite_store.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <memory>
#include <sqlite3.h>
#include <stdexcept>
#include <stdlib.h>
#include <string>
#include <vector>

namespace asio = boost::asio;
using namespace coauth;
using steady = std::chrono::steady_clock;

namespace {

constexpr std::size_t token_size = 300;
constexpr std::size_t sealing_overhead = 100;

class bench_folder {
public:
    bench_folder()
    {
        if (::mkdtemp(path_.data()) == nullptr)
            throw std::runtime_error("no folder for the benchmark");
    }
    ~bench_folder() { std::filesystem::remove_all(path_); }
    bench_folder(const bench_folder&) = delete;
    bench_folder& operator=(const bench_folder&) = delete;

    std::string file() const { return path_ + "/store.db"; }
    double megabytes() const
    {
        double octets = 0;
        for (const auto& each : std::filesystem::directory_iterator(path_))
            octets += static_cast<double>(each.file_size());
        return octets / 1e6;
    }

private:
    std::string path_ = std::filesystem::temp_directory_path() / "coauth_bench_XXXXXX"; // TMPDIR
};

struct latencies {
    void add(steady::duration duration)
    {
        milliseconds.push_back(std::chrono::duration<double, std::milli>(duration).count());
    }

    void report(benchmark::State& state)
    {
        std::sort(milliseconds.begin(), milliseconds.end());
        const auto part = [this](double share) {
            return milliseconds.empty()
                       ? 0
                       : milliseconds[static_cast<std::size_t>(share * static_cast<double>(milliseconds.size() - 1))];
        };
        state.counters["p50_ms"] = part(0.50);
        state.counters["p99_ms"] = part(0.99);
    }

    std::vector<double> milliseconds;
};

void rethrow(const std::exception_ptr& failed)
{
    if (failed)
        std::rethrow_exception(failed);
}

struct opened_store {
    explicit opened_store(std::size_t most_logins = 1'000'000)
    {
        std::vector<store::sealing_key> keys = {store::random_key()};
        store::database_options options;
        options.logins.max_pending = most_logins;
        options.logins.max_per_browser = most_logins;
        database = store::sqlite_store(folder.file(), std::make_shared<store::key_ring>(keys), options);
    }

    void run()
    {
        io.restart();
        io.run();
    }

    bench_folder folder;
    asio::io_context io;
    std::shared_ptr<store::database> database;
    latencies measured;
};

store::browser_digest browser_numbered(int number)
{
    return store::digest_of_browser(std::to_string(number));
}

asio::awaitable<void> put_again_and_again(opened_store& opened, int caller, int count)
{
    const auto tokens = opened.database->tokens();
    const user_key user("x", std::to_string(caller));
    for (int i = 0; i < count; ++i) {
        const credential held(secret(std::string(token_size, 'x')));
        const auto begun = steady::now();
        co_await tokens->put(user, held);
        opened.measured.add(steady::now() - begun);
    }
}

asio::awaitable<void> begin_logins(opened_store& opened, int first, int count)
{
    const auto logins = opened.database->logins();
    for (int number = first; number < first + count; ++number) {
        store::pending_login login(store::id_of_login("x", std::to_string(number)),
            secret(std::string(token_size, 'x')), browser_numbered(number), "/");
        co_await logins->add(std::move(login));
    }
}

asio::awaitable<void> take_logins(opened_store& opened, int first, int count)
{
    const auto logins = opened.database->logins();
    for (int number = first; number < first + count; ++number) {
        const auto begun = steady::now();
        const store::taken_login taken =
            co_await logins->take(store::id_of_login("x", std::to_string(number)), browser_numbered(number));
        opened.measured.add(steady::now() - begun);
        if (!taken.login)
            throw std::runtime_error("a login was not there");
    }
}

constexpr int rounds = 20; // operations of each caller in one iteration

void store_put(benchmark::State& state)
{
    opened_store opened;
    const int callers = static_cast<int>(state.range(0));
    for (auto _ : state) {
        for (int caller = 0; caller < callers; ++caller)
            asio::co_spawn(opened.io, put_again_and_again(opened, caller, rounds), rethrow);
        opened.run();
    }
    state.SetItemsProcessed(state.iterations() * callers * rounds);
    opened.measured.report(state);
}

void store_take(benchmark::State& state)
{
    opened_store opened;
    const int callers = static_cast<int>(state.range(0));
    int number = 0;
    for (auto _ : state) {
        state.PauseTiming();
        for (int caller = 0; caller < callers; ++caller)
            asio::co_spawn(opened.io, begin_logins(opened, number + caller * rounds, rounds), rethrow);
        opened.run();
        state.ResumeTiming();
        for (int caller = 0; caller < callers; ++caller)
            asio::co_spawn(opened.io, take_logins(opened, number + caller * rounds, rounds), rethrow);
        opened.run();
        number += callers * rounds;
    }
    state.SetItemsProcessed(state.iterations() * callers * rounds);
    opened.measured.report(state);
}

// SQLite alone, with the same settings.
class sqlite_alone {
public:
    sqlite_alone()
    {
        if (sqlite3_open(folder_.file().c_str(), &open_) != SQLITE_OK)
            throw std::runtime_error("no file for the benchmark");
        run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -8192");
        run("CREATE TABLE tokens (number INTEGER PRIMARY KEY, provider TEXT, user TEXT, sealed BLOB, UNIQUE (provider, "
            "user))");
        run("CREATE TABLE logins (number INTEGER PRIMARY KEY, id BLOB UNIQUE, browser BLOB, state INTEGER, due "
            "INTEGER, until INTEGER, sealed BLOB)");
        run("CREATE INDEX by_due ON logins (due) WHERE state = 0");
        run("CREATE INDEX by_browser ON logins (browser) WHERE state = 0");
        run("CREATE INDEX by_until ON logins (until) WHERE state <> 0"); // those that were taken are remembered
    }
    ~sqlite_alone()
    {
        for (auto* const each : statements_)
            sqlite3_finalize(each);
        sqlite3_close(open_);
    }
    sqlite_alone(const sqlite_alone&) = delete;
    sqlite_alone& operator=(const sqlite_alone&) = delete;

    void run(const char* text)
    {
        if (sqlite3_exec(open_, text, nullptr, nullptr, nullptr) != SQLITE_OK)
            throw std::runtime_error(sqlite3_errmsg(open_));
    }

    sqlite3_stmt* prepare(const char* text)
    {
        sqlite3_stmt* prepared = nullptr;
        if (sqlite3_prepare_v2(open_, text, -1, &prepared, nullptr) != SQLITE_OK)
            throw std::runtime_error(sqlite3_errmsg(open_));
        statements_.push_back(prepared);
        return prepared;
    }

    static void bind(sqlite3_stmt* statement, int parameter, const std::string& octets)
    {
        sqlite3_bind_blob(statement, parameter, octets.data(), static_cast<int>(octets.size()), SQLITE_STATIC);
    }

    static void step(sqlite3_stmt* statement)
    {
        int code = sqlite3_step(statement);
        while (code == SQLITE_ROW)
            code = sqlite3_step(statement);
        if (code != SQLITE_DONE)
            throw std::runtime_error(sqlite3_errstr(code));
        sqlite3_reset(statement);
    }

private:
    bench_folder folder_;
    sqlite3* open_ = nullptr;
    std::vector<sqlite3_stmt*> statements_;
};

// Another each time, as sealed records are: SQLite does not write what has not changed.
std::string record_numbered(std::int64_t number)
{
    std::string out(token_size + sealing_overhead, 'x');
    out.replace(0, std::to_string(number).size(), std::to_string(number));
    return out;
}

void sqlite_put(benchmark::State& state)
{
    sqlite_alone file;
    auto* const put = file.prepare("INSERT INTO tokens (provider, user, sealed) VALUES ('x', ?, ?) "
                                   "ON CONFLICT (provider, user) DO UPDATE SET sealed = excluded.sealed");
    const auto batch = std::max(state.range(0) / 2, std::int64_t(1));
    latencies measured;
    std::int64_t user = 0;
    for (auto _ : state) {
        const auto begun = steady::now();
        file.run("BEGIN IMMEDIATE");
        for (std::int64_t i = 0; i < batch; ++i) {
            const auto record = record_numbered(user);
            sqlite3_bind_int64(put, 1, user++ % state.range(0));
            sqlite_alone::bind(put, 2, record);
            sqlite_alone::step(put);
        }
        file.run("COMMIT");
        measured.add(steady::now() - begun);
    }
    state.SetItemsProcessed(state.iterations() * batch);
    measured.report(state);
}

std::string octets_of(const auto& digest)
{
    return std::string(reinterpret_cast<const char*>(digest.octets.data()), digest.octets.size());
}

// The logins of one iteration of `store_take`, in the order in which its callers take them.
void sqlite_take(benchmark::State& state)
{
    sqlite_alone file;
    auto* const add =
        file.prepare("INSERT INTO logins (id, browser, state, due, until, sealed) VALUES (?1, ?2, 0, ?3, ?3, ?4)");
    auto* const find = file.prepare("SELECT number, browser, state, due, sealed FROM logins WHERE id = ?");
    auto* const take = file.prepare("UPDATE logins SET state = 1, until = due + 1, sealed = NULL WHERE id = ?");
    const auto callers = state.range(0);
    const auto batch = std::max(callers / 2, std::int64_t(1));
    latencies measured;
    std::int64_t first = 0;
    for (auto _ : state) {
        state.PauseTiming();
        file.run("BEGIN IMMEDIATE");
        for (std::int64_t number = first; number < first + callers * rounds; ++number) {
            const auto id = octets_of(store::id_of_login("x", std::to_string(number)));
            const auto browser = octets_of(browser_numbered(static_cast<int>(number)));
            const auto record = record_numbered(number);
            sqlite_alone::bind(add, 1, id);
            sqlite_alone::bind(add, 2, browser);
            sqlite3_bind_int64(add, 3, number);
            sqlite_alone::bind(add, 4, record);
            sqlite_alone::step(add);
        }
        file.run("COMMIT");
        state.ResumeTiming();
        for (std::int64_t taken = 0; taken < callers * rounds; taken += batch) {
            const auto begun = steady::now();
            file.run("BEGIN IMMEDIATE");
            for (std::int64_t i = taken; i < taken + batch; ++i) {
                const auto number = first + i % callers * rounds + i / callers;
                const auto id = octets_of(store::id_of_login("x", std::to_string(number)));
                sqlite_alone::bind(find, 1, id);
                sqlite_alone::step(find);
                sqlite_alone::bind(take, 1, id);
                sqlite_alone::step(take);
            }
            file.run("COMMIT");
            measured.add(steady::now() - begun);
        }
        first += callers * rounds;
    }
    state.SetItemsProcessed(state.iterations() * callers * rounds);
    measured.report(state);
}

void pending_logins(benchmark::State& state)
{
    constexpr int callers = 250;
    const int logins = static_cast<int>(state.range(0));
    for (auto _ : state) {
        opened_store opened;
        const auto before = testing::resident_bytes();
        for (int caller = 0; caller < callers; ++caller)
            asio::co_spawn(opened.io, begin_logins(opened, caller * (logins / callers), logins / callers), rethrow);
        opened.run();
        state.counters["resident_MB"] =
            (static_cast<double>(testing::resident_bytes()) - static_cast<double>(before)) / 1e6;
        state.counters["file_MB"] = opened.folder.megabytes();
    }
}

BENCHMARK(sqlite_put)->Arg(1)->Arg(100)->Arg(400)->UseRealTime();
BENCHMARK(store_put)->Arg(1)->Arg(100)->Arg(400)->UseRealTime();
BENCHMARK(sqlite_take)->Arg(1)->Arg(100)->Arg(400)->UseRealTime();
BENCHMARK(store_take)->Arg(1)->Arg(100)->Arg(400)->UseRealTime();
BENCHMARK(pending_logins)->Arg(100'000)->Iterations(1)->UseRealTime()->Unit(benchmark::kSecond);

} // namespace

BENCHMARK_MAIN();
