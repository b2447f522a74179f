// Many threads, one table of logins. The sanitizers check this.
#include "unit/session/logins/logins_fixture.hpp"

#include <boost/asio/strand.hpp>

#include <array>
#include <atomic>
#include <thread>

using namespace std::chrono_literals;
using namespace coauth;
namespace asio = boost::asio;
using testing::logins_fixture;

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

asio::awaitable<void> wait_for_login(logins_fixture& f, login begun, std::string expected, tally& t)
{
    try {
        const login_outcome outcome = co_await f.logins->wait(begun);
        if (outcome.status == login_status::denied ? !expected.empty() : outcome.user.id != expected)
            ++t.wrong;
        ++t.awaited;
    } catch (const boost::system::system_error&) {
        ++t.cancelled;
    }
    ++t.ended;
}

asio::awaitable<void> call_back(
    logins_fixture& f, std::string query, browser_binding present, std::string expected, tally& t)
{
    const login_outcome outcome = co_await f.logins->complete(std::move(query), std::move(present));
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

// One user: begins a login, which is awaited twice (once by a waiter that may be cancelled) and called back twice.
asio::awaitable<void> run_user(logins_fixture& f, int number, tally& t)
{
    const bool refuses = number % 5 == 0;
    const std::string name = "v" + std::to_string(number);
    const std::string expected = refuses ? std::string() : "id-of-" + name;
    const login begun = co_await f.logins->begin(browser_binding(), login_request());
    const auto executor = co_await asio::this_coro::executor;
    auto cancellation = std::make_shared<asio::cancellation_signal>();
    auto strand = asio::make_strand(f.io);
    asio::co_spawn(asio::make_strand(f.io), wait_for_login(f, begun, expected, t), asio::detached);
    auto kept = [cancellation](const std::exception_ptr&) {};
    asio::co_spawn(strand, wait_for_login(f, begun, expected, t),
        asio::bind_cancellation_slot(cancellation->slot(), std::move(kept)));
    const std::string query =
        refuses ? "denied=" + logins_fixture::token_of(begun) : logins_fixture::callback(begun, name);
    asio::co_spawn(asio::make_strand(f.io), call_back(f, query, begun.binding, expected, t), asio::detached);
    asio::co_spawn(asio::make_strand(f.io), call_back(f, query, begun.binding, expected, t), asio::detached);
    if (number % 3 == 0)
        asio::post(strand, [cancellation] { cancellation->emit(asio::cancellation_type::terminal); });
    co_await asio::post(executor, asio::use_awaitable);
    ++t.ended;
}

} // namespace

TEST_CASE("logins: on eight threads every waiter gets its own login, and each is granted once")
{
    constexpr int users = 400;
    logins_fixture f;
    tally t;
    for (int i = 0; i < users; ++i)
        asio::co_spawn(asio::make_strand(f.io), run_user(f, i, t), asio::detached);
    run_on_eight_threads(f.io, [&] { return t.ended == users * 5; });
    CHECK(t.ended == users * 5);
    CHECK(t.wrong == 0);
    CHECK(t.granted == users - users / 5);
    CHECK(t.denied == users / 5);
    CHECK(t.replayed == users);
    CHECK(t.awaited + t.cancelled == 2 * users);
    CHECK(t.cancelled <= (users + 2) / 3);
    CHECK(f.provider->finished == users - users / 5);
    CHECK(f.logins->counts().awaited == 0);
    CHECK(f.idle());
}

TEST_CASE("logins: on eight threads of fifty equal callbacks one is granted")
{
    for (int round = 0; round < 20; ++round) {
        logins_fixture f;
        const login begun = f.begin().value();
        tally t;
        for (int i = 0; i < 50; ++i)
            asio::co_spawn(asio::make_strand(f.io),
                call_back(f, logins_fixture::callback(begun), begun.binding, "id-of-v", t), asio::detached);
        run_on_eight_threads(f.io, [&] { return t.ended == 50; });
        CHECK(t.granted == 1);
        CHECK(t.replayed == 49);
        CHECK(f.provider->finished == 1);
    }
}

TEST_CASE("logins: on eight threads deadlines, callbacks and last handles may coincide")
{
    constexpr int users = 200;
    logins_fixture f;
    tally t;
    const auto short_login = [&](int number) -> asio::awaitable<void> {
        {
            const login begun = co_await f.logins->begin(browser_binding(), login_request());
            asio::co_spawn(asio::make_strand(f.io), f.logins->wait(begun),
                [&t](const std::exception_ptr& e, const login_outcome&) {
                    t.wrong += e != nullptr;
                    ++t.ended;
                });
            if (number % 2 == 0)
                asio::co_spawn(asio::make_strand(f.io),
                    f.logins->complete(logins_fixture::callback(begun), begun.binding),
                    [&t](const std::exception_ptr& e, const login_outcome&) {
                        t.wrong += e != nullptr;
                        ++t.ended;
                    });
        }
        if (number % 10 == 0)
            f.clock->advance(1min);
        ++t.ended;
    };
    for (int i = 0; i < users; ++i)
        asio::co_spawn(asio::make_strand(f.io), short_login(i), asio::detached);
    std::atomic<int> turns = 0;
    run_on_eight_threads(f.io, [&] {
        if (++turns % 1000 == 0)
            f.clock->advance(1min);
        return t.ended == users * 2 + users / 2;
    });
    for (int i = 0; i < 30; ++i)
        f.pass(1min);
    CHECK(t.ended == users * 2 + users / 2);
    CHECK(t.wrong == 0);
    CHECK(f.idle());
}
