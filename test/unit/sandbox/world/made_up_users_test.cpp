#include "sandbox/world/people.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace coauth::sandbox;

TEST_CASE("sandbox people: a number, its id and its name are one person")
{
    const made_up_people people(1'000'000);
    for (const std::size_t number : {1U, 2U, 10U, 999'999U, 1'000'000U}) {
        const auto p = people.at(number);
        CHECK(people.number_of_id(p.id) == number);
        CHECK(people.number_of_username(p.username) == number);
        CHECK(p.id > (1ULL << 53));
        CHECK(std::to_string(p.id).size() == 19);
        CHECK(p.picture.ends_with("_normal.png"));
    }
    CHECK(people.number_of_username("USER_7") == 7);
}

TEST_CASE("sandbox people: nobody else has an id or a name")
{
    const made_up_people people(10);
    const auto first = made_up_people::id_of(1);
    for (const auto id : {std::uint64_t{0}, std::uint64_t{1}, first - 1, first + 1, made_up_people::id_of(0),
             made_up_people::id_of(11), ~std::uint64_t{0}})
        CHECK_FALSE(people.number_of_id(id));
    for (const auto* name : {"", "user_", "user_0", "user_01", "user_11", "user_-1", "user_1x", "users_1", "xuser_1",
             "user_99999999999999999999"})
        CHECK_FALSE(people.number_of_username(name));
}

TEST_CASE("sandbox people: counts are true")
{
    for (const std::size_t size : {1U, 2U, 3U, 10U, 40U}) {
        const made_up_people people(size);
        for (std::size_t a = 1; a <= size; ++a) {
            std::int64_t following = 0, followers = 0;
            for (std::size_t b = 1; b <= size; ++b) {
                following += people.follows(a, b);
                followers += people.follows(b, a);
            }
            CAPTURE(size);
            CAPTURE(a);
            CHECK(people.at(a).following_count == following);
            CHECK(people.at(a).followers_count == followers);
            CHECK(people.followers_of(a, 0, 100'000).size() == static_cast<std::size_t>(followers));
            CHECK_FALSE(people.follows(a, a));
        }
    }
}

TEST_CASE("sandbox people: followers come in pages without gaps or repeats")
{
    const made_up_people people(5000);
    CHECK(people.follower_count(1) == 2500);
    std::set<std::uint64_t> seen;
    for (std::size_t first = 0; first < 2500; first += 1000)
        for (const auto id : people.followers_of(1, first, 1000))
            CHECK(seen.insert(id).second);
    CHECK(seen.size() == 2500);
    CHECK(people.followers_of(1, 2500, 10).empty());
}

TEST_CASE("sandbox people: tweets are found again by id, newest first, and mentions mention")
{
    const made_up_people people(3);
    const auto tweets = people.tweets_of(2);
    REQUIRE(tweets.size() == 30);
    CHECK(static_cast<std::int64_t>(tweets.size()) == people.at(2).tweet_count);
    for (std::size_t i = 0; i < tweets.size(); ++i) {
        CHECK(tweets[i].author == made_up_people::id_of(2));
        CHECK(people.tweet_by_id(tweets[i].id)->text == tweets[i].text);
        if (i > 0) {
            CHECK(tweets[i].id < tweets[i - 1].id);
            CHECK(tweets[i].created_at < tweets[i - 1].created_at);
        }
    }
    const auto mentions = people.mentions_of(2);
    REQUIRE(mentions.size() == 6);
    for (const auto& t : mentions) {
        CHECK(t.author == made_up_people::id_of(1));
        CHECK(t.text.find("@user_2 ") == 0);
    }
    CHECK_FALSE(people.tweet_by_id(1));
    CHECK_FALSE(people.tweet_by_id(tweets.back().id + 2));
}
