// A login of one provider at the address of another: an attack that sends one provider's code to the next.
#include "unit/site/login_site_fixture.hpp"

#include <chrono>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using namespace coauth::testing;

TEST_CASE("login_site: a callback of one provider finishes no login of another")
{
    login_site_fixture f;
    const std::string token = f.begin("/login/other");
    for (const char* target : {"/callback?", "/callback/x?"}) {
        const auto refused = f.handle(f.make("GET", target + token + "&oauth_verifier=1"));
        REQUIRE(refused);
        CHECK(refused->status == 400);
    }
    CHECK(f.x->exchanges == 0);
    CHECK_FALSE(f.user());
    CHECK(f.handle(f.make("GET", "/callback/other?" + token + "&oauth_verifier=1"))->status == 303);
    CHECK(f.user()->provider == "other");
}

TEST_CASE("login_site: the key of a login is of no use at another provider, in the form of either")
{
    login_site_fixture f;
    f.code->expected_callback = "https://example.org/callback/code";
    const auto key_of = [&f](const std::string& name, const std::string& parameter) {
        const auto pressed = f.handle(f.make("POST", "/login/" + name));
        const std::string url(pressed->headers.get("Location"));
        const auto start = url.find(parameter + '=') + parameter.size() + 1;
        return url.substr(start, url.find('&', start) - start);
    };
    struct row {
        const char* name; // where the login began
        std::string key;
        std::vector<const char*> elsewhere;
    };
    const row rows[] = {
        {"x", key_of("x", "oauth_token"), {"other", "code"}},
        {"other", key_of("other", "oauth_token"), {"x", "code"}},
        {"code", key_of("code", "state"), {"x", "other"}},
    };
    const auto callback = [&f](const std::string& name, const std::string& key, const std::string& id) {
        const std::string query =
            name == "code" ? "state=" + key + "&code=" + id : "oauth_token=" + key + "&oauth_verifier=" + id;
        return f.handle(f.make("GET", "/callback/" + name + '?' + query))->status;
    };
    for (const row& each : rows)
        for (const char* name : each.elsewhere) {
            CAPTURE(each.name);
            CAPTURE(name);
            CHECK(callback(name, each.key, "1") == 400);
        }
    CHECK(f.x->exchanges == 0);
    CHECK(f.other->exchanges == 0);
    CHECK(f.code->exchanges == 0);
    CHECK_FALSE(f.user());
    for (const row& each : rows) {
        CHECK(callback(each.name, each.key, "1") == 303);
        CHECK(f.user()->provider == each.name);
    }
}

TEST_CASE("login_site: a callback that names another provider is refused, exchanged with none, and in the log")
{
    login_site_fixture f;
    f.code->expected_callback = "https://example.org/callback/code";
    const auto callback = [&f](const std::string& more) {
        const auto pressed = f.handle(f.make("POST", "/login/code"));
        const std::string url(pressed->headers.get("Location"));
        const auto state = url.find("state=");
        const std::string query = url.substr(state, url.find('&', state) - state) + more;
        return f.handle(f.make("GET", "/callback/code?" + query))->status;
    };
    CHECK(callback("&code=7&iss=https://evil.example") == 400);
    CHECK(f.code->exchanges == 0);
    CHECK_FALSE(f.user());
    REQUIRE(f.lines.size() == 1);
    CHECK(contains(f.lines.front(), " login outcome=failed cause=invalid_argument provider=code "));
    // What is not a callback is in no line.
    CHECK(callback("&code=7&code=8") == 400);
    CHECK(f.lines.size() == 1);
    f.bench.clock->advance(60s);
    CHECK(callback("&code=7&iss=https://code.example") == 303);
}
