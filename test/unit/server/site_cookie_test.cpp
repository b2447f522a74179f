#include <coauth/server/site_cookie.hpp>

#include <doctest/doctest.h>

#include <string>

namespace server = coauth::server;
using coauth::errc;

namespace {

server::request request_with(std::string cookies)
{
    server::request r;
    r.headers.add("Cookie", std::move(cookies));
    return r;
}

} // namespace

TEST_CASE("site_cookie: over https it has the prefix that binds it to host and connection")
{
    const server::site_cookie plain("coauth_login", false);
    const server::site_cookie secure("coauth_login", true);
    CHECK(plain.name() == "coauth_login");
    CHECK(secure.name() == "__Host-coauth_login");
    CHECK(
        plain.set("abc", std::chrono::seconds(600)) == "coauth_login=abc; Path=/; Max-Age=600; HttpOnly; SameSite=Lax");
    CHECK(secure.set("abc", std::chrono::seconds(600)) ==
          "__Host-coauth_login=abc; Path=/; Max-Age=600; HttpOnly; SameSite=Lax; Secure");
    CHECK(secure.remove() == "__Host-coauth_login=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure");
}

TEST_CASE("site_cookie: it is read by its whole name, among any other cookies")
{
    const server::site_cookie cookie("sid", false);
    struct {
        const char* header;
        const char* value;
    } const rows[] = {
        {"sid=abc", "abc"},
        {"a=b; sid=abc; c=d", "abc"},
        {"a=b;sid=abc;c=d", "abc"},
        {"  sid = abc  ", "abc"},
        {"sid=", ""},
        {"sid", ""},
        {"", ""},
        {";;;", ""},
        {"SID=abc", ""},
        {"xsid=abc; sidx=abc", ""},
        {"__Host-sid=abc", ""},
        {"a=sid=abc", ""},
        {"sid=a=b", "a=b"},
    };
    for (const auto& row : rows) {
        CAPTURE(std::string(row.header));
        CHECK(cookie.read(request_with(row.header)).value() == row.value);
    }
    CHECK(cookie.read(server::request()).value() == "");
}

TEST_CASE("site_cookie: two of its name are refused, in one header or two, equal or not")
{
    const server::site_cookie cookie("sid", false);
    for (const char* header : {"sid=a; sid=b", "sid=a; sid=a", "sid=a; sid=", "sid=; sid=a", "sid=a;x=y; sid =b"}) {
        CAPTURE(std::string(header));
        const auto read = cookie.read(request_with(header));
        REQUIRE_FALSE(read.has_value());
        CHECK(read.error().reason() == errc::invalid_argument);
    }
    auto twice = request_with("sid=a");
    twice.headers.add("cookie", "sid=b");
    CHECK_FALSE(cookie.read(twice).has_value());
}

TEST_CASE("site_cookie: it is found among a thousand other cookies")
{
    std::string many;
    for (int i = 0; i < 1000; ++i)
        many += "c" + std::to_string(i) + "=v; ";
    const server::site_cookie cookie("sid", false);
    CHECK(cookie.read(request_with(many + "sid=abc")).value() == "abc");
    CHECK_FALSE(cookie.read(request_with("sid=x; " + many + "sid=abc")).has_value());
}
