// What follows from an error.
#include "greeter_bot/verdict.hpp"
#include "twitter/read_error.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <map>
#include <string>
#include <utility>

using namespace greeter_bot;
using coauth::errc;
using coauth::error;

namespace {

// What the client throws for a post that was refused with this body.
error refused_post(int status, std::string body)
{
    coauth::http::response refusal;
    refusal.status = status;
    refusal.body = std::move(body);
    coauth::twitter::circumstances circumstances;
    circumstances.writes = true;
    return coauth::twitter::read_error(refusal, circumstances);
}

} // namespace

TEST_CASE("greeter_bot: of all the provider's codes only those about the mention skip it")
{
    const std::map<int, verdict> known = {{187, verdict::done}, {136, verdict::skip}, {144, verdict::skip},
        {179, verdict::skip}, {385, verdict::skip}, {421, verdict::skip}, {422, verdict::skip}, {425, verdict::skip},
        {433, verdict::skip}, {88, verdict::wait}, {185, verdict::later}, {226, verdict::later}, {344, verdict::later},
        {130, verdict::later}, {131, verdict::later}, {63, verdict::put_off}, {64, verdict::stop}, {87, verdict::stop},
        {89, verdict::stop}, {220, verdict::stop}, {231, verdict::stop}, {261, verdict::stop}, {326, verdict::stop},
        {453, verdict::stop}, {186, verdict::put_off}, {34, verdict::put_off}, {161, verdict::put_off},
        {9999, verdict::put_off}};
    for (int code = 0; code < 10'000; ++code)
        for (const int status : {403, 404}) {
            CAPTURE(code);
            const std::string body = R"({"errors":[{"code":)" + std::to_string(code) + R"(,"message":"words"}]})";
            const verdict judged = judge_reply(refused_post(status, body));
            const auto row = known.find(code);
            if (row != known.end())
                CHECK(judged == row->second);
            else if (judged == verdict::skip || judged == verdict::done)
                FAIL_CHECK("a mention would be lost");
        }
}

TEST_CASE("greeter_bot: of the provider's words only those about the mention skip it")
{
    struct row {
        int status;
        const char* words;
        verdict expected;
    };
    const row table[] = {
        {403, "You attempted to reply to a Tweet that is deleted or not visible to you.", verdict::skip},
        {403, "You attempted to reply to a Post that is deleted or not visible to you.", verdict::skip},
        {404, "Could not find tweet with id: [20].", verdict::skip},
        {404, "Not Found Error", verdict::skip},
        {403, "Sorry, you are not authorized to see the Tweet with id: [20].", verdict::skip},
        {403, "Authorization Error", verdict::skip},
        {403, "This Post is no longer available.", verdict::skip},
        {403, "You have been blocked from the author's account from performing this action.", verdict::skip},
        {403, "This user has blocked you", verdict::skip},
        {403, "Reply to this conversation is not allowed because you have not been mentioned", verdict::skip},
        {403, "The original Tweet author restricted who can reply to this Tweet.", verdict::skip},
        {403, "You are not allowed to create a Tweet with duplicate content.", verdict::done},
        {403, "Your account is locked for duplicate content", verdict::stop},
        {403, "User has been suspended: [11].", verdict::put_off},
        {404, "User has been suspended: [11].", verdict::put_off},
        {403, "The author of this post is suspended.", verdict::put_off},
        {403, "Your account has been suspended", verdict::stop},
        {403, "This app has been suspended", verdict::stop},
        {403, "Your account is suspended and is not permitted to access this feature.", verdict::stop},
        {403, "To protect our users from spam, this account is temporarily locked.", verdict::stop},
        {403, "Your app may not reply to this post", verdict::put_off},
        {403, "You are not permitted to perform this action.", verdict::put_off},
        {403, "You have been blocked", verdict::put_off},
        {403, "Forbidden", verdict::put_off},
        {403, "", verdict::put_off},
        {404, "Not Found", verdict::put_off},
        {403, "This endpoint is no longer available", verdict::put_off},
        {403, "Your Tweet text is too long.", verdict::put_off},
        {400, "One or more parameters to your request was invalid.", verdict::put_off},
        {403, "This request looks like it might be automated.", verdict::later},
        {403, "You have reached your daily limit for posts", verdict::later},
        {429, "You are over the daily limit for posts", verdict::later},
        {429, "Too Many Requests", verdict::wait},
        {401, "Unauthorized", verdict::stop},
        {403, "Your client app is not configured with the appropriate oauth1 app permissions", verdict::stop},
        {503, "Over capacity", verdict::later},
    };
    for (const row& r : table) {
        CAPTURE(r.words);
        const std::string text = R"("title":"T","detail":")" + std::string(r.words) + '"';
        CHECK(judge_reply(refused_post(r.status, '{' + text + R"(,"type":"about:blank"})")) == r.expected);
    }
    CHECK(judge_reply(refused_post(403, "<html><title>Forbidden</title></html>")) == verdict::put_off);
    CHECK(judge_reply(refused_post(404, "<html><title>Not Found</title></html>")) == verdict::put_off);
}

