// What the Redis store does in a second, and how long each operation takes, beside hiredis alone that seals as much, and asks the
// same of Redis by commands and scripts as large, as many at once. Callers begin an operation as soon as the one before has ended.
#include "integration/store/redis_server.hpp"
#include "store/sealed_record.hpp"

#include <coauth/store/redis_store.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace asio = boost::asio;
using namespace coauth;
using steady = std::chrono::steady_clock;

namespace {

constexpr std::size_t token_size = 300;
constexpr int rounds = 20; // operations of each caller in one iteration

struct redis_latencies {
    void add(steady::duration duration)
    {
        milliseconds.push_back(std::chrono::duration<double, std::milli>(duration).count());
    }

    void report(benchmark::State& state)
    {
        if (milliseconds.empty())
            return;
        std::sort(milliseconds.begin(), milliseconds.end());
        const auto part = [this](double share) {
            return milliseconds[static_cast<std::size_t>(share * static_cast<double>(milliseconds.size() - 1))];
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

std::vector<store::sealing_key> one_random_key()
{
    std::vector<store::sealing_key> keys = {store::random_key()};
    return keys;
}

struct opened_redis {
    opened_redis()
    {
        store::redis_options address;
        address.socket = server.socket();
        store::database_options options;
        options.deadline = std::chrono::seconds(60);
        options.logins.max_pending = 10'000'000;
        database = store::redis_store(address, std::make_shared<store::key_ring>(one_random_key()), options);
    }

    void run()
    {
        io.restart();
        io.run();
    }

    testing::redis_server server;
    asio::io_context io;
    std::shared_ptr<store::database> database;
    redis_latencies measured;
};

store::browser_digest browser_numbered(int number)
{
    return store::digest_of_browser(std::to_string(number));
}

asio::awaitable<void> put_again_and_again(opened_redis& opened, int caller)
{
    const auto tokens = opened.database->tokens();
    const user_key user("x", std::to_string(caller));
    for (int i = 0; i < rounds; ++i) {
        const credential held(secret(std::string(token_size, 'x')));
        const auto begun = steady::now();
        co_await tokens->put(user, held);
        opened.measured.add(steady::now() - begun);
    }
}

asio::awaitable<void> begin_logins(opened_redis& opened, int first, int count)
{
    const auto logins = opened.database->logins();
    for (int number = first; number < first + count; ++number) {
        store::pending_login login(store::id_of_login("x", std::to_string(number)),
            secret(std::string(token_size, 'x')), browser_numbered(number), "/");
        co_await logins->add(std::move(login));
    }
}

asio::awaitable<void> take_logins(opened_redis& opened, int first, int count)
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

void store_put(benchmark::State& state)
{
    opened_redis opened;
    const int callers = static_cast<int>(state.range(0));
    for (auto _ : state) {
        for (int caller = 0; caller < callers; ++caller)
            asio::co_spawn(opened.io, put_again_and_again(opened, caller), rethrow);
        opened.run();
    }
    state.SetItemsProcessed(state.iterations() * callers * rounds);
    opened.measured.report(state);
}

void store_take(benchmark::State& state)
{
    opened_redis opened;
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

// hiredis alone: as many commands as there are callers, then their replies.
class bare_redis {
public:
    bare_redis() : connection_(redisConnectUnix(server_.socket().c_str()), redisFree) {}

    std::string load(const std::string& script) { return server_.run({"SCRIPT", "LOAD", script}); }

    void send(const std::vector<std::string>& command)
    {
        std::vector<const char*> texts;
        std::vector<std::size_t> sizes;
        for (const auto& argument : command) {
            texts.push_back(argument.data());
            sizes.push_back(argument.size());
        }
        redisAppendCommandArgv(connection_.get(), static_cast<int>(texts.size()), texts.data(), sizes.data());
        ++sent_;
    }

    void receive()
    {
        for (; sent_ > 0; --sent_) {
            void* reply = nullptr;
            if (redisGetReply(connection_.get(), &reply) != REDIS_OK)
                throw std::runtime_error(connection_->errstr);
            const bool refused = static_cast<redisReply*>(reply)->type == REDIS_REPLY_ERROR;
            freeReplyObject(reply);
            if (refused)
                throw std::runtime_error("Redis refused a command of the benchmark");
        }
    }

private:
    testing::redis_server server_;
    std::unique_ptr<redisContext, void (*)(redisContext*)> connection_;
    int sent_ = 0;
};

const store::record_place some_place("coauth:", "tokens", "x", "1", 1);

void bare_put(benchmark::State& state)
{
    bare_redis redis;
    const store::key_ring keys(one_random_key());
    const std::string token(token_size, 'x');
    redis_latencies measured;
    for (auto _ : state) {
        const auto begun = steady::now();
        for (std::int64_t caller = 0; caller < state.range(0); ++caller)
            redis.send({"SET", "coauth:{token}:1:x:" + std::to_string(caller), store::seal(keys, some_place, token)});
        redis.receive();
        measured.add(steady::now() - begun);
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
    measured.report(state);
}

// The least that takes a login once, and keeps the caps of all and of a browser.
void bare_take(benchmark::State& state)
{
    const std::string take = R"(
local record = redis.call('GET', KEYS[1])
if not record or record:sub(1, 32) ~= ARGV[1] then return false end
redis.call('ZREM', 'due', KEYS[1])
redis.call('ZREM', 'browsers', ARGV[1] .. KEYS[1])
redis.call('SET', KEYS[1], 'r', 'PX', 600000)
return record
)";
    bare_redis redis;
    const auto digest = redis.load(take);
    store::key_ring keys(one_random_key());
    const auto record = store::seal(keys, some_place, std::string(token_size, 'x'));
    redis_latencies measured;
    std::int64_t number = 0;
    for (auto _ : state) {
        state.PauseTiming();
        for (std::int64_t i = number; i < number + state.range(0); ++i) {
            const auto key = "login:" + std::to_string(i);
            const std::string browser(32, 'b');
            redis.send({"SET", key, browser + record, "PX", "600000"});
            redis.send({"ZADD", "due", std::to_string(i), key});
            redis.send({"ZADD", "browsers", "0", browser + key});
        }
        redis.receive();
        state.ResumeTiming();
        const auto begun = steady::now();
        for (std::int64_t i = number; i < number + state.range(0); ++i)
            redis.send({"EVALSHA", digest, "1", "login:" + std::to_string(i), std::string(32, 'b')});
        redis.receive();
        for (std::int64_t i = 0; i < state.range(0); ++i)
            benchmark::DoNotOptimize(store::open(keys, some_place, record));
        measured.add(steady::now() - begun);
        number += state.range(0);
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
    measured.report(state);
}

void pending_logins(benchmark::State& state)
{
    constexpr int callers = 250;
    const int logins = static_cast<int>(state.range(0));
    for (auto _ : state) {
        opened_redis opened;
        const auto used = [&opened] {
            const std::string name = "used_memory:";
            const auto all = opened.server.run({"INFO", "memory"});
            return std::stod(all.substr(all.find(name) + name.size())) / 1e6;
        };
        const auto before = used();
        for (int caller = 0; caller < callers; ++caller)
            asio::co_spawn(opened.io, begin_logins(opened, caller * (logins / callers), logins / callers), rethrow);
        opened.run();
        state.counters["redis_MB"] = used() - before;
    }
}

BENCHMARK(bare_put)->Arg(1)->Arg(100)->Arg(1'000)->UseRealTime();
BENCHMARK(store_put)->Arg(1)->Arg(100)->Arg(1'000)->UseRealTime();
BENCHMARK(bare_take)->Arg(1)->Arg(100)->Arg(1'000)->UseRealTime();
BENCHMARK(store_take)->Arg(1)->Arg(100)->Arg(1'000)->UseRealTime();
BENCHMARK(pending_logins)->Arg(100'000)->Iterations(1)->UseRealTime()->Unit(benchmark::kSecond);

} // namespace

BENCHMARK_MAIN();
