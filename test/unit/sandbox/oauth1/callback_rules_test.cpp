#include "sandbox/oauth1/callback_rules.hpp"

#include <doctest/doctest.h>

using namespace coauth::sandbox;
using list = std::optional<std::vector<std::string>>;

TEST_CASE("sandbox callbacks: an app without a list may use any sensible URL")
{
    for (const auto* good : {"oob", "https://app.example/cb", "http://127.0.0.1:8080/callback", "http://[::1]:1/",
             "https://app.example", "https://app.example/cb?a=b&c", "myapp://callback", "com.example.app:/cb"}) {
        CAPTURE(std::string(good));
        CHECK(judge_callback(good, list()) == callback_verdict::accepted);
    }
    for (const auto* bad :
        {"", "OOB", "/relative", "app.example/cb", "https://", "https:///path", "javascript:alert(1)",
            "JavaScript:alert(1)", "data:text/html,x", "file:///etc/passwd", "vbscript:x", "mailto:a@example.com",
            "ftp://x/", "https://a.example/#x", "https://user:pw@a.example/", "https://a.example/ b",
            "https://a.example/\r\nX: y", "https://a.example/\xc3\xa9", "https://a.example:x/"}) {
        CAPTURE(std::string(bad));
        CHECK(judge_callback(bad, list()) == callback_verdict::not_approved);
    }
    CHECK(judge_callback("https://a.example/" + std::string(1100, 'x'), list()) == callback_verdict::not_approved);
}

TEST_CASE("sandbox callbacks: a list is matched character by character")
{
    const list registered = std::vector<std::string>{"https://app.example/cb", "javascript:alert(1)"};
    CHECK(judge_callback("https://app.example/cb", registered) == callback_verdict::accepted);
    CHECK(judge_callback("oob", registered) == callback_verdict::accepted);
    for (const auto* bad : {"https://app.example/cb/", "https://app.example/cb?x", "https://APP.example/cb",
             "http://app.example/cb", "https://app.example/c", "javascript:alert(1)"}) {
        CAPTURE(std::string(bad));
        CHECK(judge_callback(bad, registered) == callback_verdict::not_approved);
    }
}

TEST_CASE("sandbox callbacks: a desktop app may use PINs only")
{
    const list none = std::vector<std::string>{};
    CHECK(judge_callback("oob", none) == callback_verdict::accepted);
    CHECK(judge_callback("https://app.example/cb", none) == callback_verdict::only_oob);
}

TEST_CASE("sandbox callbacks: the parameters are added to the query that is there")
{
    CHECK(append_query("https://a.example/cb", "x=1") == "https://a.example/cb?x=1");
    CHECK(append_query("https://a.example/cb?", "x=1") == "https://a.example/cb?x=1");
    CHECK(append_query("https://a.example/cb?a=b", "x=1") == "https://a.example/cb?a=b&x=1");
    CHECK(append_query("https://a.example/cb?a=b&", "x=1") == "https://a.example/cb?a=b&x=1");
    CHECK(append_query("myapp:cb", "x=1") == "myapp:cb?x=1");
    CHECK(scheme_source("MyApp://x") == "myapp:");
}
