// The rows of a visitor store in memory; the rules of all visitor stores are in `visitor_store_rules.hpp`.
#include "allocation_failure.hpp"
#include "store/visitor_table.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <new>
#include <string>
#include <vector>

using namespace coauth;
using namespace coauth::store;
using namespace std::chrono_literals;
using coauth::testing::allocations_until_failure;
using coauth::testing::memory_shortage;

namespace {

const visitor_table::time_point noon{12h};
const std::string user_id(40, '7'); // in memory of its own

signed_in_user visitor_with(std::string id)
{
    return signed_in_user("x", std::move(id), "jack");
}

// True if memory was exhausted.
template <class Step>
bool fails(std::size_t failing, Step step)
{
    bool failed = false;
    signed_in_user user = visitor_with(user_id);
    allocations_until_failure = failing;
    try {
        step(std::move(user));
    } catch (const std::bad_alloc&) {
        failed = true;
    }
    memory_shortage::end();
    return failed;
}

} // namespace

TEST_CASE(
    "visitor_table: a browser for which memory fails at any allocation is not signed in, and nothing is kept of it")
{
    const browser_digest first = digest_of_browser("first");
    const browser_digest second = digest_of_browser("second");
    for (const bool is_known : {false, true}) {
        std::size_t failing = 1;
        for (bool failed = true; failed; ++failing) {
            CAPTURE(is_known);
            CAPTURE(failing);
            visitor_table table{visitor_limits()};
            if (is_known)
                table.add(first, visitor_with(user_id), browser_digest(), noon);
            failed = fails(failing, [&](signed_in_user user) { table.add(second, std::move(user), first, noon); });
            const bool has_second = !failed;
            const bool has_first = is_known && failed;
            CHECK(table.find(first, noon).has_value() == has_first);
            CHECK(table.find(second, noon).has_value() == has_second);
            CHECK(table.count() == (has_first || has_second ? 1 : 0));
            CHECK(table.has(user_key("x", user_id)) == (has_first || has_second));
            const std::vector<user_key> left = table.expire(noon + table.limits().time_to_live, 10);
            CHECK(left.size() == (has_first || has_second ? 1 : 0));
            CHECK(table.count() == 0);
        }
        CHECK(failing > 4); // a row, its two places, and the user's key
    }
}

TEST_CASE("visitor_table: no user whose time is over is lost where memory fails at any allocation")
{
    constexpr std::size_t users = 5;
    std::size_t failing = 1;
    for (bool failed = true; failed; ++failing) {
        CAPTURE(failing);
        visitor_table table{visitor_limits()};
        for (std::size_t i = 0; i < users; ++i)
            table.add(digest_of_browser(std::to_string(i)), visitor_with(user_id + std::to_string(i)), browser_digest(),
                noon);
        const auto end = noon + table.limits().time_to_live;
        std::size_t left = 0;
        failed = fails(failing, [&](const signed_in_user&) { left = table.expire(end, users).size(); });
        left += table.expire(end, users).size();
        CHECK(left == users);
        CHECK(table.count() == 0);
    }
}
