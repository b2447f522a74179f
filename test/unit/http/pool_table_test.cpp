#include "allocation_failure.hpp"
#include "http/call_machine.hpp"
#include "http/http1/clean_end.hpp"
#include "http/limit.hpp"
#include "http/pool_table.hpp"

#include <doctest/doctest.h>

#include <iterator>
#include <list>
#include <optional>
#include <random>
#include <set>
#include <utility>

using namespace coauth;
using namespace std::chrono_literals;

namespace {

using table = http::pool_table<int, char>; // connections are numbers, waiters letters
const table::time_point start(1h);

http::origin at(const char* host)
{
    http::origin o;
    o.host = host;
    return o;
}

const http::origin x = at("x");
const http::origin y = at("y");

table two_slots()
{
    return table(2, 50s, 600s);
}

// The waiter that has a slot now, or '-'.
char woken(const table::handover& h)
{
    return h.wake ? h.wake->waiter : '-';
}

} // namespace

TEST_CASE("pool_table: up to N slots per origin are granted, further requests wait")
{
    auto t = two_slots();
    for (int i = 0; i < 2; ++i) {
        const auto a = t.acquire(x, start);
        REQUIRE(a.granted.has_value());
        CHECK_FALSE(a.granted->connection.has_value());
    }
    CHECK_FALSE(t.acquire(x, start).granted.has_value());
    CHECK(t.acquire(y, start).granted.has_value()); // origins do not share
    CHECK(t.open() == 3);
}

TEST_CASE("pool_table: origins that differ in scheme, host or port share no connection")
{
    auto t = two_slots();
    t.acquire(x, start);
    t.give_back(x, 1, start, start);
    auto other = x;
    other.port = 8443;
    CHECK_FALSE(t.acquire(other, start).granted->connection.has_value());
    other = x;
    other.https = false;
    CHECK_FALSE(t.acquire(other, start).granted->connection.has_value());
    CHECK_FALSE(t.acquire(y, start).granted->connection.has_value());
    CHECK(t.acquire(x, start).granted->connection == 1);
}

TEST_CASE("pool_table: the most recently used idle connection is used first")
{
    auto t = table(3, 50s, 600s);
    for (int i = 0; i < 3; ++i)
        t.acquire(x, start);
    t.give_back(x, 1, start, start + 1s);
    t.give_back(x, 2, start, start + 2s);
    t.give_back(x, 3, start, start + 3s);
    CHECK(t.idle() == 3);
    CHECK(t.acquire(x, start + 4s).granted->connection == 3);
    CHECK(t.acquire(x, start + 4s).granted->connection == 2);
    CHECK(t.acquire(x, start + 4s).granted->connection == 1);
    CHECK_FALSE(t.acquire(x, start + 4s).granted.has_value());
}

TEST_CASE("pool_table: slots are granted in the order of the requests")
{
    auto t = table(1, 50s, 600s);
    t.acquire(x, start);
    table::place a('a');
    t.wait(x, a);
    table::place b('b');
    t.wait(x, b);
    table::place c('c');
    t.wait(x, c);
    CHECK(t.waiting() == 3);

    auto h = t.give_back(x, 1, start, start + 1s); // with the connection
    CHECK(woken(h) == 'a');
    CHECK_FALSE(t.acquire(x, start + 1s).granted.has_value()); // none overtakes
    CHECK(t.leave(x, a)->connection == 1);

    h = t.give_back(x, {}, start, start); // without it
    CHECK(woken(h) == 'b');
    const auto slot = t.leave(x, b);
    REQUIRE(slot.has_value());
    CHECK_FALSE(slot->connection.has_value());

    h = t.give_back(x, 2, start, start + 1s);
    CHECK(woken(h) == 'c');
    CHECK(t.leave(x, c)->connection == 2);
    CHECK(t.leave(x, c).has_value() == false);
    CHECK_FALSE(t.give_back(x, {}, start, start).wake.has_value());
    CHECK(t.empty());
}

TEST_CASE("pool_table: a request that leaves the queue is passed over, unless it was granted a slot before")
{
    auto t = table(1, 50s, 600s);
    t.acquire(x, start);
    table::place a('a');
    t.wait(x, a);
    table::place b('b');
    t.wait(x, b);
    CHECK_FALSE(t.leave(x, a).has_value());
    CHECK(woken(t.give_back(x, 1, start, start)) == 'b');
    // b gives up at the same moment: it has a slot after all
    CHECK(t.leave(x, b).has_value());
    CHECK_FALSE(t.give_back(x, {}, start, start).wake.has_value());
    CHECK(t.empty());
}

