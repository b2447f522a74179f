#include <coauth/error.hpp>
#include <coauth/site/address_limit.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

using namespace coauth::site;
using namespace std::chrono_literals;
using std::chrono::milliseconds;

namespace {

const std::chrono::steady_clock::time_point start{1'000'000s};

address_limit_options limits_of(std::size_t burst, milliseconds refill, std::size_t addresses = 100)
{
    address_limit_options o;
    o.burst = burst;
    o.refill = refill;
    o.max_addresses = addresses;
    return o;
}

// -1: allowed.
long long wait(address_limit& l, std::string_view address, std::chrono::steady_clock::duration at)
{
    const auto w = l.take(address, start + at);
    return w ? w->count() : -1;
}

constexpr long long allowed = -1;

std::string numbered(int n)
{
    return "10.0." + std::to_string(n / 256) + '.' + std::to_string(n % 256);
}

} // namespace

TEST_CASE("address_limit: a bucket gives its burst at once and then a token every refill")
{
    struct row {
        std::chrono::steady_clock::duration at;
        long long wait;
    };
    const row rows[] = {
        {0s, allowed},
        {0s, allowed},
        {0s, allowed},
        {0s, 3000},
        {1s, 2000},
        {2999ms, 1},
        {2999999us, 1},
        {3s, allowed},
        {3s, 3000},
        // Refused calls cost nothing.
        {6s, allowed},
        // Full again, and no fuller than its burst.
        {100s, allowed},
        {100s, allowed},
        {100s, allowed},
        {100s, 3000},
        {104s, allowed},
        {104s, 2000},
    };
    address_limit l(limits_of(3, 3s));
    for (const row& r : rows) {
        CAPTURE(std::chrono::duration_cast<milliseconds>(r.at).count());
        CHECK(wait(l, "192.0.2.1", r.at) == r.wait);
    }
}

TEST_CASE("address_limit: every address has a bucket of its own, an IPv6 network has one")
{
    address_limit l(limits_of(1, 1s));
    CHECK(wait(l, "192.0.2.1", 0s) == allowed);
    CHECK(wait(l, "192.0.2.2", 0s) == allowed);
    CHECK(wait(l, "192.0.2.1", 0s) == 1000);
    CHECK(wait(l, "::ffff:192.0.2.2", 0s) == 1000);
    CHECK(wait(l, "2001:db8::1", 0s) == allowed);
    CHECK(wait(l, "2001:db8::2", 0s) == 1000);
    CHECK(wait(l, "2001:db8:0:1::1", 0s) == allowed);
    CHECK(wait(l, "no address", 0s) == allowed);
    CHECK(wait(l, "", 0s) == 1000);
    CHECK(l.addresses() == 5);
}

TEST_CASE("address_limit: addresses are forgotten once their bucket is full, and not before")
{
    address_limit l(limits_of(2, 1s, 3));
    CHECK(wait(l, "10.0.0.1", 0s) == allowed); // full at 2 s
    CHECK(wait(l, "10.0.0.1", 0s) == allowed);
    CHECK(wait(l, "10.0.0.2", 500ms) == allowed); // full at 1.5 s
    CHECK(wait(l, "10.0.0.3", 600ms) == allowed); // full at 1.6 s
    CHECK(l.addresses() == 3);
    // The one that was used last of all is full first of all.
    CHECK(wait(l, "10.0.0.4", 1500ms) == allowed);
    CHECK(l.addresses() == 3);
    CHECK(wait(l, "10.0.0.1", 1500ms) == allowed);
    CHECK(wait(l, "10.0.0.1", 1500ms) == 500);
    // A long silence, and two calls forget all.
    CHECK(wait(l, "10.0.0.9", 1h) == allowed);
    CHECK(wait(l, "10.0.0.9", 1h) == allowed);
    CHECK(l.addresses() == 1);
}

