// What every store of visitors must do, independent of its database: one function for each rule.
#pragma once

#include "unit/store/store_bench.hpp"

#include <coauth/store/visitor_store.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace coauth::testing {

/// Makes an empty store on the bench's context, with its clock.
using visitor_store_factory =
    std::function<std::shared_ptr<store::visitor_store>(store_bench& bench, const store::visitor_limits& limits)>;

inline signed_in_user visitor_of(const std::string& id)
{
    return signed_in_user("x", id, "user_" + id, "User " + id);
}

inline store::browser_digest browser_number(int number)
{
    return store::digest_of_browser("browser " + std::to_string(number));
}

inline void a_visitor_comes_back_whole_until_the_time_is_over(const visitor_store_factory& make)
{
    store_bench bench;
    const auto visitors = make(bench, store::visitor_limits());
    CHECK_FALSE(bench.run(visitors->find(browser_number(1))).value());
    CHECK_FALSE(bench.run(visitors->add(browser_number(1), visitor_of("1"), store::browser_digest())).value());
    const auto found = bench.run(visitors->find(browser_number(1))).value();
    REQUIRE(found);
    CHECK(found->provider == "x");
    CHECK(found->id == "1");
    CHECK(found->username == "user_1");
    CHECK(found->name == "User 1");
    CHECK_FALSE(bench.run(visitors->find(browser_number(2))).value());
    bench.clock->advance(visitors->limits().time_to_live - std::chrono::seconds(1));
    CHECK(bench.run(visitors->find(browser_number(1))).value());
    bench.clock->advance(std::chrono::seconds(1));
    CHECK_FALSE(bench.run(visitors->find(browser_number(1))).value());
    // Until it is expired it counts.
    CHECK(bench.run(visitors->has(user_key("x", "1"))).value());
    CHECK(bench.run(visitors->count()).value() == 1);
    const auto left = bench.run(visitors->expire(9)).value();
    REQUIRE(left.size() == 1);
    CHECK(left[0] == user_key("x", "1"));
    CHECK_FALSE(bench.run(visitors->has(user_key("x", "1"))).value());
    CHECK(bench.run(visitors->count()).value() == 0);
}

inline void only_the_last_row_of_a_user_is_the_last(const visitor_store_factory& make)
{
    store_bench bench;
    const auto visitors = make(bench, store::visitor_limits());
    const store::browser_digest none;
    bench.run(visitors->add(browser_number(1), visitor_of("1"), none)).value();
    bench.run(visitors->add(browser_number(2), visitor_of("1"), none)).value();
    signed_in_user other = visitor_of("1");
    other.provider = "other";
    bench.run(visitors->add(browser_number(3), other, none)).value();
    CHECK_FALSE(bench.run(visitors->remove(browser_number(1))).value());
    CHECK_FALSE(bench.run(visitors->remove(browser_number(1))).value());
    CHECK(bench.run(visitors->remove(browser_number(2))).value() == user_key("x", "1"));
    CHECK(bench.run(visitors->remove(browser_number(3))).value() == user_key("other", "1"));
}

inline void a_sign_in_ends_the_row_before_it(const visitor_store_factory& make)
{
    store_bench bench;
    const auto visitors = make(bench, store::visitor_limits());
    bench.run(visitors->add(browser_number(1), visitor_of("1"), store::browser_digest())).value();
    // The same user has not left.
    CHECK_FALSE(bench.run(visitors->add(browser_number(2), visitor_of("1"), browser_number(1))).value());
    CHECK_FALSE(bench.run(visitors->find(browser_number(1))).value());
    CHECK(
        bench.run(visitors->add(browser_number(3), visitor_of("2"), browser_number(2))).value() == user_key("x", "1"));
    CHECK(bench.run(visitors->count()).value() == 1);
}

inline void a_user_has_so_many_browsers(const visitor_store_factory& make)
{
    store_bench bench;
    store::visitor_limits limits;
    limits.max_per_user = 2;
    const auto visitors = make(bench, limits);
    bench.run(visitors->add(browser_number(9), visitor_of("2"), store::browser_digest())).value();
    for (int number = 1; number <= 3; ++number)
        CHECK_FALSE(bench.run(visitors->add(browser_number(number), visitor_of("1"), store::browser_digest())).value());
    CHECK_FALSE(bench.run(visitors->find(browser_number(1))).value());
    for (const int number : {2, 3, 9})
        CHECK(bench.run(visitors->find(browser_number(number))).value());
}

inline void all_rows_of_a_user_end_up_to_a_time(const visitor_store_factory& make)
{
    store_bench bench;
    const auto visitors = make(bench, store::visitor_limits());
    const user_key user("x", "1");
    CHECK_FALSE(bench.run(visitors->remove_all(user, bench.clock->now())).value());
    bench.run(visitors->add(browser_number(1), visitor_of("1"), store::browser_digest())).value();
    const auto first = bench.clock->now();
    bench.clock->advance(std::chrono::milliseconds(1));
    bench.run(visitors->add(browser_number(2), visitor_of("1"), store::browser_digest())).value();
    bench.run(visitors->add(browser_number(3), visitor_of("2"), store::browser_digest())).value();
    CHECK_FALSE(bench.run(visitors->remove_all(user, first)).value());
    CHECK_FALSE(bench.run(visitors->find(browser_number(1))).value());
    CHECK(bench.run(visitors->find(browser_number(2))).value());
    CHECK(bench.run(visitors->remove_all(user, bench.clock->now())).value());
    CHECK_FALSE(bench.run(visitors->find(browser_number(2))).value());
    CHECK(bench.run(visitors->find(browser_number(3))).value());
}

inline void expired_users_come_in_parts(const visitor_store_factory& make)
{
    store_bench bench;
    const auto visitors = make(bench, store::visitor_limits());
    for (const int number : {1, 2, 3})
        bench.run(visitors->add(browser_number(number), visitor_of(std::to_string(number)), store::browser_digest()))
            .value();
    CHECK(bench.run(visitors->expire(9)).value().empty());
    bench.clock->advance(visitors->limits().time_to_live);
    std::size_t parts = 0;
    std::size_t users = 0;
    for (auto left = bench.run(visitors->expire(2)).value(); !left.empty();
         left = bench.run(visitors->expire(2)).value()) {
        CHECK(left.size() <= 2);
        users += left.size();
        ++parts;
    }
    CHECK(users == 3);
    CHECK(parts >= 2);
    CHECK(bench.run(visitors->count()).value() == 0);
}

} // namespace coauth::testing
