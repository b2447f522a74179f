#include "twitter/read_lookups.hpp"
#include "twitter/read_profile.hpp"
#include "unit/twitter/odd_user.hpp"

#include <coauth/error.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace coauth;
using namespace coauth::twitter;
using namespace coauth::testing;

namespace {

constexpr int first_user = 1;
constexpr int odd_one = 2;
constexpr int last_user = 3;

std::string batch_of_three(api_version api, const std::string& second)
{
    const std::string list =
        '[' + user_writer(api, first_user).user() + ',' + second + ',' + user_writer(api, last_user).user() + ']';
    return api == api_version::v2 ? "{\"data\":" + list + '}' : list;
}

const std::vector<user_ref> by_ids{user_ref::id("1"), user_ref::id("2"), user_ref::id("3")};
const std::vector<user_ref> by_names{"user_1", "USER_2", "user_3"};

void check_found(const lookup& outcome, const std::map<std::string, std::string>& expected)
{
    REQUIRE(outcome.outcome == lookup_outcome::found);
    REQUIRE(described(*outcome.profile) == expected);
}

void check_failed(const lookup& outcome)
{
    REQUIRE(outcome.outcome == lookup_outcome::failed);
    REQUIRE(outcome.why);
    REQUIRE(outcome.why->reason() == errc::malformed_response);
    REQUIRE_FALSE(outcome.profile);
}

void check_others(const lookups& outcomes)
{
    check_found(outcomes.outcomes.at(0), plain_user(first_user));
    check_found(outcomes.outcomes.at(2), plain_user(last_user));
}

} // namespace

TEST_CASE("odd users: a member in an odd shape costs that member only, in both APIs")
{
    for (const api_version api : {api_version::v1_1, api_version::v2})
        for (const odd_member& member : odd_members(api))
            for (const odd_shape& shape : odd_shapes())
                for (const bool repeated : {false, true}) {
                    CAPTURE(member.path);
                    CAPTURE(shape.value);
                    CAPTURE(repeated);
                    const auto second = user_writer(api, odd_one).odd(member.path, shape.value, repeated).user();
                    const std::string body = batch_of_three(api, second);
                    const auto expected = odd_user(odd_one, member, shape, repeated);

                    const lookups by_id = read_lookups(api, by_ids, body);
                    check_others(by_id);
                    check_found(by_id.outcomes.at(1), expected);

                    const lookups by_name = read_lookups(api, by_names, body);
                    check_others(by_name);
                    if (member.kind == member_kind::username)
                        check_failed(by_name.outcomes.at(1));
                    else
                        check_found(by_name.outcomes.at(1), expected);

                    const std::string single = api == api_version::v2 ? "{\"data\":" + second + '}' : second;
                    REQUIRE(described(read_profile(api, single)) == expected);
                }
}

TEST_CASE("odd users: one whose id cannot be read is failed, and the others are found")
{
    for (const api_version api : {api_version::v1_1, api_version::v2}) {
        const std::string id = api == api_version::v2 ? "id" : "id_str";
        std::vector<std::string> users{"null", "7", "\"2\"", "[]", "[{\"id\":\"2\"}]", "{}",
            user_writer(api, odd_one).odd(id, "\"2\"", true).user(),
            user_writer(api, odd_one).odd(id, "\"9\"", true).user()};
        for (const char* value : {"0", "-2", "2.0", "2e0", "\"02\"", "\"2 \"", "\"\"", "\"x\"", "true", "{}", "[\"2\"]",
                 "9223372036854775808", "\"9223372036854775808\"", R"("2\u0000")", R"("\ud83d")", "\"2\xff\""})
            users.push_back(user_writer(api, odd_one).odd(id, value).user());
        if (api == api_version::v2)
            users.push_back(user_writer(api, odd_one).odd("id", "null").user());
        else
            users.push_back(R"({"id":2,"id":2,"id_str":"2","screen_name":"user_2","name":"N"})");
        for (const std::string& second : users) {
            CAPTURE(second);
            const std::string body = batch_of_three(api, second);
            const lookups by_id = read_lookups(api, by_ids, body);
            check_others(by_id);
            check_failed(by_id.outcomes.at(1));
            const lookups by_name = read_lookups(api, by_names, body);
            check_others(by_name);
            check_failed(by_name.outcomes.at(1));
        }
    }
}

