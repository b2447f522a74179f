// A Redis that is none.
#include "integration/store/databases.hpp"
#include "integration/store/hostile_redis.hpp"
#include "unit/store/login_store_rules.hpp"
#include "unit/store/token_store_rules.hpp"

#include <coauth/store/redis_store.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <csignal>
#include <string>

namespace asio = boost::asio;
using namespace coauth;
using namespace coauth::testing;
using namespace std::chrono_literals;

namespace {

std::string repeated(const std::string& text, std::size_t count)
{
    std::string out;
    for (std::size_t i = 0; i < count; ++i)
        out += text;
    return out;
}

hostile_script script_of(std::string reply, std::string handshake = good_handshake, std::string greeting = {})
{
    hostile_script script;
    script.reply = std::move(reply);
    script.handshake = std::move(handshake);
    script.greeting = std::move(greeting);
    return script;
}

bool sigpipe_ends_the_process()
{
    struct sigaction action {};
    ::sigaction(SIGPIPE, nullptr, &action);
    return action.sa_handler == SIG_DFL;
}

// Any operation fails typed, soon.
void check_refused(const hostile_redis& server)
{
    store_bench bench;
    store::redis_options address;
    address.socket = server.socket();
    store::database_options options;
    options.deadline = 150ms;
    const auto database = store::redis_store(address, keys_of_letters("a"), options);
    const auto begun = std::chrono::steady_clock::now();
    int ended = 0;
    const auto check = [&ended](const std::exception_ptr& failed, const auto& done) {
        CHECK(failed == nullptr);
        ++ended;
        REQUIRE_FALSE(done);
        const std::string message = done.error().what();
        CAPTURE(message);
        // A text in the place of a record is one that was altered.
        const auto reason = done.error().reason();
        CHECK((reason == errc::store_unavailable || reason == errc::sealed_record));
        CHECK(done.error().hint().has_value());
    };
    const auto id = store::id_of_login("x", "one");
    const auto start = [&](auto operation) { asio::co_spawn(bench.io, as_result(std::move(operation)), check); };
    start(database->tokens()->put(some_user("1"), some_credential("a")));
    start(database->tokens()->find(some_user("1")));
    start(database->logins()->add(login_store_rules::login("one")));
    start(database->logins()->take(id, store::digest_of_browser("b")));
    bench.io.run();
    CHECK(ended == 4);
    CHECK(std::chrono::steady_clock::now() - begun < 3s);
}

} // namespace

TEST_CASE("hostile redis: whatever it sends, an operation fails typed within its deadline")
{
    struct hostile_row {
        const char* name;
        hostile_script script;
    };
    hostile_script silent;
    silent.handshake = "";
    hostile_script closing;
    closing.after_handshake = hostile_script::ending::closes;
    closing.handshake = "";
    hostile_script closing_after_handshake;
    closing_after_handshake.after_handshake = hostile_script::ending::closes;
    hostile_script half_and_close = script_of("$100\r\nabc");
    half_and_close.closes_after_reply = true;
    hostile_script endless = script_of(std::string(65'536, 'a'));
    endless.repeats = true;
    hostile_script endless_text = script_of("+" + std::string(65'536, 'a'));
    endless_text.repeats = true;
    hostile_script endless_replies = script_of(repeated("+odd\r\n", 10'000));
    endless_replies.repeats = true;
    hostile_script endless_list = script_of("*99999\r\n" + repeated(":1\r\n", 20'000));
    endless_list.repeats = true;
    const hostile_row rows[] = {
        {"silence", silent},
        {"closes at once", closing},
        {"closes after the handshake", closing_after_handshake},
        {"silence after the handshake", script_of("")},
        {"HTTP at once", script_of("", "", "HTTP/1.1 400 Bad Request\r\n\r\n")},
        {"a reply that nothing asked for", script_of("", "", "+OK\r\n")},
        {"many replies that nothing asked for", script_of("", "", repeated("+OK\r\n", 1'000))},
        {"a reply too many behind the handshake", script_of("", good_handshake + "+odd\r\n+odd\r\n")},
        {"a list that nothing asked for", script_of("", good_handshake + "*1\r\n+message\r\n")},
        {"nothing that nothing asked for", script_of("", good_handshake + "$-1\r\n")},
        {"a number that nothing asked for", script_of("", good_handshake + ":1\r\n")},
        {"two replies", script_of("+odd\r\n+odd\r\n")},
        {"a message as of a subscription", script_of("*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$1\r\nb\r\n")},
        {"too many clients", script_of("", "", "-ERR max number of clients reached\r\n")},
        {"a refusal that nothing asked for", script_of("", good_handshake + "-ERR go away\r\n")},
        {"garbage", script_of(std::string("\0\1\2\3\r\n\r\n", 8))},
        {"half a reply", script_of("$100\r\nabc")},
        {"half a reply and the end", half_and_close},
        {"a list longer than memory", script_of("*2147483647\r\n")},
        {"a list of no number", script_of("*many\r\n")},
        {"a list of a negative length", script_of("*-5\r\n")},
        {"a text longer than memory", script_of("$9223372036854775807\r\n")},
        {"a text of a negative length", script_of("$-5\r\n")},
        {"a text of 2 MiB", script_of("$2097152\r\n" + std::string(2'097'152, 'a') + "\r\n")},
        {"endless text", endless},
        {"endless status", endless_text},
        {"endless replies", endless_replies},
        {"endless lists", endless_list},
        {"lists in lists", script_of(repeated("*1\r\n", 100))},
        {"a number of no digits", script_of(":12x\r\n")},
        {"a number for each", script_of(":7\r\n")},
        {"a list for each", script_of("*2\r\n$1\r\na\r\n$1\r\nb\r\n")},
        {"an empty list for each", script_of("*0\r\n")},
        {"a version before 6.2", script_of("", "+OK\r\n$21\r\nredis_version:6.0.16\r\n\r\n*0\r\n+PONG\r\n")},
    };
    for (const auto& row : rows) {
        const std::string name = row.name;
        CAPTURE(name);
        const hostile_redis server(row.script);
        check_refused(server);
    }
}

TEST_CASE("hostile redis: one that closes each connection is not connected to all the time")
{
    hostile_script script;
    script.after_handshake = hostile_script::ending::closes;
    const hostile_redis server(script);
    store_bench bench;
    store::redis_options address;
    address.socket = server.socket();
    store::database_options options;
    options.deadline = 1s;
    const auto database = store::redis_store(address, keys_of_letters("a"), options);
    CHECK_FALSE(bench.run(database->tokens()->find(some_user("1")))); // it only reads, so it is sent again and again
    CHECK(server.connections() >= 3);
    CHECK(server.connections() <= 12);
}

TEST_CASE("hostile redis: one that stops reading raises no SIGPIPE")
{
    REQUIRE(sigpipe_ends_the_process());
    hostile_script script;
    script.after_handshake = hostile_script::ending::stops_reading;
    const hostile_redis server(script);
    check_refused(server);
    CHECK(sigpipe_ends_the_process());
}
