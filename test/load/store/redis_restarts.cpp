// Logins at two servers on one Redis, which is killed and restarted again and again. Each login begins at one server, has a callback
// at each, and is awaited at the first.
//
//   redis_restarts RESTARTS LOGINS
//
// Fails if a login takes longer than 5 s, ends otherwise than granted or by a typed error, or is taken twice.
#include "integration/store/redis_server.hpp"

#include <coauth/coro/as_result.hpp>
#include <coauth/coro/cancel_after.hpp>
#include <coauth/coro/one_shot.hpp>
#include <coauth/store/redis_store.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace asio = boost::asio;
using namespace coauth;
using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

namespace {

constexpr std::chrono::milliseconds most_time = 5s;
constexpr std::chrono::milliseconds deadline_of_login = 4'500ms;
constexpr std::chrono::milliseconds deadline_of_operation = 1s;
constexpr int users_at_once = 20;

// A login, as its server and its callbacks know it.
struct awaited_login {
    explicit awaited_login(std::string new_key) : key(std::move(new_key)), id(store::id_of_login("x", key)) {}

    const std::string key;
    const store::login_id id;
    one_shot ended;
    std::mutex mutex;
    std::optional<store::ended_login> outcome;
    std::optional<error> failure; // of a callback, when none took it
    int callbacks = 2;
    int taken = 0;
};
using login_ptr = std::shared_ptr<awaited_login>;

class two_servers_under_restarts {
public:
    explicit two_servers_under_restarts(const std::string& socket, std::size_t new_most_logins)
        : most_logins(new_most_logins)
    {
        store::redis_options address;
        address.socket = socket;
        const std::vector<store::sealing_key> one_key = {store::random_key()};
        const auto keys = std::make_shared<store::key_ring>(one_key);
        store::database_options options;
        options.deadline = deadline_of_operation;
        for (auto& server : servers)
            server = store::redis_store(address, keys, options)->logins();
        watching_ = servers[0]->watch(
            [this](const store::login_id& id, const store::ended_login& reached) { notify(id, reached); });
    }

    login_ptr add(std::string key)
    {
        auto login = std::make_shared<awaited_login>(std::move(key));
        const std::lock_guard lock(mutex_);
        logins_.emplace(login->id, login);
        return login;
    }

    void finish(const awaited_login& login, steady::duration duration, const std::optional<error>& failed)
    {
        const std::lock_guard lock(mutex_);
        logins_.erase(login.id);
        longest = std::max(longest, duration);
        ++ends[failed ? std::string(name(failed->reason())) : "granted"];
        granted += failed ? 0 : 1;
        ++ended;
    }

    std::shared_ptr<store::login_store> servers[2];
    const std::size_t most_logins;
    std::atomic<std::size_t> begun = 0;
    std::atomic<std::size_t> ended = 0;
    std::atomic<std::size_t> granted = 0; // of these
    std::atomic<bool> restarting = true;
    std::atomic<int> taken_twice = 0;
    steady::duration longest{};
    steady::duration longest_outage{}; // the restarter's
    std::map<std::string, int> ends;

private:
    void notify(const store::login_id& id, const store::ended_login& reached)
    {
        login_ptr login;
        {
            const std::lock_guard lock(mutex_);
            const auto found = logins_.find(id);
            if (found == logins_.end())
                return;
            login = found->second;
        }
        {
            const std::lock_guard lock(login->mutex);
            login->outcome.emplace(reached);
        }
        login->ended.fire();
    }

