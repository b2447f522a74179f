// Writes to an SQLite store, and prints a line for what has been acknowledged: the test kills it, and asks it afterwards what is there.
//
// usage: store_writer FILE put FIRST COUNT CALLERS   credentials: caller C puts FIRST, FIRST + 1, ... for its own user C
//        store_writer FILE take FIRST COUNT CALLERS  logins, by C and number: begins each, then takes it
//        store_writer FILE check FIRST COUNT CALLERS prints what credentials there are, and takes all those logins
#include <coauth/coro/as_result.hpp>
#include <coauth/store/sqlite_store.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <cstdlib>
#include <exception>
#include <iostream>
#include <memory>
#include <sqlite3.h>
#include <string>
#include <string_view>
#include <unistd.h>
#include <utility>

namespace asio = boost::asio;
using namespace coauth;

namespace {

std::shared_ptr<store::key_ring> fixed_keys()
{
    return std::make_shared<store::key_ring>(store::read_keys(std::string(32, 'k')).value());
}

store::database_options large_options()
{
    store::database_options out;
    out.logins.max_per_browser = 1'000'000;
    out.logins.max_pending = 1'000'000;
    return out;
}

// In one call, and so whole or not at all.
void print(std::string line)
{
    line += '\n';
    if (::write(STDOUT_FILENO, line.data(), line.size()) != static_cast<ssize_t>(line.size()))
        std::exit(3);
}

std::string login_name(int caller, int number)
{
    return std::to_string(caller) + " " + std::to_string(number);
}

asio::awaitable<void> put_all(std::shared_ptr<store::database> database, int caller, int first, int count)
{
    const auto tokens = database->tokens();
    for (int number = first; number < first + count; ++number) {
        const credential held(secret(std::to_string(number)));
        co_await tokens->put(user_key("x", std::to_string(caller)), held);
        print("put " + login_name(caller, number));
    }
}

asio::awaitable<store::taken_login> take(std::shared_ptr<store::database> database, std::string name)
{
    const auto browser = store::digest_of_browser("browser");
    store::taken_login taken = co_await database->logins()->take(store::id_of_login("x", name), browser);
    co_return taken;
}

asio::awaitable<void> take_all(std::shared_ptr<store::database> database, int caller, int first, int count)
{
    for (int number = first; number < first + count; ++number) {
        const std::string name = login_name(caller, number);
        store::pending_login login(store::id_of_login("x", name), secret("proof"), store::digest_of_browser("browser"));
        co_await database->logins()->add(std::move(login));
        print("begun " + name);
        const store::taken_login taken = co_await take(database, name);
        if (taken.what != store::taken_login::status::taken)
            std::exit(4);
        print("taken " + name);
    }
}

std::string_view name_of(store::taken_login::status status)
{
    using enum store::taken_login::status;
    return status == taken ? "taken" : status == replayed ? "replayed" : status == unknown ? "unknown" : "other";
}

asio::awaitable<void> check_all(std::shared_ptr<store::database> database, int callers, int first, int count)
{
    for (int caller = 0; caller < callers; ++caller) {
        const auto found = co_await database->tokens()->find(user_key("x", std::to_string(caller)));
        if (found)
            print("found " + std::to_string(caller) + " " + std::string(found->held.text().reveal()));
        for (int number = first; number < first + count; ++number) {
            const std::string name = login_name(caller, number);
            const store::taken_login taken = co_await take(database, name);
            print(std::string(name_of(taken.what)) + " " + name);
        }
    }
}

void print_integrity(const char* path)
{
    sqlite3* file = nullptr;
    if (sqlite3_open_v2(path, &file, SQLITE_OPEN_READWRITE, nullptr) != SQLITE_OK)
        std::exit(5);
    sqlite3_exec(
        file, "PRAGMA integrity_check",
        [](void*, int, char** values, char**) {
            print(std::string("integrity ") + values[0]);
            return 0;
        },
        nullptr, nullptr);
    sqlite3_close(file);
}

void rethrow(const std::exception_ptr& failed)
{
    if (failed)
        std::rethrow_exception(failed);
}

int run(int count, char** arguments)
{
    if (count != 6)
        return 2;
    const std::string_view mode = arguments[2];
    const int first = std::atoi(arguments[3]);
    const int numbers = std::atoi(arguments[4]);
    const int callers = std::atoi(arguments[5]);
    asio::io_context io;
    const auto database = store::sqlite_store(arguments[1], fixed_keys(), large_options());
    if (mode == "check") {
        print_integrity(arguments[1]);
        asio::co_spawn(io, check_all(database, callers, first, numbers), rethrow);
    }
    for (int caller = 0; caller < callers && mode != "check"; ++caller) {
        if (mode == "put")
            asio::co_spawn(io, put_all(database, caller, first, numbers), rethrow);
        else
            asio::co_spawn(io, take_all(database, caller, first, numbers), rethrow);
    }
    io.run();
    return 0;
}

} // namespace

int main(int count, char** arguments)
{
    try {
        return run(count, arguments);
    } catch (const std::exception& failed) {
        std::cerr << failed.what() << '\n';
        return 1;
    }
}
