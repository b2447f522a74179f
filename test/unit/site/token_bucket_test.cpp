#include <coauth/site/token_bucket.hpp>

#include <doctest/doctest.h>

using coauth::site::bucket_size;
using coauth::site::token_bucket;
using namespace std::chrono_literals;

namespace {

const token_bucket::time_point start{std::chrono::hours(1)};

} // namespace

TEST_CASE("token bucket: a burst at once, then one each refill, and the wait is exact")
{
    const bucket_size size(3, 1000ms);
    token_bucket bucket;
    CHECK(bucket.full(start));
    for (int i = 0; i < 3; ++i)
        CHECK_FALSE(bucket.take(size, start).has_value());
    CHECK_FALSE(bucket.full(start));
    CHECK(bucket.take(size, start) == 1000ms);
    CHECK(bucket.take(size, start + 999ms) == 1ms);
    CHECK_FALSE(bucket.take(size, start + 1000ms).has_value());
    CHECK(bucket.take(size, start + 1000ms) == 1000ms);
}

TEST_CASE("token bucket: asking in vain costs nothing, and it never holds more than the burst")
{
    const bucket_size size(2, 100ms);
    token_bucket bucket;
    for (int i = 0; i < 2; ++i)
        CHECK_FALSE(bucket.take(size, start).has_value());
    for (int i = 0; i < 1000; ++i)
        CHECK(bucket.take(size, start + 50ms) == 50ms);
    CHECK(bucket.full(start + 200ms));
    const auto later = start + std::chrono::hours(24);
    for (int i = 0; i < 2; ++i)
        CHECK_FALSE(bucket.take(size, later).has_value());
    CHECK(bucket.take(size, later) == 100ms);
}

TEST_CASE("token bucket: a burst of one is one each refill")
{
    const bucket_size size(1, 10ms);
    token_bucket bucket;
    CHECK_FALSE(bucket.take(size, start).has_value());
    CHECK(bucket.take(size, start + 9ms) == 1ms);
    CHECK_FALSE(bucket.take(size, start + 10ms).has_value());
}