TEST_CASE("pool_table: a waiter that could not be told of its slot keeps it, unless it has left")
{
    auto t = table(1, 50s, 600s);
    t.acquire(x, start);
    std::optional<table::place> a(std::in_place, 'a');
    t.wait(x, *a);
    auto h = t.give_back(x, 1, start, start);
    REQUIRE(woken(h) == 'a');
    h.wake->waiter = 'A';
    t.not_told(*h.wake);
    CHECK_FALSE(t.empty());
    CHECK(t.leave(x, *a)->connection == 1);
    t.not_told(*h.wake);
    a.reset();
    t.not_told(*h.wake);
    CHECK_FALSE(t.leave(x, a.emplace('b')));
    CHECK(woken(t.give_back(x, {}, start, start)) == '-');
    CHECK(t.empty());
}

TEST_CASE("pool_table: an idle connection past its limits is closed and not used")
{
    struct row {
        std::chrono::seconds opened_before, now;
        bool used;
    };
    const row rows[] = {{0s, 0s, true}, {0s, 49s, true}, {0s, 50s, false}, {590s, 9s, true}, {590s, 10s, false}};
    for (const auto& r : rows) {
        CAPTURE(r.now.count());
        auto t = two_slots();
        t.acquire(x, start);
        CHECK_FALSE(t.give_back(x, 1, start - r.opened_before, start).close.has_value());
        const auto a = t.acquire(x, start + r.now);
        REQUIRE(a.granted.has_value());
        CHECK(a.granted->connection.has_value() == r.used);
        CHECK(a.close == (r.used ? std::vector<int>() : std::vector<int>{1}));
    }
}

TEST_CASE("pool_table: a connection past its lifetime is closed when it is given back, and its slot is granted")
{
    auto t = table(1, 50s, 600s);
    t.acquire(x, start);
    table::place a('a');
    t.wait(x, a);
    const auto h = t.give_back(x, 1, start, start + 600s);
    CHECK(h.close == 1);
    CHECK(woken(h) == 'a');
    CHECK_FALSE(t.leave(x, a)->connection.has_value());
}

TEST_CASE("pool_table: expired idle connections of all origins are closed by the next request, the others stay")
{
    auto t = two_slots();
    t.acquire(x, start);
    t.acquire(x, start);
    t.give_back(x, 1, start, start);
    t.give_back(x, 2, start, start + 30s);
    auto a = t.acquire(y, start + 55s);
    CHECK(a.close == std::vector<int>{1});
    CHECK(t.idle() == 1);
    a = t.acquire(y, start + 80s);
    CHECK(a.close == std::vector<int>{2});
    CHECK(t.idle() == 0);
}

TEST_CASE("pool_table: a closed pool keeps no idle connection and still serves the requests that wait")
{
    auto t = table(1, 50s, 600s);
    t.acquire(y, start);
    t.give_back(y, 9, start, start);
    t.acquire(x, start);
    table::place a('a');
    t.wait(x, a);
    CHECK(t.close() == std::vector<int>{9});
    CHECK(t.closed());
    CHECK_FALSE(t.empty());
    CHECK(woken(t.give_back(x, 1, start, start)) == 'a');
    CHECK_FALSE(t.empty());
    CHECK(t.leave(x, a)->connection == 1);
    CHECK(t.give_back(x, 1, start, start).close == 1);
    CHECK(t.empty());
}

TEST_CASE("pool_table: a closed pool closes a connection that is given back, past its lifetime or not")
{
    for (const auto age : {0s, 600s}) {
        auto t = two_slots();
        t.acquire(x, start);
        t.close();
        CHECK(t.give_back(x, 1, start, start + age).close == 1);
        CHECK(t.empty());
    }
}

TEST_CASE("pool_table: in any sequence of events at most N slots are taken, and all come back")
{
    constexpr std::size_t most = 3;
    for (unsigned seed = 1; seed <= 200; ++seed) {
        std::mt19937 random(seed);
        table t(most, 50s, 600s);
        auto now = start;
        int opened = 0;
        std::vector<table::slot> out;
        std::list<table::place> queue;
        std::set<int> closed;
        const auto check_closed = [&](int c) { CHECK(closed.insert(c).second); };
        for (int step = 0; step < 300; ++step) {
            now += std::chrono::seconds(random() % 20);
            const auto event = random() % 4;
            if (event == 0) {
                auto a = t.acquire(x, now);
                for (const int c : a.close)
                    check_closed(c);
                if (a.granted)
                    out.push_back(std::move(*a.granted));
                else
                    t.wait(x, queue.emplace_back('w'));
            } else if (event == 1 && !queue.empty()) {
                const auto left = std::next(queue.begin(), static_cast<std::ptrdiff_t>(random() % queue.size()));
                if (auto p = t.leave(x, *left))
                    out.push_back(std::move(*p));
                queue.erase(left);
            } else if (!out.empty()) {
                auto p = std::move(out.back());
                out.pop_back();
                const auto h = event == 2 ? t.give_back(x, {}, now, now)
                                          : t.give_back(x, p.connection ? *p.connection : ++opened, now, now);
                if (h.close)
                    check_closed(*h.close);
            }
            REQUIRE(out.size() <= most);
            REQUIRE(t.open() <= most);
            REQUIRE(t.waiting() <= queue.size());
        }
        t.close();
        for (auto& place : queue)
            if (auto p = t.leave(x, place))
                out.push_back(std::move(*p));
        for (std::size_t i = 0; i < out.size(); ++i)
            t.give_back(x, {}, start, start);
        CHECK(t.empty());
    }
}