    std::mutex mutex_;
    std::map<store::login_id, login_ptr> logins_;
    std::shared_ptr<void> watching_;
};

asio::awaitable<void> call_back(two_servers_under_restarts& world, int server, login_ptr login)
{
    const auto logins = world.servers[server];
    const auto browser = store::digest_of_browser(login->key);
    std::optional<error> failed;
    bool took = false;
    for (int attempt = 0; attempt < 2 && !took; ++attempt) { // a user loads the page again
        const result<store::taken_login> taken = co_await as_result(logins->take(login->id, browser));
        if (!taken)
            failed = taken.error();
        took = taken && taken->login;
        if (taken)
            break;
    }
    if (took) {
        {
            const std::lock_guard lock(login->mutex);
            ++login->taken;
        }
        login_outcome granted(login_status::granted);
        granted.user = signed_in_user("x", login->key);
        const result<void> reported = co_await as_result(logins->end(login->id, store::ended_login(granted)));
        failed = reported ? std::optional<error>() : reported.error();
    }
    bool over = false;
    {
        const std::lock_guard lock(login->mutex);
        if (failed)
            login->failure = failed;
        over = --login->callbacks == 0 && login->taken == 0;
        if (over && !login->failure)
            login->failure = error(errc::replayed); // taken by a callback whose reply was lost
        if (login->taken > 1)
            ++world.taken_twice;
    }
    if (over)
        login->ended.fire();
}

asio::awaitable<void> sign_in(two_servers_under_restarts& world, std::size_t number)
{
    const auto executor = co_await asio::this_coro::executor;
    const auto login = world.add("login " + std::to_string(number));
    const auto begun = steady::now();
    store::pending_login pending(login->id, secret("proof"), store::digest_of_browser(login->key));
    const result<void> added = co_await as_result(world.servers[0]->add(std::move(pending)));
    std::optional<error> failed = added ? std::optional<error>() : added.error();
    if (added) {
        const auto rethrow = [](const std::exception_ptr& thrown) {
            if (thrown)
                std::rethrow_exception(thrown);
        };
        for (int server = 0; server < 2; ++server)
            asio::co_spawn(executor, call_back(world, server, login), rethrow);
        const auto left =
            deadline_of_login - std::chrono::duration_cast<std::chrono::milliseconds>(steady::now() - begun);
        const result<void> waited = co_await as_result(cancel_after(left, login->ended.wait()));
        const std::lock_guard lock(login->mutex);
        if (!waited)
            failed = waited.error();
        else if (!login->outcome)
            failed = login->failure;
        else if (!login->outcome->outcome || login->outcome->outcome->user.id != login->key)
            failed = error(errc::invalid_argument, "another login's outcome");
    }
    world.finish(*login, steady::now() - begun, failed);
}

// One user after the other.
asio::awaitable<void> sign_users_in(two_servers_under_restarts& world)
{
    while (world.ended < world.most_logins || world.restarting) {
        const auto number = world.begun++;
        co_await sign_in(world, number);
    }
}

void restart_again_and_again(coauth::testing::redis_server& redis, two_servers_under_restarts& world, int restarts)
{
    for (int i = 0; i < restarts; ++i) {
        const auto some_more =
            world.ended + std::max<std::size_t>(world.most_logins / static_cast<std::size_t>(restarts), 1);
        while (world.granted < some_more)
            std::this_thread::sleep_for(1ms);
        const auto begun = steady::now();
        redis.kill();
        redis.start();
        world.longest_outage = std::max(world.longest_outage, steady::now() - begun);
    }
    world.restarting = false;
}

int report(const two_servers_under_restarts& world, int restarts)
{
    const auto longest = std::chrono::duration_cast<std::chrono::milliseconds>(world.longest);
    const auto outage = std::chrono::duration_cast<std::chrono::milliseconds>(world.longest_outage);
    std::cout << restarts << " restarts of up to " << outage.count() << " ms during " << world.ended
              << " logins, the longest of " << longest.count() << " ms;";
    for (const auto& end : world.ends)
        std::cout << ' ' << end.first << ": " << end.second;
    std::cout << "; taken twice: " << world.taken_twice << '\n';
    bool good = world.taken_twice == 0 && longest < most_time && world.ends.contains("granted");
    for (const auto& end : world.ends)
        good = good && (end.first == "granted" || end.first == "store_unavailable" || end.first == "timeout" ||
                           end.first == "replayed");
    return good ? 0 : 1;
}

} // namespace

int main(int argc, char** argv)
{
    const int restarts = argc > 1 ? std::atoi(argv[1]) : 50;
    const int logins = argc > 2 ? std::atoi(argv[2]) : 500;
    if (argc > 3 || restarts < 1 || logins < 1) {
        std::cerr << "usage: redis_restarts RESTARTS LOGINS\n";
        return 1;
    }
    coauth::testing::redis_server redis({"--appendonly", "yes", "--appendfsync", "always"});
    two_servers_under_restarts world(redis.socket(), static_cast<std::size_t>(logins));
    asio::io_context io;
    for (int user = 0; user < users_at_once; ++user)
        asio::co_spawn(io, sign_users_in(world), [](const std::exception_ptr& thrown) {
            if (thrown)
                std::rethrow_exception(thrown);
        });
    std::thread server([&io] { io.run(); });
    restart_again_and_again(redis, world, restarts); // here, since the Redis ends with the thread that started it
    server.join();
    return report(world, restarts);
}
