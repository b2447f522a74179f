#include <coauth/server/listen_address.hpp>

#include <doctest/doctest.h>

#include <string>

using coauth::errc;
using coauth::server::listen_address;

TEST_CASE("listen_address: an IP address and a port, IPv6 in brackets")
{
    struct {
        const char* text;
        const char* address;
        int port;
        bool loopback;
    } const rows[] = {
        {"127.0.0.1:8080", "127.0.0.1", 8080, true},
        {"127.9.9.9:0", "127.9.9.9", 0, true},
        {"0.0.0.0:65535", "0.0.0.0", 65535, false},
        {"[::1]:443", "::1", 443, true},
        {"[::]:1", "::", 1, false},
    };
    for (const auto& row : rows) {
        CAPTURE(std::string(row.text));
        const auto read = listen_address::parse(row.text);
        REQUIRE(read.has_value());
        CHECK(read->address == row.address);
        CHECK(read->port == row.port);
        CHECK(read->is_loopback() == row.loopback);
    }
}

TEST_CASE("listen_address: all else is refused")
{
    for (const char* text :
        {"", ":", ":80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:80 ",
            "localhost:80", "::1:80", "[::1]", "[127.0.0.1]:80", "[]:80", "1.2.3:80", "http://127.0.0.1:80"}) {
        CAPTURE(std::string(text));
        const auto read = listen_address::parse(text);
        REQUIRE_FALSE(read.has_value());
        CHECK(read.error().reason() == errc::invalid_argument);
    }
}