TEST_CASE("clean_end: only an end with every sign of being whole keeps the connection")
{
    http::exchange_end good;
    CHECK_FALSE(http::prove(good).has_value()); // nothing is clean by default
    good.whole = true;
    good.status = 200;
    good.peer_keeps = true;
    good.bytes_left = good.tls_bytes_left = good.interrupted = false;
    CHECK(http::prove(good).has_value());

    auto bad = good;
    bad.whole = false;
    CHECK_FALSE(http::prove(bad).has_value());
    bad = good;
    bad.status = 199;
    CHECK_FALSE(http::prove(bad).has_value());
    bad = good;
    bad.peer_keeps = false;
    CHECK_FALSE(http::prove(bad).has_value());
    bad = good;
    bad.bytes_left = true;
    CHECK_FALSE(http::prove(bad).has_value());
    bad = good;
    bad.tls_bytes_left = true;
    CHECK_FALSE(http::prove(bad).has_value());
    bad = good;
    bad.interrupted = true;
    CHECK_FALSE(http::prove(bad).has_value());
}

TEST_CASE("may_resend: only a GET whose kept-alive connection was lost before the response is sent again")
{
    using http::may_resend;
    CHECK(may_resend("GET", true, false, errc::connection_lost));
    CHECK_FALSE(may_resend("POST", true, false, errc::connection_lost));
    CHECK_FALSE(may_resend("DELETE", true, false, errc::connection_lost));
    CHECK_FALSE(may_resend("get", true, false, errc::connection_lost));
    CHECK_FALSE(may_resend("GET", false, false, errc::connection_lost));
    CHECK_FALSE(may_resend("GET", true, true, errc::connection_lost));
    CHECK_FALSE(may_resend("GET", true, false, errc::timeout));
    CHECK_FALSE(may_resend("GET", true, false, errc::cancelled));
    CHECK_FALSE(may_resend("GET", true, false, errc::malformed_response));
}

TEST_CASE("limit: the earlier of two counts, and attempts share the time that is left")
{
    using http::limit;
    const limit a(start, 100ms, "a");
    const limit b(start, 40ms, "b");
    CHECK(earlier(a, b).at() == b.at());
    CHECK(earlier(b, a).at() == b.at());
    CHECK_FALSE(a.passed(start + 99ms));
    CHECK(a.passed(start + 100ms));
    const auto e = b.exceeded("waiting");
    CHECK(e.reason() == errc::timeout);
    CHECK(e.hint().value_or("") == "the limit was b, 40 ms");

    CHECK(http::fair_share(start, a, 4) == start + 25ms);
    CHECK(http::fair_share(start + 40ms, a, 3) == start + 60ms);
    CHECK(http::fair_share(start, a, 1) == a.at());
    CHECK(http::fair_share(start + 200ms, a, 3) == a.at());
}

TEST_CASE("pool_table: a slot is handed on, taken and given back without memory")
{
    auto t = two_slots();
    for (int i = 0; i < 2; ++i)
        CHECK(t.acquire(x, start).granted);
    table::place a('a'), b('b');
    t.wait(x, a);
    t.wait(x, b);
    char told[4] = {};
    std::optional<table::slot> taken[2];
    {
        const coauth::testing::memory_shortage shortage;
        told[0] = woken(t.give_back(x, 1, start, start));
        told[1] = woken(t.give_back(x, {}, start, start));
        taken[0] = t.leave(x, a);
        taken[1] = t.leave(x, b);
        told[2] = woken(t.give_back(x, 1, start, start));
        told[3] = woken(t.give_back(x, 2, start, start));
    }
    CHECK(told[0] == 'a');
    CHECK(told[1] == 'b');
    REQUIRE(taken[0]);
    CHECK(taken[0]->connection == 1);
    REQUIRE(taken[1]);
    CHECK_FALSE(taken[1]->connection);
    CHECK(told[2] == '-');
    CHECK(told[3] == '-');
    CHECK(t.idle() == 2);
}
