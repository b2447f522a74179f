#include "session/lookups/lookup_cache.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using coauth::sessions::lookup_cache;
using coauth::sessions::lookup_ptr;

namespace {

constexpr lookup_cache::time_point start{std::chrono::hours(3)};

lookup_ptr result_for(const char* name)
{
    return std::make_shared<const coauth::lookup>(name, coauth::lookup_outcome::not_found);
}

} // namespace

TEST_CASE("lookup_cache: a result is found until it expires")
{
    lookup_cache cache(10);
    const lookup_ptr result = result_for("jack");
    cache.put(1, "jack", result, start + 5s);
    CHECK(*cache.find(1, "jack", start + 4999ms) == result);
    CHECK(cache.find(1, "jack", start + 5s) == nullptr);
}

TEST_CASE("lookup_cache: one owner's results are not found for another")
{
    lookup_cache cache(10);
    cache.put(1, "jack", result_for("jack"), start + 5s);
    CHECK(cache.find(2, "jack", start) == nullptr);
    CHECK(cache.find(1, "jac", start) == nullptr);
}

TEST_CASE("lookup_cache: evicts the oldest result that was not used")
{
    lookup_cache cache(3);
    for (const char* name : {"a", "b", "c"})
        cache.put(1, name, result_for(name), start + 5s);
    CHECK(cache.find(1, "a", start));
    cache.put(2, "d", result_for("d"), start + 5s);
    CHECK(cache.size() == 3);
    CHECK_FALSE(cache.find(1, "b", start));
    CHECK(cache.find(1, "a", start));
    CHECK(cache.find(1, "c", start));
    CHECK(cache.find(2, "d", start));
}

TEST_CASE("lookup_cache: a result that was used stays for one eviction, and for another if it is used again")
{
    lookup_cache cache(2);
    cache.put(1, "a", result_for("a"), start + 5s);
    cache.put(1, "b", result_for("b"), start + 5s);
    CHECK(cache.find(1, "a", start));
    CHECK(cache.find(1, "b", start));
    cache.put(1, "c", result_for("c"), start + 5s); // all were used: the oldest goes
    CHECK_FALSE(cache.find(1, "a", start));
    cache.put(1, "d", result_for("d"), start + 5s); // since then none was
    CHECK_FALSE(cache.find(1, "b", start));
    CHECK(cache.find(1, "c", start));
    cache.put(1, "e", result_for("e"), start + 5s);
    CHECK(cache.find(1, "c", start));
    CHECK_FALSE(cache.find(1, "d", start));
}

TEST_CASE("lookup_cache: a newer result replaces the older")
{
    lookup_cache cache(3);
    cache.put(1, "a", result_for("a"), start + 1s);
    const lookup_ptr newer = result_for("a");
    cache.put(1, "a", newer, start + 9s);
    CHECK(cache.size() == 1);
    CHECK(*cache.find(1, "a", start + 5s) == newer);
}

TEST_CASE("lookup_cache: an owner's results are removed together")
{
    lookup_cache cache(10);
    cache.put(1, "a", result_for("a"), start + 1s);
    cache.put(1, "b", result_for("b"), start + 1s);
    cache.put(2, "a", result_for("a"), start + 1s);
    cache.remove_all(1);
    cache.remove_all(7);
    CHECK(cache.size() == 1);
    CHECK_FALSE(cache.find(1, "a", start));
    CHECK(cache.find(2, "a", start));
}

TEST_CASE("lookup_cache: of capacity 0 keeps nothing")
{
    lookup_cache cache(0);
    cache.put(1, "a", result_for("a"), start + 1s);
    CHECK_FALSE(cache.find(1, "a", start));
}
