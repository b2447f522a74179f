// Who is notified of ends, and the threads that do it.
#include "integration/store/sqlite_fixture.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <future>
#include <set>
#include <string>
#include <vector>

using namespace coauth;
using namespace coauth::testing;
using namespace std::chrono_literals;

namespace {

std::set<std::string> threads_of_process()
{
    std::set<std::string> out;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/task"))
        out.insert(entry.path().filename());
    return out;
}

// True if a thread blocks all signals that can be blocked, apart from the real-time ones.
bool blocks_signals(const std::string& thread)
{
    std::ifstream status("/proc/self/task/" + thread + "/status");
    for (std::string line; std::getline(status, line);) {
        if (!line.starts_with("SigBlk:"))
            continue;
        const auto blocked = std::stoull(line.substr(8), nullptr, 16);
        for (int signal = 1; signal < 32; ++signal)
            if (signal != SIGKILL && signal != SIGSTOP && (blocked >> (signal - 1) & 1) == 0)
                return false;
        return true;
    }
    return false;
}

} // namespace

TEST_CASE("sqlite: a context may be destroyed while its coroutines await the file")
{
    sqlite_place place;
    auto database = place.open(store::database_options());
    const auto tokens = database->tokens();
    std::weak_ptr<int> of_coroutine;
    {
        sqlite_shell other(place.path());
        other.run("BEGIN IMMEDIATE");
        boost::asio::io_context io;
        for (int i = 0; i < 10; ++i) {
            auto kept = std::make_shared<int>(i);
            of_coroutine = kept;
            boost::asio::co_spawn(io, tokens->put(some_user("1"), some_credential("a")),
                [kept](const std::exception_ptr&, std::uint64_t) { FAIL("it has no context to run on"); });
        }
        io.poll();
    } // first the context, then the lock
    CHECK(of_coroutine.expired());
    store_bench bench;
    CHECK(bench.run(tokens->put(some_user("1"), some_credential("b"))));
}

TEST_CASE("sqlite: an end in another process reaches its watcher within 500 ms")
{
    recorded_ends recorded;
    sqlite_fixture s;
    const auto other = s.place.open(s.options);
    const auto watching = other->logins()->watch(recorded.watcher("other"));
    for (std::size_t i = 1; i <= 5; ++i) {
        const auto id = store::id_of_login("x", std::to_string(i));
        REQUIRE(s.bench.run(s.database->logins()->end(id, granted_login("7"))));
        const auto ended = std::chrono::steady_clock::now();
        CHECK(recorded.wait_for(i).size() == i);
        CHECK(std::chrono::steady_clock::now() - ended < 500ms);
    }
}

TEST_CASE("sqlite: who begins to watch is not notified of what ended before, and of all that ends after")
{
    recorded_ends recorded;
    sqlite_fixture s;
    const auto other = s.place.open(s.options);
    const auto id = store::id_of_login("x", "one");
    REQUIRE(s.bench.run(s.database->logins()->end(id, granted_login("1"))));
    const auto watching = s.database->logins()->watch(recorded.watcher("first"));
    REQUIRE(s.bench.run(s.database->logins()->end(id, granted_login("2"))));
    REQUIRE(s.bench.run(other->logins()->end(id, granted_login("3"))));
    CHECK(recorded.wait_for(2) == std::vector<std::string>{"first: 2/back", "first: 3/back"});
}

TEST_CASE("sqlite: ends are removed in time")
{
    sqlite_fixture s;
    for (int i = 0; i < 20; ++i) {
        REQUIRE(s.bench.run(
            s.database->logins()->end(store::id_of_login("x", std::to_string(i)), store::ended_login(errc::timeout))));
        s.bench.clock->advance(30s);
    }
    sqlite_shell shell(s.place.path());
    CHECK(std::stoi(shell.value("SELECT count(*) FROM ends")) <= 5);
}

TEST_CASE("sqlite: its threads take no signals, and end with the last store")
{
    const auto before = threads_of_process();
    {
        sqlite_fixture s;
        // By then both have begun: until they have, the C library blocks all signals.
        REQUIRE(s.put("1"));
        REQUIRE(s.find("1"));
        int own = 0;
        for (const auto& thread : threads_of_process()) {
            if (before.contains(thread))
                continue;
            ++own;
            CHECK(blocks_signals(thread));
        }
        CHECK(own == 2);
        const auto tokens = s.database->tokens();
        s.database = nullptr;
        CHECK(threads_of_process().size() == before.size() + 2);
    }
    CHECK(threads_of_process().size() == before.size());
}

TEST_CASE("sqlite: the last store may be released by a watcher")
{
    sqlite_fixture s;
    const auto other = s.place.open(s.options);
    auto last = s.database->logins();
    s.database = nullptr;
    std::promise<void> released;
    const auto watching = last->watch([&](const store::login_id&, const store::ended_login&) {
        last = nullptr;
        released.set_value();
    });
    REQUIRE(s.bench.run(other->logins()->end(store::id_of_login("x", "one"), granted_login("7"))));
    CHECK(released.get_future().wait_for(5s) == std::future_status::ready);
    CHECK(last == nullptr);
}