TEST_CASE("address_limit: when no address can be forgotten new ones share one bucket and known ones keep theirs")
{
    address_limit l(limits_of(2, 1s, 2));
    CHECK(wait(l, "10.0.0.1", 0s) == allowed);
    CHECK(wait(l, "10.0.0.2", 0s) == allowed);
    CHECK(wait(l, "10.0.0.3", 0s) == allowed);
    CHECK(wait(l, "10.0.0.4", 0s) == allowed);
    CHECK(wait(l, "10.0.0.5", 0s) == 1000);
    CHECK(wait(l, "10.0.0.3", 0s) == 1000);
    CHECK(l.addresses() == 2);
    CHECK(wait(l, "10.0.0.1", 0s) == allowed);
    CHECK(wait(l, "10.0.0.2", 0s) == allowed);
    CHECK(wait(l, "10.0.0.2", 0s) == 1000);
    // The shared bucket fills like any other; those of 1 and 2 do so at 2 s.
    CHECK(wait(l, "10.0.0.6", 1s) == allowed);
    CHECK(wait(l, "10.0.0.7", 1s) == 1000);
    CHECK(wait(l, "10.0.0.7", 2s) == allowed);
    CHECK(wait(l, "10.0.0.7", 2s) == allowed);
    CHECK(wait(l, "10.0.0.8", 2s) == allowed);
}

TEST_CASE("address_limit: a flood from ever new addresses is held to the memory and to the shared bucket")
{
    constexpr int remembered = 50;
    address_limit l(limits_of(2, 10s, remembered));
    int passed = 0;
    for (int n = 0; n < 5'000; ++n) {
        passed += wait(l, numbered(n), 0s) == allowed;
        REQUIRE(l.addresses() <= remembered);
    }
    CHECK(passed == remembered + 2);
    // Once it is over the table empties, with any call.
    for (int n = 0; n < remembered; ++n)
        wait(l, "192.0.2.1", 10s);
    CHECK(l.addresses() == 1);
}

TEST_CASE("address_limit: a clock that steps locks no client out and gives no more than the step")
{
    address_limit l(limits_of(2, 1s));
    CHECK(wait(l, "10.0.0.1", 10s) == allowed);
    CHECK(wait(l, "10.0.0.1", 10s) == allowed);
    // Two threads that passed each other: as empty as before, and a token comes after one refill.
    CHECK(wait(l, "10.0.0.1", 10s - 5us) == 1000);
    CHECK(wait(l, "10.0.0.1", 10s) == 1000);
    CHECK(wait(l, "10.0.0.1", 11s) == allowed);
    CHECK(wait(l, "10.0.0.1", 11s) == 1000);
    // One call from far ahead, then the old time again, for good.
    CHECK(wait(l, "10.0.0.2", 5000h) == allowed);
    CHECK(l.addresses() == 1);
    CHECK(wait(l, "10.0.0.2", 0s) == 1000);
    CHECK(wait(l, "10.0.0.2", 999ms) == 1);
    CHECK(wait(l, "10.0.0.2", 1s) == allowed);
    CHECK(wait(l, "10.0.0.2", 1s) == 1000);
    CHECK(l.addresses() == 1);
}

TEST_CASE("address_limit: the shared bucket comes back after a clock that stepped")
{
    address_limit l(limits_of(1, 1s, 1));
    CHECK(wait(l, "10.0.0.1", 5000h) == allowed);
    CHECK(wait(l, "10.0.0.2", 5000h) == allowed);
    CHECK(wait(l, "10.0.0.3", 0s) == 1000);
    CHECK(wait(l, "10.0.0.3", 1s) == allowed);
}

TEST_CASE("address_limit: options out of range are refused")
{
    const auto refused = [](const address_limit_options& o) {
        try {
            address_limit l(o);
        } catch (const coauth::error& e) {
            return e.reason() == coauth::errc::invalid_argument;
        }
        return false;
    };
    CHECK(refused(limits_of(0, 1s)));
    CHECK(refused(limits_of(1, 0s)));
    CHECK(refused(limits_of(1, -1s)));
    CHECK(refused(limits_of(1, 1s, 0)));
    CHECK(refused(limits_of(1, milliseconds::max())));
    CHECK(refused(limits_of(static_cast<std::size_t>(-1), 1ms)));
    CHECK(refused(limits_of(30 * 24 + 1, 1h)));
    CHECK_FALSE(refused(limits_of(30 * 24, 1h)));
    CHECK_FALSE(refused(address_limit_options()));
}

TEST_CASE("address_limit: threads share a limit and together get no more than it gives")
{
    address_limit l(limits_of(100, 1h, 8));
    std::atomic<int> passed = 0;
    std::vector<std::thread> crew;
    for (int t = 0; t < 4; ++t)
        crew.emplace_back([&] {
            for (int n = 0; n < 2'000; ++n)
                passed += wait(l, numbered(n % 10), std::chrono::microseconds(n)) == allowed;
        });
    for (auto& each : crew)
        each.join();
    CHECK(passed == 900);
    CHECK(l.addresses() == 8);
}
