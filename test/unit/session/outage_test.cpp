#include "session/outage.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using coauth::errc;
using coauth::error;
using coauth::sessions::outage;

namespace {

constexpr outage::time_point outage_start{std::chrono::hours(3)};
const error dropped(errc::connection_lost);

} // namespace

TEST_CASE("outage: begins with the first failure and ends with the next response")
{
    outage o(outage_start);
    CHECK_FALSE(o.since());
    CHECK_FALSE(o.sent(false, outage_start));
    CHECK_FALSE(o.sent(false, outage_start));
    CHECK(o.failed(false, dropped, outage_start + 1s));
    CHECK(o.since() == outage_start + 1s);
    CHECK_FALSE(o.failed(false, error(errc::timeout), outage_start + 2s));
    CHECK(o.since() == outage_start + 1s);
    CHECK(o.why().reason() == errc::timeout);
    CHECK(o.sent(false, outage_start + 2s));
    CHECK(o.succeeded(true, outage_start + 3s));
    CHECK_FALSE(o.since());
    CHECK_FALSE(o.sent(false, outage_start + 3s));
    CHECK_FALSE(o.succeeded(false, outage_start + 3s));
    CHECK(o.successes() == 2);
}

TEST_CASE("outage: ten requests and two a second, those on the wire included")
{
    for (const int on_the_wire : {1, 2, 8, 10, 64}) {
        CAPTURE(on_the_wire);
        outage o(outage_start);
        for (int i = 0; i < on_the_wire; ++i)
            CHECK_FALSE(o.sent(false, outage_start));
        int sent = on_the_wire;
        int failed = 0;
        for (auto now = outage_start; now < outage_start + 60s; now += 50ms) {
            if (failed < on_the_wire && now >= outage_start + failed * 100ms) {
                o.failed(false, dropped, now);
                ++failed;
            }
            while (o.ready_at(false, now) == now) {
                CHECK(o.sent(sent % 2 == 0, now));
                o.failed(true, dropped, now);
                ++sent;
            }
            const auto passed = std::chrono::duration<double>(now - outage_start).count();
            CHECK(sent <= std::max(10, on_the_wire) + 2 * passed);
        }
        CHECK(sent >= std::max(10, on_the_wire) + 2 * 59 - 10); // and no fewer than a few below
    }
}

TEST_CASE("outage: says when the next request may go")
{
    outage o(outage_start);
    int sent = 0;
    for (; o.ready_at(true, outage_start) == outage_start; ++sent)
        o.sent(true, outage_start);
    CHECK(sent == 10);
    CHECK(o.ready_at(false, outage_start) == outage_start); // no failure: not paced
    CHECK(o.ready_at(true, outage_start) == outage_start + 500ms);
    CHECK(o.ready_at(true, outage_start + 499ms) == outage_start + 500ms);
    CHECK(o.ready_at(true, outage_start + 500ms) == outage_start + 500ms);
    o.sent(true, outage_start + 500ms);
    CHECK(o.ready_at(true, outage_start + 500ms) == outage_start + 1s);
    for (int i = 0; i < 10; ++i)
        o.succeeded(true, outage_start + 500ms);
    CHECK(o.ready_at(true, outage_start + 500ms) == outage_start + 500ms); // ten responses: one token
}

TEST_CASE("outage: what is saved up is bounded, and ends give no tokens")
{
    outage o(outage_start);
    const auto later = outage_start + std::chrono::hours(9);
    for (int i = 0; i < 1'000; ++i) {
        o.sent(false, outage_start);
        o.succeeded(false, outage_start);
    }
    int saved = 0;
    for (; o.ready_at(true, later) == later; ++saved)
        o.sent(true, later);
    CHECK(saved == 10);

    // Every second request fails: those that repeat are paced for all that.
    outage flapping(outage_start);
    int repeated = 0;
    for (auto now = outage_start; now < outage_start + 60s; now += 10ms) {
        flapping.sent(false, now);
        flapping.failed(false, dropped, now);
        if (flapping.ready_at(true, now) == now) {
            ++repeated;
            flapping.sent(true, now);
            flapping.succeeded(true, now);
        }
    }
    CHECK(repeated <= 10 + 2 * 60 + repeated / 10 + 1);
}

TEST_CASE("outage: a request that was cancelled, or never left, neither begins nor ends one")
{
    outage o(outage_start);
    o.sent(false, outage_start);
    o.sent(false, outage_start);
    o.ended(false);
    CHECK_FALSE(o.since());
    o.failed(false, dropped, outage_start);
    o.sent(true, outage_start);
    o.ended(true);
    CHECK(o.since() == outage_start);
}
