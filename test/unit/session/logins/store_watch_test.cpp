#include "session/logins/store_watch.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <latch>
#include <memory>
#include <optional>
#include <thread>

using namespace coauth;

namespace {

// Keeps what it is given, and calls it whenever the test likes.
class calling_store final : public store::login_store {
public:
    store::login_limits limits() const override { return {}; }
    boost::asio::awaitable<void> add(store::pending_login) override { co_return; }
    boost::asio::awaitable<counts> count(store::browser_digest) override { co_return counts(); }
    boost::asio::awaitable<store::taken_login> take(store::login_id, store::browser_digest) override
    {
        co_return store::taken_login();
    }
    boost::asio::awaitable<void> end(store::login_id, store::ended_login) override { co_return; }
    boost::asio::awaitable<expiry> expire() override { co_return expiry(); }

    std::shared_ptr<void> watch(watcher notified) override
    {
        kept = std::move(notified);
        return nullptr;
    }

    void call() const { kept(store::login_id(), store::ended_login(errc::cancelled)); }

    watcher kept;
};

} // namespace

TEST_CASE("store watch: no call reaches the session once it has ended, though the store makes one")
{
    calling_store store;
    int calls = 0;
    {
        sessions::store_watch watch;
        watch.begin(store, [&](const auto&, const auto&) { ++calls; });
        store.call();
    }
    store.call();
    CHECK(calls == 1);
}

TEST_CASE("store watch: its end waits for a call that another thread is in")
{
    calling_store store;
    std::latch inside(1);
    std::latch ending(1);
    std::atomic<bool> left = false;
    std::optional<sessions::store_watch> watch(std::in_place);
    watch->begin(store, [&](const auto&, const auto&) {
        inside.count_down();
        ending.wait();
        for (int i = 0; i < 1000; ++i)
            std::this_thread::yield();
        left = true;
    });
    std::thread other([&] { store.call(); });
    inside.wait();
    ending.count_down();
    watch.reset();
    CHECK(left.load());
    other.join();
}
