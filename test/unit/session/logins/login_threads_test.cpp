// Many threads, one table of logins. Sanitizers watch.
#include "unit/session/logins/login_bench.hpp"

#include <boost/asio/strand.hpp>

#include <array>
#include <atomic>
#include <thread>

using namespace std::chrono_literals;
using namespace coauth;
namespace asio = boost::asio;
using testing::login_bench;

namespace {

void run_on_eight_threads(asio::io_context& io, const std::function<bool()>& done)
{
    io.restart();
    const auto work = [&] {
        while (!done() && io.run_one_for(100ms) != 0) {}
    };
    std::vector<std::thread> others;
    for (int i = 1; i < 8; ++i)
        others.emplace_back(work);
    work();
    for (auto& t : others)
        t.join();
}

struct tally {
    tally() = default;

    std::atomic<int> ended{0};
    std::atomic<int> granted{0};
    std::atomic<int> replayed{0};
    std::atomic<int> denied{0};
    std::atomic<int> cancelled{0};
    std::atomic<int> wrong{0};
    std::atomic<int> awaited{0};
};

asio::awaitable<void> wait_for_it(login_bench& b, login begun, std::string expected, tally& t)
{
    try {
        const login_outcome outcome = co_await b.logins->wait(begun);
        if (outcome.status == login_status::denied ? !expected.empty() : outcome.user.id != expected)
            ++t.wrong;
        ++t.awaited;
    } catch (const boost::system::system_error&) {
        ++t.cancelled;
    }
    ++t.ended;
}

asio::awaitable<void> call_back(
    login_bench& b, std::string query, browser_binding present, std::string expected, tally& t)
{
    const login_outcome outcome = co_await b.logins->complete(std::move(query), std::move(present));
    if (outcome.status == login_status::granted) {
        ++t.granted;
        if (outcome.user.id != expected)
            ++t.wrong;
    } else if (outcome.status == login_status::denied) {
        ++t.denied;
    } else if (outcome.status == login_status::replayed) {
        ++t.replayed;
    } else {
        ++t.wrong;
    }
    ++t.ended;
}

// One person: begins, is awaited twice (once by somebody who loses patience), is called back for twice.
asio::awaitable<void> person(login_bench& b, int number, tally& t)
{
    const bool refuses = number % 5 == 0;
    const std::string name = "v" + std::to_string(number);
    const std::string expected = refuses ? std::string() : "id-of-" + name;
    const login begun = co_await b.logins->begin(browser_binding(), login_request());
    const auto executor = co_await asio::this_coro::executor;
    auto impatience = std::make_shared<asio::cancellation_signal>();
    auto patience = asio::make_strand(b.io);
    asio::co_spawn(asio::make_strand(b.io), wait_for_it(b, begun, expected, t), asio::detached);
    auto kept = [impatience](const std::exception_ptr&) {};
    asio::co_spawn(patience, wait_for_it(b, begun, expected, t),
        asio::bind_cancellation_slot(impatience->slot(), std::move(kept)));
    const std::string query = refuses ? "denied=" + login_bench::token_of(begun) : login_bench::callback(begun, name);
    asio::co_spawn(asio::make_strand(b.io), call_back(b, query, begun.binding, expected, t), asio::detached);
    asio::co_spawn(asio::make_strand(b.io), call_back(b, query, begun.binding, expected, t), asio::detached);
    if (number % 3 == 0)
        asio::post(patience, [impatience] { impatience->emit(asio::cancellation_type::terminal); });
    co_await asio::post(executor, asio::use_awaitable);
    ++t.ended;
}

} // namespace

TEST_CASE("eight threads: everybody hears of their own login, and each is granted once")
{
    constexpr int people = 400;
    login_bench b;
    tally t;
    for (int i = 0; i < people; ++i)
        asio::co_spawn(asio::make_strand(b.io), person(b, i, t), asio::detached);
    run_on_eight_threads(b.io, [&] { return t.ended == people * 5; });
    CHECK(t.ended == people * 5);
    CHECK(t.wrong == 0);
    CHECK(t.granted == people - people / 5);
    CHECK(t.denied == people / 5);
    CHECK(t.replayed == people);
    CHECK(t.awaited + t.cancelled == 2 * people);
    CHECK(t.cancelled <= (people + 2) / 3);
    CHECK(b.provider->finished == people - people / 5);
    CHECK(b.logins->counts().awaited == 0);
    CHECK(b.idle());
}

TEST_CASE("eight threads: of fifty equal callbacks one is granted")
{
    for (int round = 0; round < 20; ++round) {
        login_bench b;
        const login begun = b.begin().value();
        tally t;
        for (int i = 0; i < 50; ++i)
            asio::co_spawn(asio::make_strand(b.io),
                call_back(b, login_bench::callback(begun), begun.binding, "id-of-v", t), asio::detached);
        run_on_eight_threads(b.io, [&] { return t.ended == 50; });
        CHECK(t.granted == 1);
        CHECK(t.replayed == 49);
        CHECK(b.provider->finished == 1);
    }
}

TEST_CASE("eight threads: deadlines, callbacks and last handles meet")
{
    constexpr int people = 200;
    login_bench b;
    tally t;
    const auto hurried = [&](int number) -> asio::awaitable<void> {
        {
            const login begun = co_await b.logins->begin(browser_binding(), login_request());
            asio::co_spawn(asio::make_strand(b.io), b.logins->wait(begun),
                [&t](const std::exception_ptr& e, const login_outcome&) {
                    t.wrong += e != nullptr;
                    ++t.ended;
                });
            if (number % 2 == 0)
                asio::co_spawn(asio::make_strand(b.io), b.logins->complete(login_bench::callback(begun), begun.binding),
                    [&t](const std::exception_ptr& e, const login_outcome&) {
                        t.wrong += e != nullptr;
                        ++t.ended;
                    });
        }
        if (number % 10 == 0)
            b.clock->advance(1min);
        ++t.ended;
    };
    for (int i = 0; i < people; ++i)
        asio::co_spawn(asio::make_strand(b.io), hurried(i), asio::detached);
    std::atomic<int> turns = 0;
    run_on_eight_threads(b.io, [&] {
        if (++turns % 1000 == 0)
            b.clock->advance(1min);
        return t.ended == people * 2 + people / 2;
    });
    for (int i = 0; i < 30; ++i)
        b.pass(1min);
    CHECK(t.ended == people * 2 + people / 2);
    CHECK(t.wrong == 0);
    CHECK(b.idle());
}
