#include "sandbox/tools/broken_responses.hpp"
#include "sandbox/tools/faults.hpp"

#include <coauth/error.hpp>

#include <doctest/doctest.h>

using namespace coauth::sandbox;

namespace {

const route* const me = route_named("/2/users/me");
const route* const leg3 = route_named("/oauth/access_token");

std::string struck(fault_script& script, const route* r, int calls)
{
    std::string pattern;
    for (int i = 0; i < calls; ++i)
        pattern += script.next(r) ? 'x' : '.';
    return pattern;
}

} // namespace

TEST_CASE("sandbox faults: of two that strike one call the first counts")
{
    fault_script script;
    script.set(read_faults(R"([{"route":"*","times":0,"status":500},{"route":"/2/users/me","status":503}])"));
    CHECK(script.next(me)->status == 500);
}

TEST_CASE("sandbox faults: strike the n-th call of their route, so many times")
{
    const std::pair<const char*, const char*> cases[] = {
        {R"([{"route":"/2/users/me","status":503}])", "x....."},
        {R"([{"route":"/2/users/me","nth":2,"times":1,"status":503}])", ".x...."},
        {R"([{"route":"/2/users/me","nth":3,"times":2,"status":503}])", "..xx.."},
        {R"([{"route":"/2/users/me","nth":2,"times":0,"status":503}])", ".xxxxx"},
        {R"([{"route":"*","times":3,"status":503}])", "xxx..."},
        {R"([{"route":"/oauth/access_token","times":0,"status":503}])", "......"},
        {R"([{"route":"/2/users/me","status":500},{"route":"/2/users/me","nth":4,"status":500}])", "x..x.."},
        {R"([{"route":"/2/users/me","nth":3,"times":9223372036854775807,"status":503}])", "..xxxx"},
        {"[]", "......"},
    };
    for (const auto& [json, expected] : cases) {
        const std::string shown_json(json);
        CAPTURE(shown_json);
        fault_script script;
        script.set(read_faults(json));
        CHECK(struck(script, me, 6) == expected);
    }
}

TEST_CASE("sandbox faults: each counts its own route only")
{
    fault_script script;
    script.set(read_faults(R"([{"route":"/oauth/access_token","nth":2,"action":"drop"}])"));
    CHECK(struck(script, me, 3) == "...");
    CHECK(struck(script, leg3, 3) == ".x.");
    CHECK(struck(script, nullptr, 2) == "..");
}

TEST_CASE("sandbox faults: all fields are read")
{
    const auto f = read_faults(R"([{"route":"/2/users/:id","nth":2,"times":3,"status":429,"delay_ms":50,"body":"b",
                                    "headers":{"Retry-After":"7"},"action":null}])")
                       .front();
    CHECK(f.faulty_route == route_named("/2/users/:id"));
    CHECK(f.nth == 2);
    CHECK(f.times == 3);
    CHECK(f.status == 429);
    CHECK(f.delay.count() == 50);
    CHECK(f.body == "b");
    CHECK(f.headers.front().second == "7");
    CHECK(f.action == fault_action::none);
}

TEST_CASE("sandbox faults: what is wrong is named")
{
    const std::pair<const char*, const char*> cases[] = {
        {"", "not JSON"},
        {"{}", "must be a JSON array"},
        {"[1]", "faults[0] must be an object"},
        {R"([{"status":500}])", "faults[0].route"},
        {R"([{"route":"/nope","status":500}])", "faults[0].route"},
        {R"([{"route":"*"}])", "must say what is to happen"},
        {R"([{"route":"*","status":99}])", "faults[0].status"},
        {R"([{"route":"*","status":"500"}])", "faults[0].status"},
        {R"([{"route":"*","nth":0,"status":500}])", "faults[0].nth"},
        {R"([{"route":"*","times":-1,"status":500}])", "faults[0].times"},
        {R"([{"route":"*","delay_ms":-1}])", "faults[0].delay_ms"},
        {R"([{"route":"*","action":"explode"}])", "faults[0].action"},
        {R"([{"route":"*","headers":[]}])", "faults[0].headers"},
        {R"([{"route":"*","headers":{"a":1}}])", "faults[0].headers"},
        {R"([{"route":"*","headers":{"a":"b\r\nc: d"}}])", "faults[0].headers"},
        {R"([{"route":"*","headers":{"a b":"c"}}])", "faults[0].headers"},
        {R"([{"route":"*","status":500,"statuss":500}])", "\"statuss\""},
    };
    for (const auto& [json, expected] : cases) {
        const std::string shown_json(json);
        CAPTURE(shown_json);
        std::string said;
        try {
            read_faults(json);
        } catch (const coauth::error& e) {
            said = e.message();
        }
        CAPTURE(said);
        CHECK(said.find(expected) != std::string::npos);
    }
}

TEST_CASE("sandbox faults: a truncated response announces more than it sends")
{
    coauth::server::response whole(200, "text/plain", "0123456789");
    const auto cut = truncated(whole);
    REQUIRE(cut.raw);
    CHECK(cut.raw->find("Content-Length: 10\r\n") != std::string::npos);
    CHECK(cut.raw->ends_with("\r\n\r\n01234"));
    CHECK(dropped().raw == "");
    CHECK_FALSE(garbage().raw->starts_with("HTTP"));
    coauth::server::response empty;
    CHECK(truncated(empty).raw->find("\r\n\r\n") == std::string::npos);
}
