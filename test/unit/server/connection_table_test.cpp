#include "server/connection_table.hpp"

#include <doctest/doctest.h>

#include <random>
#include <set>
#include <string>
#include <vector>

using namespace coauth::server;

namespace {

address_block address(int n)
{
    return address_block::of("10.0.0." + std::to_string(n));
}

struct counts {
    std::size_t open, idle;
    std::uint64_t accepted, evicted, refused_full, refused_by_address;

    friend bool operator==(const counts&, const counts&) = default;
};

counts of(const connection_table& t)
{
    const server_stats s = t.stats();
    return {s.open, s.idle, s.accepted, s.evicted, s.refused_full, s.refused_by_address};
}

} // namespace

TEST_CASE("connection_table: while there is room all connections are admitted, and counted")
{
    connection_table t(3, 0);
    for (int n = 0; n < 3; ++n) {
        CHECK(t.has_room());
        const auto d = t.admit(address(1));
        CHECK(d.admitted != 0);
        CHECK(d.evicted == 0);
    }
    CHECK_FALSE(t.has_room());
    CHECK(of(t) == counts{3, 3, 3, 0, 0, 0});
}

TEST_CASE("connection_table: the connection that has been idle longest makes room")
{
    connection_table t(3, 0);
    const auto a = t.admit(address(1)).admitted;
    const auto b = t.admit(address(2)).admitted;
    const auto c = t.admit(address(3)).admitted;
    // a was let in first, but has been busy since; saying twice that it is idle makes it no younger.
    t.busy(a);
    t.idle(b);
    t.idle(a);
    const auto d = t.admit(address(4));
    CHECK(d.evicted == b);
    t.remove(b);
    const auto e = t.admit(address(5));
    CHECK(e.evicted == c);
    t.remove(c);
    t.busy(d.admitted);
    const auto f = t.admit(address(6));
    CHECK(f.evicted == a);
    CHECK(std::set{a, b, c, d.admitted, e.admitted, f.admitted}.size() == 6);
}

TEST_CASE("connection_table: a busy connection never makes room")
{
    connection_table t(2, 0);
    const auto a = t.admit(address(1)).admitted;
    const auto b = t.admit(address(1)).admitted;
    t.busy(a);
    t.busy(b);
    t.busy(b);
    auto d = t.admit(address(2));
    CHECK(d.admitted == 0);
    CHECK(d.evicted == 0);
    CHECK(of(t) == counts{2, 0, 2, 0, 1, 0});
    t.remove(a);
    d = t.admit(address(2));
    CHECK(d.admitted != 0);
    CHECK(of(t) == counts{2, 1, 3, 0, 1, 0});
}

TEST_CASE("connection_table: evicted connections that are still open are bounded, and evicted once")
{
    connection_table t(32, 0);
    REQUIRE(t.slack() == 2);
    std::vector<connection_table::id> first;
    for (int n = 0; n < 32; ++n)
        first.push_back(t.admit(address(1)).admitted);
    CHECK(t.admit(address(2)).evicted == first[0]);
    // It had just begun a request: that one is answered, but it can't become a place again.
    t.busy(first[0]);
    t.idle(first[0]);
    CHECK(t.admit(address(2)).evicted == first[1]);
    CHECK(t.admit(address(2)).admitted == 0);
    CHECK(of(t) == counts{34, 32, 34, 2, 1, 0});
    t.remove(first[0]);
    CHECK_FALSE(t.has_room());
    CHECK(t.admit(address(2)).evicted == first[2]);
    t.remove(first[1]);
    t.remove(first[2]);
    CHECK(of(t) == counts{32, 32, 35, 3, 1, 0});
}

TEST_CASE("connection_table: below the limit the oldest idle connections can be evicted, within the same bound")
{
    connection_table t(32, 0);
    REQUIRE(t.slack() == 2);
    CHECK(t.evict() == 0);
    const auto a = t.admit(address(1)).admitted;
    const auto b = t.admit(address(1)).admitted;
    const auto c = t.admit(address(1)).admitted;
    const auto d = t.admit(address(1)).admitted;
    t.busy(a);
    CHECK(t.evict() == b);
    CHECK(t.evict() == c);
    CHECK(t.evict() == 0);
    CHECK(of(t) == counts{4, 1, 4, 2, 0, 0});
    t.remove(b);
    t.busy(d);
    CHECK(t.evict() == 0);
    t.idle(a);
    CHECK(t.evict() == a);
    CHECK(of(t) == counts{3, 0, 4, 3, 0, 0});
}

