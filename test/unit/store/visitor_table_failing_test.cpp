// A visitor table whose allocations fail, one at a time.
#include "allocation_failure.hpp"
#include "store/visitor_table.hpp"
#include "unit/store/visitor_store_rules.hpp"

#include <doctest/doctest.h>

using namespace coauth;
using coauth::testing::browser_number;
using coauth::testing::visitor_of;
using coauth::testing::with_each_allocation_failing;
using store::visitor_table;

namespace {

const visitor_table::time_point begun_at{};

// No text this long is kept without an allocation.
const std::string id_of_first(40, '1');
const std::string id_of_second(40, '2');

} // namespace

TEST_CASE("visitor_table: a sign-in that runs out of memory changes nothing")
{
    for (const std::string& id : {id_of_first, id_of_second}) {
        visitor_table table{store::visitor_limits()};
        table.add(browser_number(1), visitor_of(id_of_first), store::browser_digest(), begun_at);
        const auto sign_in = [&] { table.add(browser_number(2), visitor_of(id), browser_number(1), begun_at); };
        const std::size_t failures = with_each_allocation_failing(sign_in, [&] {
            CHECK(table.count() == 1);
            CHECK(table.find(browser_number(1), begun_at));
            CHECK(table.has(user_key("x", id_of_first)));
            CHECK_FALSE(table.has(user_key("x", id_of_second)));
        });
        CHECK(failures > 4);
        CHECK(table.count() == 1);
        CHECK(table.has(user_key("x", id_of_first)) == (id == id_of_first));
        // What was undone is in no list by time.
        CHECK(table.expire(begun_at + table.limits().time_to_live, 9).size() == 1);
        CHECK(table.count() == 0);
    }
}

TEST_CASE("visitor_table: an expiry that runs out of memory loses no user")
{
    visitor_table table{store::visitor_limits()};
    table.add(browser_number(1), visitor_of(id_of_first), store::browser_digest(), begun_at);
    table.add(browser_number(2), visitor_of(id_of_second), store::browser_digest(), begun_at);
    std::vector<user_key> left;
    const auto expire = [&] { left = table.expire(begun_at + table.limits().time_to_live, 9); };
    CHECK(with_each_allocation_failing(expire, [] {}) > 0);
    CHECK(left.size() == 2);
}
