// What decides in the Redis store, without a Redis.
#include "store/redis/connection_machine.hpp"
#include "store/redis/ended_stream.hpp"
#include "store/redis/failure.hpp"
#include "store/redis/handshake.hpp"
#include "store/redis/rows.hpp"

#include <coauth/store/redis_store.hpp>

#include <doctest/doctest.h>

#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

using namespace coauth;
using namespace std::chrono_literals;
using store::redis::connection_machine;
using store::redis::redis_handshake;
using store::redis::redis_reply;

namespace {

// A variable of the environment, for as long as it lives.
class environment_setting {
public:
    environment_setting(const char* name, const char* value) : name_(name) { ::setenv(name, value, 1); }
    ~environment_setting() { ::unsetenv(name_); }
    environment_setting(const environment_setting&) = delete;
    environment_setting& operator=(const environment_setting&) = delete;

private:
    const char* name_;
};

redis_reply reply_text(std::string text, redis_reply::kind type = redis_reply::kind::text)
{
    redis_reply reply;
    reply.type = type;
    reply.text = std::move(text);
    return reply;
}

redis_reply refusal_text(std::string text)
{
    return reply_text(std::move(text), redis_reply::kind::refusal);
}

redis_reply policy_reply(const std::string& policy)
{
    redis_reply reply;
    reply.type = redis_reply::kind::list;
    reply.elements = {reply_text("maxmemory-policy"), reply_text(policy)};
    return reply;
}

} // namespace

TEST_CASE("redis address: what names a Redis, and what does not")
{
    struct address_row {
        const char* text;
        const char* read; // "host port database socket"; null: refused
    };
    const address_row rows[] = {
        {"redis://127.0.0.1", "127.0.0.1 6379 0 "},
        {"redis://redis.example:6380/3", "redis.example 6380 3 "},
        {"redis://localhost/", "localhost 6379 0 "},
        {"redis://localhost:/", "localhost 6379 0 "},
        {"redis://[::1]:7000/15", "::1 7000 15 "},
        {"redis://localhost/65535", "localhost 6379 65535 "},
        {"redis+unix:/run/redis.sock", "127.0.0.1 6379 0 /run/redis.sock"},
        {"redis+unix:redis.sock", "127.0.0.1 6379 0 redis.sock"},
        {"", nullptr},
        {"redis://", nullptr},
        {"redis:///1", nullptr},
        {"redis:localhost", nullptr},
        {"rediss://localhost", nullptr},
        {"http://localhost", nullptr},
        {"redis://localhost:0", nullptr},
        {"redis://localhost:65536", nullptr},
        {"redis://localhost:port", nullptr},
        {"redis://localhost/65536", nullptr},
        {"redis://localhost/-1", nullptr},
        {"redis://localhost/1/2", nullptr},
        {"redis://localhost/one", nullptr},
        {"redis://localhost/1?x=1", nullptr},
        {"redis://localhost/1#x", nullptr},
        {"redis://user@localhost", nullptr},
        {"redis://user:secret@localhost", nullptr},
        {"redis://:secret@localhost", nullptr},
        {"redis://local host", nullptr},
        {"redis+unix:", nullptr},
    };
    for (const auto& row : rows) {
        CAPTURE(row.text);
        const auto read = store::redis_from_address(row.text);
        if (!row.read) {
            REQUIRE_FALSE(read);
            CHECK(read.error().reason() == errc::invalid_argument);
            CHECK(read.error().hint().has_value());
            CHECK(std::string(read.error().what()).find("secret") == std::string::npos);
            continue;
        }
        REQUIRE(read);
        CHECK(
            read->host + " " + std::to_string(read->port) + " " + std::to_string(read->database) + " " + read->socket ==
            row.read);
        CHECK(read->user.empty());
        CHECK(read->password.empty());
        CHECK(read->prefix == "coauth:");
    }
    CHECK_FALSE(store::redis_from_address("redis+unix:" + std::string(108, 'a')));
    CHECK(store::redis_from_address("redis+unix:" + std::string(107, 'a')));
    CHECK_FALSE(store::redis_from_address(std::string("redis+unix:a\0b", 14)));
}

