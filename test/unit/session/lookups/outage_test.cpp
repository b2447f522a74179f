#include "session/lookups/outage.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using coauth::errc;
using coauth::error;
using coauth::sessions::outage;

namespace {

constexpr outage::time_point outage_start{std::chrono::hours(3)};
const error dropped(errc::connection_lost);

outage make_outage(std::size_t max_requests = 1'000)
{
    return outage(max_requests, outage_start);
}

void send_and_fail(outage& o, bool retry, outage::time_point now)
{
    o.sent(retry, now);
    o.failed(retry, dropped, now);
}

} // namespace

TEST_CASE("outage: begins with the first failure of a request that is not a retry, and ends with the next response")
{
    outage o = make_outage();
    CHECK_FALSE(o.since());
    for (int i = 0; i < 4; ++i)
        o.sent(i == 0, outage_start);
    o.failed(true, dropped, outage_start);
    CHECK_FALSE(o.since()); // a name that fails by itself
    o.failed(false, dropped, outage_start + 1s);
    CHECK(o.since() == outage_start + 1s);
    o.failed(false, error(errc::timeout), outage_start + 2s);
    CHECK(o.since() == outage_start + 1s);
    CHECK(o.why().reason() == errc::timeout);
    CHECK(o.succeeded(false, outage_start + 3s));
    CHECK_FALSE(o.since());
    o.sent(false, outage_start + 3s);
    CHECK_FALSE(o.succeeded(false, outage_start + 3s)); // there was nothing to end
}

TEST_CASE("outage: ten requests and two a second, those in flight included, with any share of retries")
{
    for (const int on_the_wire : {1, 2, 8, 10, 64})
        for (const int retries : {0, 1, 2, 3}) { // of three
            CAPTURE(on_the_wire);
            CAPTURE(retries);
            outage o = make_outage();
            for (int i = 0; i < on_the_wire; ++i)
                o.sent(false, outage_start);
            int sent = on_the_wire;
            int failed = 0;
            for (auto now = outage_start; now < outage_start + 60s; now += 50ms) {
                if (failed < on_the_wire && now >= outage_start + failed * 100ms) {
                    o.failed(false, dropped, now);
                    ++failed;
                }
                for (int refused = 0; refused < 3;) {
                    const bool retry = (sent + refused) % 3 < retries;
                    if (o.ready_at(retry, now) != now) {
                        ++refused;
                        continue;
                    }
                    send_and_fail(o, retry, now);
                    ++sent;
                }
                const auto passed = std::chrono::duration<double>(now - outage_start).count();
                CHECK(sent <= std::max(10, on_the_wire) + 2 * passed);
            }
            CHECK(sent >= std::max(10, on_the_wire) + 2 * 59 - 10); // and no fewer than a few below
        }
}

TEST_CASE("outage: retries leave three of the ten requests, and every later one, to the others")
{
    outage o = make_outage();
    send_and_fail(o, true, outage_start);
    int retries = 1;
    for (; o.ready_at(true, outage_start) == outage_start; ++retries)
        send_and_fail(o, true, outage_start);
    CHECK(retries == 7);
    int others = 0;
    for (; o.ready_at(false, outage_start) == outage_start; ++others)
        send_and_fail(o, false, outage_start);
    CHECK(others == 3);
    // From here on one request goes each half a second, and a retry only if no other is waiting.
    CHECK(o.ready_at(false, outage_start) == outage_start + 500ms);
    CHECK(o.ready_at(true, outage_start) == outage_start + 2s);
}

TEST_CASE("outage: without a failure only retries are paced, and only by one another")
{
    outage o = make_outage();
    int sent = 0;
    for (; o.ready_at(true, outage_start) == outage_start; ++sent)
        o.sent(true, outage_start);
    CHECK(sent == 10);
    CHECK(o.ready_at(false, outage_start) == outage_start);
    CHECK(o.ready_at(true, outage_start) == outage_start + 500ms);
    CHECK(o.ready_at(true, outage_start + 499ms) == outage_start + 500ms);
    CHECK(o.ready_at(true, outage_start + 500ms) == outage_start + 500ms);
    o.sent(true, outage_start + 500ms);
    CHECK(o.ready_at(true, outage_start + 500ms) == outage_start + 1s);
    for (int i = 0; i < 10; ++i) {
        CHECK(o.ready_at(true, outage_start + 500ms) > outage_start + 500ms);
        o.sent(false, outage_start + 500ms);
        o.succeeded(false, outage_start + 500ms);
    }
    CHECK(o.ready_at(true, outage_start + 500ms) == outage_start + 500ms); // ten responses: one token
    o.sent(true, outage_start + 500ms);
    CHECK(o.ready_at(true, outage_start + 500ms) == outage_start + 1s);
    o.succeeded(true, outage_start + 500ms);
    CHECK(o.ready_at(true, outage_start + 500ms) == outage_start + 500ms); // its own
}

TEST_CASE("outage: retries take no more than half of max_requests, so that one that hangs keeps no other waiting")
{
    struct row {
        std::size_t max_requests;
        int retries;
    };
    for (const row& r : {row{1, 1}, row{2, 1}, row{3, 1}, row{8, 4}, row{64, 10}}) {
        CAPTURE(r.max_requests);
        outage o = make_outage(r.max_requests);
        int sent = 0;
        for (; o.ready_at(true, outage_start) == outage_start; ++sent)
            o.sent(true, outage_start);
        CHECK(sent == r.retries);
        CHECK(o.ready_at(false, outage_start) == outage_start);
        if (r.max_requests < 64)
            CHECK(o.ready_at(true, outage_start + 1h) == outage::time_point::max());
        o.ended(true);
        CHECK(o.ready_at(true, outage_start + 1h) == outage_start + 1h);
    }
}

TEST_CASE("outage: saved tokens are bounded, and ends give none")
{
    outage o = make_outage();
    const auto later = outage_start + std::chrono::hours(9);
    for (int i = 0; i < 1'000; ++i) {
        o.sent(false, outage_start);
        o.succeeded(false, outage_start);
    }
    int saved = 0;
    for (; o.ready_at(true, later) == later; ++saved)
        o.sent(true, later);
    CHECK(saved == 10);

    // Every second request fails: retries are limited nevertheless, and are sent.
    outage flapping = make_outage();
    int repeated = 0;
    for (auto now = outage_start; now < outage_start + 60s; now += 10ms) {
        send_and_fail(flapping, false, now);
        if (flapping.ready_at(true, now) == now) {
            ++repeated;
            send_and_fail(flapping, true, now);
        }
        flapping.sent(false, now);
        flapping.succeeded(false, now);
    }
    CHECK(repeated <= 10 + 2 * 60 + 60 * 100 / 10 + 1);
    CHECK(repeated >= 2 * 60);
}

TEST_CASE("outage: a request that was cancelled, or not sent, neither begins nor ends one")
{
    outage o = make_outage();
    o.sent(false, outage_start);
    o.sent(false, outage_start);
    o.ended(false);
    CHECK_FALSE(o.since());
    o.failed(false, dropped, outage_start);
    o.sent(true, outage_start);
    o.ended(true);
    CHECK(o.since() == outage_start);
}
