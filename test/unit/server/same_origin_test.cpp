#include <coauth/server/same_origin.hpp>

#include <doctest/doctest.h>

#include <string>

namespace server = coauth::server;

TEST_CASE("same_origin: a form from another site is recognised by the browser's headers")
{
    struct {
        const char* site;
        const char* origin;
        bool own;
    } const cases[] = {
        {"", "", true},
        {"", "https://127.0.0.1:1", true},
        {"", "https://127.0.0.1:2", false},
        {"", "http://127.0.0.1:1", false},
        {"", "https://127.0.0.1:1.evil.example", false},
        {"", "null", false},
        {"same-origin", "null", true},
        {"same-origin", "https://127.0.0.1:1", true},
        {"same-site", "", false},
        {"cross-site", "https://127.0.0.1:1", false},
        {"none", "", false},
    };
    for (const auto& c : cases) {
        CAPTURE(std::string(c.site));
        CAPTURE(std::string(c.origin));
        server::request r;
        if (*c.site)
            r.headers.add("Sec-Fetch-Site", c.site);
        if (*c.origin)
            r.headers.add("Origin", c.origin);
        CHECK(server::came_from_same_origin(r, "https://127.0.0.1:1") == c.own);
        CHECK(server::hides_origin(r) == (std::string_view(c.site).empty() && std::string_view(c.origin) == "null"));
    }
}

TEST_CASE("same_origin: a header that is sent twice is not trusted")
{
    server::request site;
    site.headers.add("Sec-Fetch-Site", "same-origin");
    site.headers.add("Sec-Fetch-Site", "cross-site");
    CHECK_FALSE(server::came_from_same_origin(site, "https://a.example"));
    server::request origin;
    origin.headers.add("Origin", "https://a.example");
    origin.headers.add("Origin", "https://b.example");
    CHECK_FALSE(server::came_from_same_origin(origin, "https://a.example"));
    server::request empty;
    empty.headers.add("Origin", "");
    CHECK_FALSE(server::came_from_same_origin(empty, "https://a.example"));
}
