#include "sandbox/world/world.hpp"

#include <doctest/doctest.h>

using namespace coauth::sandbox;

namespace {

user named(std::uint64_t id, const char* username)
{
    user p;
    p.id = id;
    p.username = username;
    p.name = username;
    return p;
}

tweet saying(std::uint64_t id, std::uint64_t author, const char* text)
{
    tweet t;
    t.id = id;
    t.author = author;
    t.text = text;
    return t;
}

} // namespace

TEST_CASE("sandbox world: listed users replace the made-up ones and are found without case")
{
    world w(10);
    CHECK(w.user_by_username("user_3"));
    REQUIRE(w.add_user(named(7, "Ada")));
    CHECK(w.users() == 1);
    CHECK_FALSE(w.user_by_username("user_3"));
    CHECK(w.user_by_username("aDA")->id == 7);
    CHECK_FALSE(w.add_user(named(7, "other")));
    CHECK_FALSE(w.add_user(named(8, "ADA")));
    CHECK(w.first_users(5).size() == 1);
}

TEST_CASE("sandbox world: a mention is a whole word after @, in any case")
{
    world w(1);
    w.add_user(named(1, "ada"));
    const char* texts[] = {"@ada hi", "hi @ADA!", "mail x@ada", "@adam", "@ada_ hi", "no", "(@ada)", "@adam @ada"};
    const bool expected[] = {true, true, false, false, false, false, true, true};
    for (std::size_t i = 0; i < 8; ++i)
        w.add_tweet(saying(100 + i, 1, texts[i]));
    const auto found = w.mentions_of(1);
    for (std::size_t i = 0; i < 8; ++i) {
        CAPTURE(std::string(texts[i]));
        bool is_there = false;
        for (const auto& t : found)
            is_there = is_there || t.id == 100 + i;
        CHECK(is_there == expected[i]);
    }
}

TEST_CASE("sandbox world: posted tweets grow in id, count, and can be deleted once")
{
    world w(3);
    const auto id = made_up_users::id_of(1);
    const auto before = w.user_by_id(id)->tweet_count;
    const auto a = w.post(id, "one", 0, {});
    const auto b = w.post(id, "two", a.id, {});
    CHECK(b.id > a.id);
    CHECK(w.tweets_of(id).front().id == b.id);
    CHECK(w.user_by_id(id)->tweet_count == before + 2);
    CHECK(w.posted_before(id, "one"));
    CHECK(w.erase_tweet(a.id));
    CHECK_FALSE(w.erase_tweet(a.id));
    CHECK_FALSE(w.posted_before(id, "one"));
    CHECK(w.user_by_id(id)->tweet_count == before + 1);

    const auto made_up = w.tweets_of(id).back();
    CHECK(w.erase_tweet(made_up.id));
    CHECK_FALSE(w.tweet_by_id(made_up.id));
    CHECK(w.tweets_of(id).back().id != made_up.id);
}

TEST_CASE("sandbox world: a user's token for an app is found until it is revoked")
{
    world w(3);
    grant g;
    g.token = "5-abc";
    g.consumer_key = "app";
    g.user = 5;
    REQUIRE(w.add_grant(g));
    CHECK_FALSE(w.add_grant(g));
    CHECK(w.find_grant("app", 5, true));
    CHECK_FALSE(w.find_grant("app", 5, false));
    CHECK_FALSE(w.find_grant("other", 5, true));
    CHECK(w.revoke("5-abc"));
    CHECK_FALSE(w.revoke("5-abc"));
    CHECK_FALSE(w.find_grant("app", 5, true));
    CHECK_FALSE(w.find_grant("5-abc"));
}
