// Tables of the sandbox whose allocations fail, one at a time.
#include "allocation_failure.hpp"
#include "sandbox/oauth1/logins.hpp"
#include "sandbox/oauth2/devices.hpp"
#include "sandbox/world/world.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

using namespace coauth::sandbox;
using coauth::testing::with_each_allocation_failing;
using std::chrono::seconds;
using std::chrono::sys_seconds;

namespace {

constexpr seconds time_to_live(900);
const sys_seconds issued_at(seconds(1'800'000'000));
const sys_seconds much_later = issued_at + seconds(100'000);

random_source pseudo_random()
{
    return [draw = std::mt19937(7)](unsigned char* bytes, std::size_t size) mutable {
        std::generate_n(bytes, size, [&] { return static_cast<unsigned char>(draw()); });
    };
}

} // namespace

TEST_CASE("sandbox logins: a login that runs out of memory is not kept, and old ones are removed as ever")
{
    logins all(time_to_live);
    const random_source random = pseudo_random();
    std::size_t failures = 0;
    for (std::size_t before = 0; before < 40; ++before) {
        const auto issue = [&] { all.issue("app", "https://a.example/callback", true, random, issued_at); };
        failures += with_each_allocation_failing(issue, [&] { CHECK(all.size() == before); });
    }
    CHECK(failures > 40);
    all.issue("app", "oob", true, random, much_later);
    CHECK(all.size() == 1);
}

TEST_CASE("sandbox devices: a login that runs out of memory is not kept")
{
    devices all;
    const random_source random = pseudo_random();
    std::size_t failures = 0;
    for (int i = 0; i < 40; ++i) {
        login_terms terms;
        terms.played = face::oidc;
        const auto begin = [&] { all.begin(terms, random, issued_at); };
        failures += with_each_allocation_failing(begin, [] {});
    }
    CHECK(failures > 40);
    CHECK(all.size() == 40);
    all.begin(login_terms(), random, much_later);
    CHECK(all.size() == 1);
}

TEST_CASE("sandbox world: a tweet that runs out of memory is not kept, and the others are read as before")
{
    world w(1);
    const std::uint64_t author = made_up_users::id_of(1);
    const std::size_t before = w.tweets_of(author).size();
    const auto post = [&] { w.post(author, std::string(40, 'a'), 0, issued_at); };
    const std::size_t failures = with_each_allocation_failing(post, [&] {
        CHECK(w.tweets_of(author).size() == before);
        CHECK_FALSE(w.posted_before(author, "a"));
    });
    CHECK(failures > 3);
    CHECK(w.tweets_of(author).size() == before + 1);
}
