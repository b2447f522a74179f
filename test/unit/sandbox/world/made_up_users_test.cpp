#include "sandbox/world/made_up_users.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace coauth::sandbox;

TEST_CASE("sandbox users: a number, its id and its name are one user")
{
    const made_up_users users(1'000'000);
    for (const std::size_t number : {1U, 2U, 10U, 999'999U, 1'000'000U}) {
        const auto p = users.at(number);
        CHECK(users.number_of_id(p.id) == number);
        CHECK(users.number_of_username(p.username) == number);
        CHECK(p.id > (1ULL << 53));
        CHECK(std::to_string(p.id).size() == 19);
        CHECK(p.picture.ends_with("_normal.png"));
    }
    CHECK(users.number_of_username("USER_7") == 7);
}

TEST_CASE("sandbox users: other ids and names belong to no user")
{
    const made_up_users users(10);
    const auto first = made_up_users::id_of(1);
    for (const auto id : {std::uint64_t{0}, std::uint64_t{1}, first - 1, first + 1, made_up_users::id_of(0),
             made_up_users::id_of(11), ~std::uint64_t{0}})
        CHECK_FALSE(users.number_of_id(id));
    for (const auto* name : {"", "user_", "user_0", "user_01", "user_11", "user_-1", "user_1x", "users_1", "xuser_1",
             "user_99999999999999999999"})
        CHECK_FALSE(users.number_of_username(name));
}

TEST_CASE("sandbox users: counts are true")
{
    for (const std::size_t size : {1U, 2U, 3U, 10U, 40U}) {
        const made_up_users users(size);
        for (std::size_t a = 1; a <= size; ++a) {
            std::int64_t following = 0, followers = 0;
            for (std::size_t b = 1; b <= size; ++b) {
                following += users.follows(a, b);
                followers += users.follows(b, a);
            }
            CAPTURE(size);
            CAPTURE(a);
            CHECK(users.at(a).following_count == following);
            CHECK(users.at(a).followers_count == followers);
            CHECK(users.followers_of(a, 0, 100'000).size() == static_cast<std::size_t>(followers));
            CHECK_FALSE(users.follows(a, a));
        }
    }
}

TEST_CASE("sandbox users: followers come in pages without gaps or repeats")
{
    const made_up_users users(5000);
    CHECK(users.follower_count(1) == 2500);
    std::set<std::uint64_t> seen;
    for (std::size_t first = 0; first < 2500; first += 1000)
        for (const auto id : users.followers_of(1, first, 1000))
            CHECK(seen.insert(id).second);
    CHECK(seen.size() == 2500);
    CHECK(users.followers_of(1, 2500, 10).empty());
}

TEST_CASE("sandbox users: tweets are found again by id, newest first, and mentions contain the name")
{
    const made_up_users users(3);
    const auto tweets = users.tweets_of(2);
    REQUIRE(tweets.size() == 30);
    CHECK(static_cast<std::int64_t>(tweets.size()) == users.at(2).tweet_count);
    for (std::size_t i = 0; i < tweets.size(); ++i) {
        CHECK(tweets[i].author == made_up_users::id_of(2));
        CHECK(users.tweet_by_id(tweets[i].id)->text == tweets[i].text);
        if (i > 0) {
            CHECK(tweets[i].id < tweets[i - 1].id);
            CHECK(tweets[i].created_at < tweets[i - 1].created_at);
        }
    }
    const auto mentions = users.mentions_of(2);
    REQUIRE(mentions.size() == 6);
    for (const auto& t : mentions) {
        CHECK(t.author == made_up_users::id_of(1));
        CHECK(t.text.find("@user_2 ") == 0);
    }
    CHECK_FALSE(users.tweet_by_id(1));
    CHECK_FALSE(users.tweet_by_id(tweets.back().id + 2));
}
