#include "session/lookups/answer_cache.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using coauth::sessions::answer;
using coauth::sessions::answer_cache;

namespace {

constexpr answer_cache::time_point start{std::chrono::hours(3)};

answer about(const char* name)
{
    return std::make_shared<const coauth::twitter::lookup>(name, coauth::twitter::lookup_outcome::not_found);
}

} // namespace

TEST_CASE("an answer is good until its time")
{
    answer_cache cache(10);
    const answer a = about("jack");
    cache.keep(1, "jack", a, start + 5s);
    CHECK(cache.find(1, "jack", start + 4999ms) == a);
    CHECK(cache.find(1, "jack", start + 5s) == nullptr);
    CHECK(cache.size() == 0);
}

TEST_CASE("one person's answers are not another's")
{
    answer_cache cache(10);
    cache.keep(1, "jack", about("jack"), start + 5s);
    CHECK(cache.find(2, "jack", start) == nullptr);
    CHECK(cache.find(1, "jac", start) == nullptr);
}

TEST_CASE("the least recently used answer makes room")
{
    answer_cache cache(3);
    for (const char* name : {"a", "b", "c"})
        cache.keep(1, name, about(name), start + 5s);
    CHECK(cache.find(1, "a", start));
    cache.keep(2, "d", about("d"), start + 5s);
    CHECK(cache.size() == 3);
    CHECK_FALSE(cache.find(1, "b", start));
    CHECK(cache.find(1, "a", start));
    CHECK(cache.find(1, "c", start));
    CHECK(cache.find(2, "d", start));
}

TEST_CASE("a newer answer replaces the older")
{
    answer_cache cache(3);
    cache.keep(1, "a", about("a"), start + 1s);
    const answer newer = about("a");
    cache.keep(1, "a", newer, start + 9s);
    CHECK(cache.size() == 1);
    CHECK(cache.find(1, "a", start + 5s) == newer);
}

TEST_CASE("a person's answers are forgotten together")
{
    answer_cache cache(10);
    cache.keep(1, "a", about("a"), start + 1s);
    cache.keep(1, "b", about("b"), start + 1s);
    cache.keep(2, "a", about("a"), start + 1s);
    cache.forget(1);
    cache.forget(7);
    CHECK(cache.size() == 1);
    CHECK_FALSE(cache.find(1, "a", start));
    CHECK(cache.find(2, "a", start));
}

TEST_CASE("a cache of nothing keeps nothing")
{
    answer_cache cache(0);
    cache.keep(1, "a", about("a"), start + 1s);
    CHECK_FALSE(cache.find(1, "a", start));
}