TEST_CASE("connection_table: an address has its own limit, to which other addresses do not count")
{
    connection_table t(10, 2);
    const auto a = t.admit(address(1)).admitted;
    t.admit(address(1));
    CHECK(t.admit(address(1)).admitted == 0);
    CHECK(t.admit(address_block::of("::ffff:10.0.0.1")).admitted == 0);
    CHECK(t.admit(address(2)).admitted != 0);
    CHECK(of(t) == counts{3, 3, 3, 0, 0, 2});
    t.remove(a);
    CHECK(t.admit(address(1)).admitted != 0);
    CHECK(t.admit(address(1)).admitted == 0);

    const auto network = [](const char* text) { return address_block::of(text); };
    t.admit(network("2001:db8::1"));
    t.admit(network("2001:db8::2"));
    CHECK(t.admit(network("2001:db8::3")).admitted == 0);
    CHECK(t.admit(network("2001:db8:0:1::3")).admitted != 0);
}

TEST_CASE("connection_table: an address over its limit evicts no connection, and evicted ones count for their address")
{
    connection_table t(2, 1);
    const auto a = t.admit(address(1)).admitted;
    t.admit(address(2));
    CHECK(t.admit(address(2)).evicted == 0);
    CHECK(t.admit(address(3)).evicted == a);
    CHECK(t.admit(address(1)).admitted == 0);
    t.remove(a);
    CHECK(t.admit(address(1)).admitted != 0);
}

TEST_CASE("connection_table: connections that were removed or never admitted are ignored")
{
    connection_table t(1, 1);
    const auto a = t.admit(address(1)).admitted;
    t.remove(a);
    t.remove(a);
    t.remove(0);
    t.idle(a);
    t.busy(a + 1);
    CHECK(of(t) == counts{0, 0, 1, 0, 0, 0});
    CHECK(t.admit(address(1)).admitted != 0);
}

TEST_CASE("connection_table: in any sequence of events it keeps its limits and evicts only idle connections")
{
    std::mt19937 random(7);
    for (int round = 0; round < 50; ++round) {
        connection_table t(20, 5);
        std::set<connection_table::id> idle, busy, leaving;
        const auto any = [&](const std::set<connection_table::id>& ids) {
            auto chosen = ids.begin();
            std::advance(chosen, static_cast<std::ptrdiff_t>(random() % ids.size()));
            return *chosen;
        };
        for (int step = 0; step < 400; ++step) {
            const auto event = random() % 8;
            if (event < 4) {
                const auto d = t.admit(address(static_cast<int>(random() % 10)));
                if (d.evicted != 0) {
                    CHECK(idle.erase(d.evicted) == 1);
                    leaving.insert(d.evicted);
                }
                if (d.admitted != 0)
                    idle.insert(d.admitted);
            } else if (event == 4 && !idle.empty()) {
                const auto id = any(idle);
                t.busy(id);
                busy.insert(idle.extract(id));
            } else if (event == 5 && !busy.empty()) {
                const auto id = any(busy);
                t.idle(id);
                idle.insert(busy.extract(id));
            } else if (event == 6 && !leaving.empty()) {
                const auto id = any(leaving);
                t.remove(id);
                leaving.erase(id);
            } else if (event == 7 && !busy.empty()) {
                const auto id = any(busy);
                t.remove(id);
                busy.erase(id);
            }
            const server_stats s = t.stats();
            CHECK(s.open == idle.size() + busy.size() + leaving.size());
            CHECK(s.idle == idle.size());
            CHECK(idle.size() + busy.size() <= 20);
            CHECK(leaving.size() <= t.slack());
            CHECK(t.has_room() == (idle.size() + busy.size() < 20));
        }
    }
}
