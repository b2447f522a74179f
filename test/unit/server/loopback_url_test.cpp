#include "server/loopback_url.hpp"

#include <doctest/doctest.h>

#include <string>

using coauth::server::parse_loopback_url;

TEST_CASE("loopback_url: a callback URL on loopback is parsed and written back")
{
    struct row {
        const char* url;
        const char* address;
        int port;
        const char* path;
        const char* with_port_8;
    };
    for (const row& r : {
             row{"http://127.0.0.1:0/callback", "127.0.0.1", 0, "/callback", "http://127.0.0.1:8/callback"},
             row{"http://127.1.2.3:65535/", "127.1.2.3", 65535, "/", "http://127.1.2.3:8/"},
             row{"http://localhost:80/a/b", "127.0.0.1", 80, "/a/b", "http://localhost:8/a/b"},
             row{"HTTP://LocalHost:1/a", "127.0.0.1", 1, "/a", "http://LocalHost:8/a"},
             row{"http://[::1]:9/a", "::1", 9, "/a", "http://[::1]:8/a"},
             row{"http://127.0.0.1:1/a%20b?x=%26&y", "127.0.0.1", 1, "/a%20b", "http://127.0.0.1:8/a%20b?x=%26&y"},
             row{"http://127.0.0.1:1/?", "127.0.0.1", 1, "/", "http://127.0.0.1:8/?"},
         }) {
        CAPTURE(r.url);
        const auto url = parse_loopback_url(r.url);
        REQUIRE(url.has_value());
        CHECK(url->address == r.address);
        CHECK(url->port == r.port);
        CHECK(url->path == r.path);
        CHECK(url->with_port(8) == r.with_port_8);
    }
}

TEST_CASE("loopback_url: a callback URL that a listener can't or must not serve is refused")
{
    for (const char* url : {
             "",
             "callback",
             "/callback",
             "127.0.0.1:1/callback",
             "http:/callback",
             "http://127.0.0.1/callback",
             "http://127.0.0.1:/callback",
             "http://127.0.0.1:65536/callback",
             "http://127.0.0.1:99999999999999999999/callback",
             "http://127.0.0.1:-1/callback",
             "http://127.0.0.1:1",
             "http://127.0.0.1:1?a=b",
             "https://127.0.0.1:1/callback",
             "ftp://127.0.0.1:1/callback",
             "http://me@127.0.0.1:1/callback",
             "http://127.0.0.1:1/callback#there",
             "http://127.0.0.1:1/call back",
             "http://127.0.0.1:1/%zz",
             "http://127.0.0.1:1/a\r\nb",
             "http://0.0.0.0:1/callback",
             "http://[::]:1/callback",
             "http://10.0.0.1:1/callback",
             "http://example.com:1/callback",
             "http://localhost.example.com:1/callback",
             "http://127.0.0.1.example.com:1/callback",
         }) {
        CAPTURE(url);
        const auto refused = parse_loopback_url(url);
        REQUIRE(refused.has_error());
        CHECK(refused.error().reason() == coauth::errc::invalid_argument);
    }
}
