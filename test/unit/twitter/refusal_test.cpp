#include "twitter/refusal.hpp"

#include <coauth/text/utf8.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace coauth::twitter;

TEST_CASE("refusal: a refusal is read in every shape that providers use")
{
    struct row {
        const char* body;
        int code; // -1: none
        const char* words;
        const char* problem;
        bool page;
    };
    const row table[] = {
        // 1.1
        {R"({"errors":[{"code":32,"message":"Could not authenticate you."}]})", 32, "Could not authenticate you.", "",
            false},
        {R"({"errors":[{"message":"no code"},{"code":89,"message":"Invalid or expired token."}]})", 89,
            "Invalid or expired token.", "", false},
        {R"({"errors":[{"code":99,"message":"Unable","label":"authenticity_token_error"}]})", 99, "Unable", "", false},
        {R"({"errors":"Sorry, that page does not exist"})", -1, "Sorry, that page does not exist", "", false},
        {R"({"errors":["plain"]})", -1, "plain", "", false},
        // older
        {R"({"error":"Not authorized","request":"/1/x.json"})", -1, "Not authorized", "", false},
        {R"({"error":{"message":"deep","code":215}})", 215, "deep", "", false},
        {R"({"error":[{"message":"a"},{"message":"in a list","code":88}]})", 88, "in a list", "", false},
        {R"({"message":"bare"})", -1, "bare", "", false},
        {R"({"error":"invalid_request","error_description":"what"})", -1, "invalid_request", "", false},
        // 2
        {R"({"title":"Unauthorized","type":"about:blank","status":401,"detail":"Unauthorized"})", -1, "Unauthorized",
            "about:blank", false},
        {R"({"title":"UsageCapExceeded","detail":"Usage cap exceeded: Monthly product cap","type":"https://api.twitter.com/2/problems/usage-capped"})",
            -1, "Usage cap exceeded: Monthly product cap", "usage-capped", false},
        {R"({"errors":[{"parameters":{"id":["abc"]},"message":"The `id` is not valid"}],"title":"Invalid Request","detail":"One or more","type":"https://api.x.com/2/problems/invalid-request"})",
            -1, "The `id` is not valid", "invalid-request", false},
        {R"({"errors":[{"value":"1","detail":"Could not find","title":"Not Found Error","type":"https://api.x.com/2/problems/resource-not-found"}]})",
            -1, "Could not find", "resource-not-found", false},
        // plain text
        {"Error processing your OAuth request: Invalid oauth_verifier parameter\n", -1,
            "Error processing your OAuth request: Invalid oauth_verifier parameter", "", false},
        {"Failed to validate oauth signature and token", -1, "Failed to validate oauth signature and token", "", false},
        {"\"a JSON text\"", -1, "a JSON text", "", false},
        // XML
        {"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<hash>\n  <request>/oauth/access_token</request>\n  "
         "<error>Invalid / expired "
         "Token</error>\n</hash>",
            -1, "Invalid / expired Token", "", false},
        {"<?xml version='1.0'?><errors><error code=\"415\">Callback URL not approved for this client &amp; "
         "app</error></errors>",
            415, "Callback URL not approved for this client & app", "", false},
        {"<hash><error>Desktop applications only support the oauth_callback value 'oob'</error></hash>", -1,
            "Desktop applications only support the oauth_callback value 'oob'", "", false},
        // pages and nothing
        {"<!DOCTYPE html><html><head><title> 502 Bad\nGateway </title></head></html>", -1, "502 Bad\nGateway", "",
            true},
        {"  <HTML><body>down</body></HTML>", -1, "", "", true},
        {"<unknown>", -1, "", "", false},
        {"", -1, "", "", false},
        {" \r\n", -1, "", "", false},
        // hostile
        {R"({"errors":[]})", -1, "", "", false},
        {R"({"errors":[null]})", -1, "", "", false},
        {R"({"errors":[{"code":1e400,"message":5}]})", -1, "", "", false},
        {R"({"errors":[{"code":-1}]})", -1, "", "", false},
        {R"({"errors":[{"code":99999999999}]})", -1, "", "", false},
        {R"({"errors":[{"code":"32"}]})", -1, "", "", false},
        {R"({"errors":{"message":"an object"}})", -1, "an object", "", false},
        {R"([1,2])", -1, "", "", false},
        {R"({"errors":[{"code":89,"message":"half \ud83d"}]})", 89, "half \xef\xbf\xbd", "", false},
        {"{\"errors\":[{\"code\":89,\"message\":\"raw \x01\xff\"}]}", 89, "raw \x01\xff", "", false},
        {R"({"errors":[{"code":89,"message":"a","message":"b"}],"x":1,"x":2})", 89, "", "", false},
        {R"({"errors":[{"code":89,"code":32,"message":"a"}]})", -1, "a", "", false},
        {"<error", -1, "", "", false},
        {"<error>", -1, "", "", false},
        {"<error code=\"x\">a</error>", -1, "a", "", false},
        {"<error code=\"99999999999\">a</error>", -1, "a", "", false},
        {"{\"errors\":[{\"code\":32", -1, "{\"errors\":[{\"code\":32", "", false},
    };
    for (const row& r : table) {
        CAPTURE(r.body);
        const refusal said = read_refusal(r.body);
        CHECK(said.code.value_or(-1) == r.code);
        CHECK(said.problem == r.problem);
        CHECK(said.page == r.page);
        if (std::string_view(r.body).find("error_description") == std::string_view::npos)
            CHECK(said.words == r.words);
    }
}

TEST_CASE("refusal: a problem says which user it is about")
{
    CHECK(read_refusal(R"({"errors":[{"value":"jack","resource_id":"12"}]})").about == "jack");
    CHECK(read_refusal(R"({"errors":[{"resource_id":"12"}]})").about == "12");
    CHECK(read_refusal(R"({"errors":[{"value":12}]})").about == "");
}

TEST_CASE("refusal: a huge or deep body is read within bounds")
{
    CHECK(read_refusal(std::string(3'000'000, 'a')).words.size() <= 64 * 1024);
    CHECK_FALSE(read_refusal(std::string(100'000, '[')).code);
    CHECK_FALSE(read_refusal(std::string(100'000, '<')).page);
}
