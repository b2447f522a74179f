#include "twitter/x_response.hpp"

#include <coauth/error.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace coauth;
using namespace coauth::twitter;

namespace {

x_response v1_1_user(std::string_view members)
{
    return read_x_response(api_version::v1_1, one_user, "{\"id\":1," + std::string(members) + '}', 1);
}

} // namespace

TEST_CASE("x_response: a text of any length, with an escape at any place, comes whole")
{
    for (const std::size_t length : {1U, 15U, 255U, 256U, 257U, 5'000U, 70'000U})
        for (const std::size_t escape : {std::size_t(0), length / 2, length - 1}) {
            std::string text(length, 'x');
            text[escape] = '/';
            std::string written = text;
            written.replace(escape, 1, "\\/");
            const auto response =
                v1_1_user("\"a\\/b\":\"" + written + "\",\"descr\\u0069ption\":\"" + written + "\",\"name\":\"n\"");
            REQUIRE(response.users.front().profile.description == text);
            CHECK(response.users.front().profile.name == "n");
        }
}

TEST_CASE("x_response: a member counts in its own place only")
{
    const auto response = v1_1_user(
        R"("status":{"id":7,"id_str":"8","name":"other","url":"https://other/","user":{"id":9,"verified":true}},
           "urls":[{"expanded_url":"https://other/"}],"expanded_url":"https://other/","users":[{"id":3}],
           "entities":{"description":{"urls":[{"expanded_url":"https://other/"}]},"verified":true,
                       "url":{"id":4,"urls":[{"urls":[{"expanded_url":"https://other/"}]}]}},
           "list":[[{"id_str":"5"}],{"id_str":"6","name":"other"}],"name":"own")");
    REQUIRE(response.users.size() == 1);
    const listed_user& user = response.users.front();
    CHECK(user.profile.id == "1");
    CHECK(user.profile.name == "own");
    CHECK_FALSE(user.profile.url);
    CHECK_FALSE(user.profile.verified);
    CHECK(user.id_fault.empty());
}

TEST_CASE("x_response: of several links the first counts, and it must be an object")
{
    const auto link_of = [](const char* links) {
        const auto response =
            v1_1_user(std::string(R"("url":"https://short/","entities":{"url":{"urls":)") + links + "}}");
        return response.users.front().profile.url.value_or("");
    };
    CHECK(link_of(R"([{"expanded_url":"https://a/"},{"expanded_url":"https://b/"}])") == "https://a/");
    for (const char* first : {"null", "7", "true", "\"https://b/\"", "[]", "[{}]", "{}", R"({"expanded_url":null})",
             R"({"expanded_url":"https://a/","expanded_url":"https://a/"})"}) {
        CAPTURE(first);
        CHECK(link_of(('[' + std::string(first) + R"(,{"expanded_url":"https://b/"}])").c_str()) == "https://short/");
    }
}

TEST_CASE("x_response: a member named twice in one user does not affect the next")
{
    const auto response = read_x_response(api_version::v1_1, user_list,
        R"([{"id":1,"name":"A","name":"A","id_str":"1","url":"https://a/"},{"id":2,"name":"B"},{"id":3,"id":3},{"id":4}])",
        0);
    REQUIRE(response.users.size() == 4);
    CHECK(response.users[0].profile.name == "1");
    CHECK(response.users[1].profile.name == "B");
    CHECK_FALSE(response.users[1].profile.url);
    CHECK(response.users[2].id_fault == "named more than once");
    CHECK(response.users[3].id_fault.empty());
    CHECK(response.users[3].profile.id == "4");
}

TEST_CASE("x_response: a body that needs repair is read from its beginning")
{
    const auto response = read_x_response(
        api_version::v2, user_list, R"({"data":[{"id":"1"},{"id":"2","name":"\ud83d"}],"errors":[{}]})", 2);
    REQUIRE(response.users.size() == 2);
    CHECK(response.users[1].profile.name == "\xef\xbf\xbd");
    CHECK(response.problems.size() == 1);
}
