// What the bot reads of its own timeline, and how long it waits for a limit.
#include "greeter_bot/limit_wait.hpp"
#include "greeter_bot/timelines.hpp"

#include <doctest/doctest.h>

using namespace greeter_bot;
using coauth::errc;
using coauth::error;

TEST_CASE("greeter_bot: own replies are read in both APIs")
{
    using coauth::twitter::api_version;
    replies found;
    auto next = add_replies(api_version::v2, R"({"data":[{"id":"9","referenced_tweets":[{"type":"quoted","id":"1"},
        {"type":"replied_to","id":"5"}]},{"id":"8"}],"meta":{"next_token":"more"}})",
        found);
    CHECK(next == "more");
    next = add_replies(api_version::v2, R"({"meta":{"result_count":0}})", found);
    CHECK_FALSE(next);
    next = add_replies(api_version::v1_1,
        R"([{"id_str":"19","in_reply_to_status_id_str":"6"},{"id_str":"18","in_reply_to_status_id_str":null}])", found);
    CHECK(next == "17");
    next = add_replies(api_version::v1_1, "[]", found);
    CHECK_FALSE(next);
    CHECK(found == replies{{"5", "9"}, {"6", "19"}});
    for (const auto* bad : {"", "[]", "{}", "1", R"({"data":{}})", R"({"data":[],"meta":7})"})
        CHECK_THROWS_AS(add_replies(api_version::v2, bad, found), error);
    for (const auto* bad : {"", "{}", "1"})
        CHECK_THROWS_AS(add_replies(api_version::v1_1, bad, found), error);
}

TEST_CASE("greeter_bot: an odd tweet of its own costs no other")
{
    using coauth::twitter::api_version;
    replies found;
    CHECK_FALSE(add_replies(api_version::v2, R"({"data":[1,{},{"id":"x"},{"id":"9","id":"9"},{"id":"8","text":"\ud83d",
        "referenced_tweets":[7,{"type":["replied_to"],"id":"4"},{"type":"replied_to","id":"5"}]}]})",
        found));
    CHECK(add_replies(api_version::v1_1, R"([1,{},{"id_str":"x"},{"id_str":"18","in_reply_to_status_id_str":"x"},
        {"id_str":"19","text":"\ud83d","in_reply_to_status_id_str":"6"}])",
              found) == "17");
    CHECK(found == replies{{"5", "8"}, {"6", "19"}});
}

TEST_CASE("limit_wait: a limit without a time is waited for a minute, then twice as long each time, up to a window")
{
    using std::chrono::seconds;
    const error limited(errc::rate_limited);
    const int expected[] = {60, 120, 240, 480, 900, 900, 900};
    for (int earlier = 0; earlier < 7; ++earlier) {
        CAPTURE(earlier);
        CHECK(limit_wait(limited, earlier) == seconds(expected[earlier]));
        CHECK(limit_wait(limited.with_retry_after(seconds(0)), earlier) == seconds(expected[earlier]));
        CHECK(limit_wait(limited.with_retry_after(seconds(-9)), earlier) == seconds(expected[earlier]));
        // A short time is believed once; a long one always.
        CHECK(limit_wait(limited.with_retry_after(seconds(1)), earlier) ==
              seconds(earlier == 0 ? 1 : expected[earlier - 1]));
        CHECK(limit_wait(limited.with_retry_after(seconds(5'000)), earlier) == seconds(5'000));
    }
}