TEST_CASE(
    "greeter_bot: a mention that is neither listed nor found is gone, and other refusals without a reason put it off")
{
    CHECK(judge_reply(error(errc::not_found), false) == verdict::skip);
    CHECK(judge_reply(error(errc::forbidden), false) == verdict::put_off);
    CHECK(judge_reply(error(errc::provider_error), false) == verdict::put_off);
    CHECK(judge_reply(refused_post(403, R"({"errors":[{"code":63,"message":"words"}]})"), false) == verdict::put_off);
    CHECK(judge_reply(error(errc::timeout), false) == verdict::later);
    CHECK(judge_reply(error(errc::token_revoked), false) == verdict::stop);
}

TEST_CASE("greeter_bot: a page or a bare refusal of a request that reads ends the round and not the bot")
{
    const std::string page = "<html><title>Attention Required!</title></html>";
    const auto detail = [](const std::string& words) {
        return R"({"title":"T","detail":")" + words + R"(","type":"about:blank"})";
    };
    const auto code = [](int number) {
        return R"({"errors":[{"code":)" + std::to_string(number) + R"(,"message":"words"}]})";
    };
    struct row {
        int status;
        std::string body;
        verdict expected;
    };
    const row table[] = {
        {403, page, verdict::later},
        {404, page, verdict::later},
        {400, page, verdict::later},
        {451, page, verdict::later},
        {403, "", verdict::later},
        {404, "", verdict::later},
        {403, detail("Forbidden"), verdict::later},
        {404, detail("Not Found"), verdict::later},
        {403, code(226), verdict::later},
        {503, page, verdict::later},
        {403, detail("User has been suspended: [10]."), verdict::stop}, // the bot, whose mentions were asked for
        {403, code(63), verdict::stop},
        {403, detail("Your account is suspended and is not permitted to access this feature."), verdict::stop},
        {403, detail("To protect our users from spam, this account is temporarily locked."), verdict::stop},
        {403, detail("Your client app is not configured with the appropriate oauth1 app permissions"), verdict::stop},
        {403, code(64), verdict::stop},
        {403, code(87), verdict::stop},
        {403, code(220), verdict::stop},
        {403, code(231), verdict::stop},
        {403, code(326), verdict::stop},
        {403, code(453), verdict::stop},
        {404, code(34), verdict::stop},
        {401, code(89), verdict::stop},
        {401, detail("Unauthorized"), verdict::stop},
        {402, detail("no credits"), verdict::stop},
    };
    for (const row& r : table) {
        CAPTURE(r.status);
        CAPTURE(r.body);
        CHECK(judge_question(refused_post(r.status, r.body)) == r.expected);
    }
}

TEST_CASE("greeter_bot: what follows from an error without the provider's words")
{
    CHECK(judge_reply(error(errc::duplicate)) == verdict::done);
    for (const errc code : {errc::not_found, errc::forbidden, errc::provider_error})
        CHECK(judge_reply(error(code)) == verdict::put_off);
    CHECK(judge_reply(error(errc::rate_limited)) == verdict::wait);
    CHECK(judge_reply(error(errc::rate_limited).with_retry_after(std::chrono::seconds(900))) == verdict::wait);
    CHECK(judge_reply(error(errc::rate_limited).with_retry_after(std::chrono::hours(2))) == verdict::later);
    for (const errc code : {errc::timeout, errc::connection_lost, errc::malformed_response, errc::response_too_large,
             errc::provider_unavailable, errc::connect_failed, errc::resolve_failed})
        CHECK(judge_reply(error(code)) == verdict::later);
    for (const errc code :
        {errc::token_revoked, errc::access_level, errc::suspended, errc::account_locked, errc::invalid_credentials,
            errc::cancelled, errc::store_unavailable, errc::clock_skew, errc::tls_failed, errc::invalid_argument})
        CHECK(judge_reply(error(code)) == verdict::stop);
    for (const errc code : {errc::not_found, errc::forbidden, errc::provider_error})
        CHECK(judge_question(error(code)) == verdict::later);
    for (const errc code : {errc::duplicate, errc::suspended, errc::account_locked, errc::access_level})
        CHECK(judge_question(error(code)) == verdict::stop);
}
