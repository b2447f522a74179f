// The rules of all stores are in test/integration/store.
#include <coauth/store/memory_store.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>

using namespace coauth;
using namespace std::chrono_literals;

TEST_CASE("visitor_limits: those out of range are refused")
{
    const auto refused = [](std::chrono::seconds time_to_live, std::size_t max_per_user) {
        store::visitor_limits limits;
        limits.time_to_live = time_to_live;
        limits.max_per_user = max_per_user;
        try {
            store::memory_visitor_store(limits);
        } catch (const error& e) {
            CHECK(e.reason() == errc::invalid_argument);
            return true;
        }
        return false;
    };
    CHECK_FALSE(refused(1s, 1));
    CHECK_FALSE(refused(24h * 400, 1));
    CHECK(refused(0s, 1));
    CHECK(refused(24h * 400 + 1s, 1));
    CHECK(refused(1s, 0));
}

TEST_CASE("limits of logins out of range are refused")
{
    const auto refused = [](std::size_t pending, std::size_t per_browser, std::chrono::milliseconds ttl) {
        store::login_limits limits;
        limits.max_pending = pending;
        limits.max_per_browser = per_browser;
        limits.time_to_live = ttl;
        try {
            store::memory_login_store(limits);
        } catch (const error& e) {
            CHECK(e.reason() == errc::invalid_argument);
            return true;
        }
        return false;
    };
    CHECK_FALSE(refused(1, 1, 1s));
    CHECK_FALSE(refused(1, 1, 24h));
    CHECK(refused(0, 1, 1s));
    CHECK(refused(1, 0, 1s));
    CHECK(refused(1, 1, 999ms));
    CHECK(refused(1, 1, 24h + 1ms));
}

TEST_CASE("a login is named by the digest of its provider and key, a browser by its binding's")
{
    // SHA-256 of "abc" (FIPS 180-2, appendix B.1).
    const std::array<std::uint8_t, 32> abc{0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea, 0x41, 0x41, 0x40, 0xde, 0x5d,
        0xae, 0x22, 0x23, 0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17, 0x7a, 0x9c, 0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15,
        0xad};
    CHECK(store::digest_of_browser("abc").octets == abc);
    const auto named = store::digest_of_browser("x\nabc");
    CHECK(std::equal(named.octets.begin(), named.octets.begin() + 16, store::id_of_login("x", "abc").octets.begin()));
    CHECK(store::id_of_login("x", "abc") != store::id_of_login("y", "abc"));
    CHECK(store::digest_of_browser("abc").matches(store::digest_of_browser("abc")));
    auto other = store::digest_of_browser("abc");
    other.octets.back() ^= 1;
    CHECK_FALSE(other.matches(store::digest_of_browser("abc")));
}