TEST_CASE("odd users: a missing user is failed and never not_found while the response holds one that it may be")
{
    const std::vector<user_ref> ids{user_ref::id("1"), user_ref::id("3"), user_ref::id("4")};
    const std::vector<user_ref> names{"user_1", "user_2", "user_4"};
    for (const api_version api : {api_version::v1_1, api_version::v2}) {
        const std::string id = api == api_version::v2 ? "id" : "id_str";
        const std::string name = api == api_version::v2 ? "username" : "screen_name";
        const auto outcome_of_last = [api](const std::vector<user_ref>& users, const std::string& second) {
            const lookups outcomes = read_lookups(api, users, batch_of_three(api, second));
            check_found(outcomes.outcomes.at(0), plain_user(first_user));
            return outcomes.outcomes.at(2).outcome;
        };
        // User 2 was not asked for: it may stand in for user 4.
        CHECK(outcome_of_last(ids, user_writer(api, 2).user()) == lookup_outcome::failed);
        CHECK(outcome_of_last(ids, user_writer(api, 2).odd(id, "\"x\"").user()) == lookup_outcome::failed);
        CHECK(outcome_of_last(ids, "7") == lookup_outcome::failed);
        // An exact name identifies the user, readable id or not.
        const std::vector<user_ref> all{"user_1", "user_2", "user_4", "user_3"};
        CHECK(outcome_of_last(all, user_writer(api, 2).odd(id, "\"x\"").user()) == lookup_outcome::not_found);
        CHECK(
            outcome_of_last(all, user_writer(api, 2).odd(name, "\"user_2\\u0000\"").user()) == lookup_outcome::failed);
        CHECK(outcome_of_last(all, user_writer(api, 2).odd(name, "7").user()) == lookup_outcome::failed);
        CHECK(outcome_of_last(all, user_writer(api, 2).user()) == lookup_outcome::not_found);
    }
}

TEST_CASE("odd users: a name that two users have belongs to neither")
{
    for (const api_version api : {api_version::v1_1, api_version::v2}) {
        const std::string name = api == api_version::v2 ? "username" : "screen_name";
        const std::string body = batch_of_three(api, user_writer(api, 2).odd(name, "\"User_1\"").user());
        const lookups outcomes = read_lookups(api, {"user_1", "user_3"}, body);
        check_failed(outcomes.outcomes.at(0));
        check_found(outcomes.outcomes.at(1), plain_user(last_user));
    }
}

TEST_CASE("odd users: problems that cannot be read leave open which user they are about")
{
    const std::string three = user_writer(api_version::v2, 1).user();
    const std::vector<user_ref> users{user_ref::id("1"), user_ref::id("2")};
    for (const char* errors : {"{}", "7", "[7]", "[null]", R"([{"detail":"no"}])", R"([{"value":"x","value":"2"}])"}) {
        CAPTURE(errors);
        const lookups outcomes =
            read_lookups(api_version::v2, users, "{\"data\":[" + three + "],\"errors\":" + errors + '}');
        check_found(outcomes.outcomes.at(0), plain_user(first_user));
        CHECK(outcomes.outcomes.at(1).outcome == lookup_outcome::failed);
        CHECK(outcomes.outcomes.at(1).why);
    }
    const lookups outcomes = read_lookups(api_version::v2, users, "{\"data\":[" + three + "],\"errors\":[]}");
    CHECK(outcomes.outcomes.at(1).outcome == lookup_outcome::not_found);
}