TEST_CASE("redis address: user and password come from the environment")
{
    const environment_setting user("COAUTH_REDIS_USER", "app");
    const environment_setting password("COAUTH_REDIS_PASSWORD", "a secret");
    for (const char* address : {"redis://localhost", "redis+unix:/run/redis.sock"}) {
        const auto read = store::redis_from_address(address);
        REQUIRE(read);
        CHECK(read->user == "app");
        CHECK(read->password.matches("a secret"));
    }
}

TEST_CASE("redis options: those out of range are refused")
{
    const auto refused = [](auto change) {
        store::redis_options address;
        store::database_options options;
        auto keys = std::make_shared<store::key_ring>(std::vector<store::sealing_key>{store::random_key()});
        change(address, options, keys);
        try {
            store::redis_store(address, keys, options);
        } catch (const error& e) {
            return e.reason() == errc::invalid_argument;
        }
        return false;
    };
    CHECK_FALSE(refused([](auto&, auto&, auto&) {}));
    CHECK(refused([](auto& address, auto&, auto&) { address.host = ""; }));
    CHECK(refused([](auto& address, auto&, auto&) { address.port = 0; }));
    CHECK_FALSE(refused([](auto& address, auto&, auto&) { address.port = 0, address.socket = "/nowhere"; }));
    CHECK(refused([](auto& address, auto&, auto&) { address.socket = std::string(108, 'a'); }));
    CHECK(refused([](auto& address, auto&, auto&) { address.socket = std::string("a\0b", 3); }));
    CHECK(refused([](auto& address, auto&, auto&) { address.database = 65'536; }));
    for (const char* prefix : {"", "a{b", "a}b", "a b", "a\nb", "\xc3\xa4"})
        CHECK(refused([prefix](auto& address, auto&, auto&) { address.prefix = prefix; }));
    CHECK(refused([](auto& address, auto&, auto&) { address.prefix = std::string(65, 'a'); }));
    CHECK_FALSE(refused([](auto& address, auto&, auto&) { address.prefix = std::string(64, 'a'); }));
    CHECK(refused([](auto&, auto& options, auto&) { options.deadline = 99ms; }));
    CHECK(refused([](auto&, auto& options, auto&) { options.logins.max_pending = 0; }));
    CHECK(refused([](auto&, auto&, auto& keys) { keys = nullptr; }));
}

TEST_CASE("connection machine: losses are followed by growing pauses of at most 1 s")
{
    using action = connection_machine::action;
    using state = connection_machine::state;
    connection_machine machine;
    auto now = connection_machine::time_point() + 1h;
    CHECK(machine.wanted(now).next == action::connect);
    CHECK(machine.wanted(now).next == action::none); // it does already
    for (const auto pause : {20ms, 40ms, 80ms, 160ms, 320ms, 640ms, 1'000ms, 1'000ms}) {
        CHECK(machine.current() == state::connecting);
        const auto lost = machine.lost(now, 0, true);
        CHECK(lost.next == action::pause);
        CHECK(lost.pause == pause);
        CHECK(machine.wanted(now).next == action::none);
        now += pause;
        CHECK(machine.pause_over(true).next == action::connect);
    }
    machine.connected();
    CHECK(machine.current() == state::ready);
    CHECK(machine.lost(now, 0, true).pause == 1'000ms); // it took the connection, and did nothing
    CHECK(machine.pause_over(true).next == action::connect);
    machine.connected();
    machine.replied();
    CHECK(machine.lost(now, 0, true).pause == 20ms);
}

TEST_CASE("connection machine: a pause is shortened by up to a half, and kept although nothing is wanted meanwhile")
{
    using action = connection_machine::action;
    connection_machine machine;
    const auto now = connection_machine::time_point() + 1h;
    machine.wanted(now);
    CHECK(machine.lost(now, 1, true).pause == 10ms);
    CHECK(machine.pause_over(false).next == action::none);
    CHECK(machine.current() == connection_machine::state::idle);
    CHECK(machine.wanted(now + 10ms).next == action::connect);
    CHECK(machine.lost(now + 10ms, 0.5, false).next == action::none);
    const auto early = machine.wanted(now + 15ms);
    CHECK(early.next == action::pause);
    CHECK(early.pause == 25ms);
    CHECK(machine.pause_over(true).next == action::connect);
    CHECK(machine.pause_over(true).next == action::none); // of an earlier pause
}

TEST_CASE("redis refusal: each is typed, has a hint, and repeats no argument")
{
    using effect = store::redis::refusal_effect;
    struct refusal_row {
        const char* text;
        const char* shown;
        const char* hint;
        effect done;
    };
    const refusal_row rows[] = {
        {"NOSCRIPT No matching script. Please use EVAL.", "NOSCRIPT", "scripts", effect::unknown_script},
        {"WRONGPASS invalid username-password pair or user is disabled.", "WRONGPASS", "COAUTH_REDIS_PASSWORD",
            effect::operation},
        {"NOAUTH Authentication required.", "NOAUTH", "COAUTH_REDIS_PASSWORD", effect::operation},
        {"NOPERM this user has no permissions to run the 'get' command", "NOPERM", "ACL", effect::operation},
        {"LOADING Redis is loading the dataset in memory", "LOADING", "reads its data", effect::reconnect},
        {"READONLY You can't write against a read only replica.", "READONLY", "primary", effect::reconnect},
        {"MASTERDOWN Link with MASTER is down", "MASTERDOWN", "primary", effect::reconnect},
        {"UNBLOCKED force unblock from blocking operation", "UNBLOCKED", "primary", effect::reconnect},
        {"MOVED 3999 127.0.0.1:6381", "MOVED", "Cluster", effect::operation},
        {"ASK 3999 127.0.0.1:6381", "ASK", "Cluster", effect::operation},
        {"CROSSSLOT Keys in request don't hash to the same slot", "CROSSSLOT", "Cluster", effect::operation},
        {"CLUSTERDOWN Hash slot not served", "CLUSTERDOWN", "Cluster", effect::operation},
        {"OOM command not allowed when used memory > 'maxmemory'.", "OOM", "maxmemory", effect::operation},
        {"MISCONF Redis is configured to save RDB snapshots", "MISCONF", "disk", effect::operation},
        {"NOREPLICAS Not enough good replicas to write.", "NOREPLICAS", "replicas", effect::operation},
        {"BUSY Redis is busy running a script.", "BUSY", "goes on", effect::operation},
        {"WRONGTYPE Operation against a key holding the wrong kind of value", "WRONGTYPE", "prefix", effect::operation},
        {"ERR Error running script (call to f_0123): @user_script:3: WRONGTYPE Operation against a key", "WRONGTYPE",
            "prefix", effect::operation},
        {"ERR Error running script (call to f_0123): @user_script:3: OOM command not allowed", "OOM", "maxmemory",
            effect::operation},
        {"ERR max number of clients reached", "max number of clients", "maxclients", effect::reconnect},
        {"ERR DB index is out of range", "DB index", "database", effect::operation},
        {"ERR AUTH <password> called without any password configured for the default user.", "AUTH",
            "unset COAUTH_REDIS_PASSWORD", effect::operation},
        {"ERR unknown command `AUTH`, with args beginning with: `app`, `secret`, ", "unknown command", "6.2",
            effect::operation},
        {"ERR something else secret", "ERR", "log", effect::operation},
        {"secret", "an unknown error", "log", effect::operation},
        {"", "an unknown error", "log", effect::operation},
        {"LOADINGsecret", "LOADING", "log", effect::operation},
        {"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "an unknown error", "log", effect::operation},
    };
    for (const auto& row : rows) {
        CAPTURE(row.text);
        const auto refused = store::redis::redis_refusal("storing a login", row.text);
        CHECK(refused.reason() == errc::store_unavailable);
        CHECK(refused.message() == std::string("storing a login failed: Redis refused it: ") + row.shown);
        REQUIRE(refused.hint());
        CHECK(refused.hint()->find(row.hint) != std::string::npos);
        CHECK(std::string(refused.what()).find("secret") == std::string::npos);
        CHECK(store::redis::effect_of_refusal(row.text) == row.done);
    }
}

TEST_CASE("redis handshake: a server is used once it lets this program in")
{
    using state = redis_handshake::verdict::state;
    store::redis_options address;
    address.user = "app";
    address.password = secret("a secret");
    address.database = 3;
    redis_handshake whole(address, true);
    const std::vector<std::vector<std::string>> sent{{"AUTH", "app", "a secret"}, {"SELECT", "3"},
        {"CLIENT", "SETNAME", "coauth"}, {"INFO", "server"}, {"CONFIG", "GET", "maxmemory-policy"}, {"PING"}};
    CHECK(whole.commands() == sent);
    for (const auto& reply : {reply_text("OK"), reply_text("OK"), refusal_text("ERR no"),
             reply_text("# Server\r\nredis_version:7.0.15\r\n"), policy_reply("noeviction")}) {
        const auto verdict = whole.take(reply);
        CHECK(verdict.next == state::going_on);
        CHECK(verdict.warning.empty());
    }
    CHECK(whole.take(reply_text("PONG")).next == state::ready);
    CHECK(whole.take(reply_text("PONG")).next == state::retry);

    store::redis_options bare;
    bare.password = secret("alone");
    CHECK(redis_handshake(bare, false).commands()[0] == std::vector<std::string>{"AUTH", "alone"});
    CHECK(redis_handshake(store::redis_options(), false).commands().size() == 3);
}

TEST_CASE("redis handshake: what each reply leads to")
{
    using state = redis_handshake::verdict::state;
    struct handshake_row {
        std::vector<redis_reply> replies; // of CLIENT, INFO, CONFIG, PING
        state next;
        const char* text; // in the error or the warning
    };
    const auto usual = [](std::string ping) {
        return std::vector<redis_reply>{
            reply_text("OK"), refusal_text("NOPERM"), refusal_text("NOPERM"), refusal_text(std::move(ping))};
    };
    const handshake_row rows[] = {
        {usual("NOPERM this user has no permissions to run the 'ping' command"), state::ready, ""},
        {usual("NOAUTH Authentication required."), state::refused, "NOAUTH"},
        {usual("LOADING Redis is loading the dataset in memory"), state::retry, "LOADING"},
        {usual("MASTERDOWN Link with MASTER is down"), state::retry, "MASTERDOWN"},
        {usual("BUSY Redis is busy"), state::retry, "BUSY"},
        {usual("ERR nothing of this"), state::refused, "ERR"},
        {{reply_text("OK"), reply_text("redis_version:6.0.16\r\n")}, state::refused, "6.0"},
        {{reply_text("OK"), reply_text("redis_version:5.9.0\r\n")}, state::refused, "5.9"},
        {{reply_text("OK"), reply_text("redis_version:6.2.0\r\n")}, state::going_on, ""},
        {{reply_text("OK"), reply_text("redis_version:10.0.0\r\n")}, state::going_on, ""},
        {{reply_text("OK"), reply_text("redis_version:odd\r\n")}, state::going_on, ""},
        {{reply_text("OK"), reply_text("redis_version:6")}, state::going_on, ""},
        {{reply_text("OK"), redis_reply()}, state::going_on, ""},
        {{reply_text("OK"), redis_reply(), policy_reply("allkeys-lru")}, state::going_on, "allkeys-lru"},
        {{reply_text("OK"), redis_reply(), policy_reply("volatile-ttl")}, state::going_on, "volatile-ttl"},
        {{reply_text("OK"), redis_reply(), policy_reply("")}, state::going_on, ""},
        {{reply_text("OK"), redis_reply(), redis_reply()}, state::going_on, ""},
        {{reply_text("OK"), redis_reply(), redis_reply(), reply_text("OK")}, state::retry, "not one of Redis's"},
    };
    for (const auto& row : rows) {
        redis_handshake handshake(store::redis_options(), true);
        std::optional<redis_handshake::verdict> last;
        for (const auto& reply : row.replies)
            last = handshake.take(reply);
        CAPTURE(row.text);
        CHECK(last->next == row.next);
        CHECK(last->reason.has_value() == (row.next == state::retry || row.next == state::refused));
        const auto said = last->reason ? last->reason->message() : last->warning;
        CHECK(said.find(row.text) != std::string::npos);
        CHECK(said.empty() == std::string(row.text).empty());
    }

    store::redis_options with_password;
    with_password.password = secret("a secret");
    redis_handshake denied(with_password, false);
    const auto verdict = denied.take(refusal_text("WRONGPASS invalid username-password pair"));
    CHECK(verdict.next == state::refused);
    CHECK(verdict.reason->hint()->find("COAUTH_REDIS_PASSWORD") != std::string::npos);
}

TEST_CASE("redis rows: a user's text is one user's, and is read as it was written")
{
    using store::redis::read_user_text;
    using store::redis::user_text;
    CHECK(user_text(user_key("x", "12")) == "1:x:12");
    CHECK(user_text(user_key("a:b", "c")) != user_text(user_key("a", "b:c")));
    for (const auto& user : {user_key("x", "12"), user_key("", ""), user_key("a:b", "c"), user_key("a", "b:c")})
        CHECK(read_user_text(user_text(user)) == user);
    for (const char* text : {"", "1", "1:", "1:x", "2:x:1", "x:x:1", "-1:x:1", "99999999999999999999:x:1"})
        CHECK_FALSE(read_user_text(text));
}

TEST_CASE("redis rows: what is sealed is found in each kind of record, and bound to what is in plain")
{
    using store::redis::sealed_part_of;
    const std::string prefix = "coauth:";
    const auto token = sealed_part_of(prefix, "coauth:{token}:1:x:12", "00000000000000000007sealed");
    REQUIRE(token);
    CHECK(token->begin == 20);
    CHECK(token->place.version == 7);
    CHECK(token->place.provider == "x");
    CHECK(token->place.key == "12");
    const auto visitor = sealed_part_of(prefix, "coauth:{visitor}:row:ab", "000000000000000900051:x:1sealed");
    REQUIRE(visitor);
    CHECK(visitor->begin == 25);
    CHECK(visitor->place.version == 9);
    CHECK(visitor->place.key == "ab");
    const std::string browser(32, 'b');
    const auto login = sealed_part_of(prefix, "coauth:{login}:ab", "p0000000000000003" + browser + "sealed");
    REQUIRE(login);
    CHECK(login->begin == 49);
    CHECK(login->place.version == 3);
    CHECK_FALSE(sealed_part_of(prefix, "coauth:{login}:ab", "r0000000000000003"));
    CHECK_FALSE(sealed_part_of(prefix, "coauth:{login}:expired", "3"));
    CHECK_FALSE(sealed_part_of(prefix, "coauth:{token}:lease:1:x:12", "00000000000000000007"));
    CHECK_FALSE(sealed_part_of(prefix, "other:{token}:1:x:12", "00000000000000000007sealed"));
    // Cut short: nothing is left to open.
    for (const auto* key : {"coauth:{token}:1:x:12", "coauth:{visitor}:row:ab", "coauth:{login}:ab"}) {
        const auto part = sealed_part_of(prefix, key, "p12");
        REQUIRE(part);
        CHECK(part->begin == 3);
    }
}

TEST_CASE("redis stream: the position at which reading begins is before all that was added since, down to the same "
          "millisecond")
{
    constexpr std::uint64_t day = 1'764'000'000'000;
    for (std::chrono::microseconds begun = 0us; begun < 2ms; begun += 100us)
        for (std::chrono::microseconds asked = begun + 1us; asked < begun + 3ms; asked += 100us) {
            const auto server_time = [](std::chrono::microseconds at) {
                return day + static_cast<std::uint64_t>(at / 1ms);
            };
            const auto position = store::redis::stream_position_before(server_time(asked), asked + 1us - begun);
            const auto first_possible_entry = std::to_string(server_time(begun)) + "-0";
            REQUIRE(position < first_possible_entry);
        }
    CHECK(store::redis::stream_position_before(5, 1h) == "0-0");
}
