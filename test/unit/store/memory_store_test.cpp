#include "unit/store/login_store_rules.hpp"
#include "unit/store/token_store_rules.hpp"
#include "unit/store/visitor_store_rules.hpp"

#include <coauth/store/memory_store.hpp>

using namespace coauth;
using namespace std::chrono_literals;
namespace rules = coauth::testing;

namespace {

std::shared_ptr<store::login_store> logins(rules::store_bench& bench, const store::login_limits& limits)
{
    return store::memory_login_store(limits, bench.clock);
}

std::shared_ptr<store::token_store> tokens(rules::store_bench& bench)
{
    return store::memory_token_store(bench.clock);
}

std::shared_ptr<store::visitor_store> visitors(rules::store_bench& bench, const store::visitor_limits& limits)
{
    return store::memory_visitor_store(limits, bench.clock);
}

} // namespace

TEST_CASE("memory: a login comes back whole and once")
{
    rules::a_login_comes_back_whole_and_once(logins);
}
TEST_CASE("memory: another browser takes nothing")
{
    rules::another_browser_takes_nothing(logins);
}
TEST_CASE("memory: a login expires by time alone")
{
    rules::a_login_expires_by_time_alone(logins);
}
TEST_CASE("memory: a spent login is remembered for one more TTL")
{
    rules::a_spent_login_is_remembered_for_one_more_ttl(logins);
}
TEST_CASE("memory: as many spent logins as living ones are remembered")
{
    rules::as_many_spent_logins_as_living_ones_are_remembered(logins);
}
TEST_CASE("memory: a full store refuses and forgets no living login")
{
    rules::a_full_store_refuses_and_forgets_no_living_login(logins);
}
TEST_CASE("memory: a browser has a cap of its own")
{
    rules::a_browser_has_a_cap_of_its_own(logins);
}
TEST_CASE("memory: a login's key comes once")
{
    rules::a_key_comes_once(logins);
}
TEST_CASE("memory: logins of two providers with one key are two")
{
    rules::logins_of_two_providers_are_two(logins);
}
TEST_CASE("memory: an end reaches everyone who watches")
{
    rules::an_end_reaches_who_watches(logins);
}
TEST_CASE("memory: expire says how many and when next")
{
    rules::expire_says_how_many_and_when_next(logins);
}
TEST_CASE("memory: one of many takes it")
{
    rules::one_of_many_takes_it(logins);
}

TEST_CASE("memory: a token comes back whole")
{
    rules::a_token_comes_back_whole(tokens);
}
TEST_CASE("memory: a version never comes again")
{
    rules::a_version_never_comes_again(tokens);
}
TEST_CASE("memory: an old version removes no newer token")
{
    rules::an_old_version_removes_no_newer_token(tokens);
}

TEST_CASE("memory: users of two providers with one id are two")
{
    rules::users_of_two_providers_are_two(tokens);
}
TEST_CASE("memory: a credential is replaced by whoever knows its version")
{
    rules::a_credential_is_replaced_by_its_version(tokens);
}
TEST_CASE("memory: one of many holds the lease on a credential, for a time")
{
    rules::one_of_many_holds_the_lease(tokens);
}

TEST_CASE("memory visitors: one comes back whole until the time is over")
{
    rules::a_visitor_comes_back_whole_until_the_time_is_over(visitors);
}
TEST_CASE("memory visitors: only the last row of a user is the last")
{
    rules::only_the_last_row_of_a_user_is_the_last(visitors);
}
TEST_CASE("memory visitors: a sign-in ends the row before it")
{
    rules::a_sign_in_ends_the_row_before_it(visitors);
}
TEST_CASE("memory visitors: a user has so many browsers")
{
    rules::a_user_has_so_many_browsers(visitors);
}
TEST_CASE("memory visitors: all rows of a user end up to a time")
{
    rules::all_rows_of_a_user_end_up_to_a_time(visitors);
}
TEST_CASE("memory visitors: expired users come in parts")
{
    rules::expired_users_come_in_parts(visitors);
}

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
