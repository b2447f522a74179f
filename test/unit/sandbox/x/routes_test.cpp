#include "sandbox/x/routes.hpp"

#include <doctest/doctest.h>

using namespace coauth::sandbox;

namespace {

std::optional<endpoint> at(std::string_view path)
{
    const auto found = find_route(path);
    return found.matched ? std::optional(found.matched->id) : std::nullopt;
}

} // namespace

TEST_CASE("sandbox routes: literal segments take precedence over placeholders")
{
    CHECK(at("/2/users/me") == endpoint::v2_me);
    CHECK(at("/2/users/by") == endpoint::v2_users_by_usernames);
    CHECK(at("/2/users/by/username/jack") == endpoint::v2_user_by_username);
    CHECK(at("/2/users/12") == endpoint::v2_user_by_id);
    CHECK(at("/2/users") == endpoint::v2_users_by_ids);
    CHECK(at("/2/users/12/tweets") == endpoint::v2_user_tweets);
    CHECK(at("/1.1/statuses/destroy/99.json") == endpoint::v1_1_destroy);
    CHECK(at("/") == endpoint::index);
    CHECK(find_route("/1.1/statuses/destroy/99.json").values.front() == "99");
    CHECK(find_route("/2/users/by/username/a%5Fb").values.front() == "a_b");
}

TEST_CASE("sandbox routes: other paths match no route")
{
    for (const auto* path :
        {"", "2/users", "/2/users/", "/2/users//tweets", "/2/users/12/", "/2/users/me/x", "/oauth/request_token/",
            "/OAuth/request_token", "/1.1/statuses/destroy/99", "//", "/2/users/%zz", "/1.1/statuses/destroy/.json"}) {
        CAPTURE(std::string(path));
        CHECK_FALSE(at(path));
    }
}

TEST_CASE("sandbox routes: settings name them with any placeholder, with or without .json")
{
    CHECK(route_named("/2/users/:id")->id == endpoint::v2_user_by_id);
    CHECK(route_named("/2/users/:anything")->id == endpoint::v2_user_by_id);
    CHECK(route_named("/1.1/users/show")->id == endpoint::v1_1_users_show);
    CHECK(route_named("/1.1/users/show.json")->id == endpoint::v1_1_users_show);
    CHECK(route_named("/1.1/statuses/destroy/:id")->id == endpoint::v1_1_destroy);
    for (const auto& r : all_routes())
        CHECK(route_named(r.pattern) == &r);
    for (const auto* none : {"", "users", "/2/users/12x/", "/nope"})
        CHECK_FALSE(route_named(none));
}

TEST_CASE("sandbox routes: methods are whole words")
{
    const auto* page = route_named("/oauth/authorize");
    CHECK(allows(*page, "GET"));
    CHECK(allows(*page, "POST"));
    for (const auto* other : {"", "GE", "GET POST", "PUT", "get"})
        CHECK_FALSE(allows(*page, other));
}
