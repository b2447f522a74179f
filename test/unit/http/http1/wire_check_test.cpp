#include "http/http1/request_text.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

using namespace coauth;
using http::check_for_the_wire;

namespace {

http::request good()
{
    http::request r;
    r.origin.host = "api.x.com";
    return r;
}

bool refused(const http::request& r)
{
    const auto checked = check_for_the_wire(r);
    return !checked && checked.error().reason() == errc::invalid_argument;
}

std::string text_of(const http::request& r)
{
    std::string out;
    http::append_request_text(r, out);
    return out;
}

bool is_token_character(int c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           (c != 0 && std::string_view("!#$%&'*+-.^_`|~").find(static_cast<char>(c)) != std::string_view::npos);
}

} // namespace

TEST_CASE("check_for_the_wire: an ordinary request passes")
{
    auto r = good();
    CHECK(check_for_the_wire(r).has_value());
    r.method = "POST";
    r.target = "/1.1/statuses/update.json?status=a%20b&x=[1]&y={2}|";
    r.headers.add("Authorization", "OAuth realm=\"\", oauth_nonce=\"~\"");
    r.headers.add("X-Empty", "");
    r.headers.add("X-Tab", "a\tb");
    r.headers.add("X-Text", "caf\xc3\xa9");
    r.body = std::string("any\0thing\r\n", 11);
    r.deadline = std::chrono::milliseconds(1);
    CHECK(check_for_the_wire(r).has_value());
}

TEST_CASE("check_for_the_wire: each of the 256 octets, in each part of a request")
{
    for (int c = 0; c < 256; ++c) {
        CAPTURE(c);
        const std::string byte(1, static_cast<char>(c));
        auto r = good();
        r.method = "G" + byte;
        CHECK(refused(r) == !is_token_character(c));

        r = good();
        r.headers.add("X" + byte, "v");
        CHECK(refused(r) == !is_token_character(c));

        r = good();
        r.headers.add("X", "a" + byte + "b");
        CHECK(refused(r) == ((c < 0x20 && c != '\t') || c == 0x7f));

        r = good();
        r.target = "/a" + byte + "b";
        const bool must_be_encoded =
            c <= 0x20 || c >= 0x7f || std::string_view("\"#%<>\\^`{|}").find(byte) != std::string_view::npos;
        CHECK(refused(r) == must_be_encoded);

        r = good();
        r.target = "/?a" + byte + "b";
        CHECK(refused(r) == (c <= 0x20 || c >= 0x7f || c == '#' || c == '%'));
    }
}

// Texts of which a compiler takes 8, 16 or 32 octets at once, and some are left over.
TEST_CASE("check_for_the_wire: each of the 256 octets, at each place in a long value")
{
    for (const char around : {'a', '\t', ' ', '\x7e', '\x80', '\xff'})
        for (const std::size_t size : {1u, 7u, 8u, 15u, 16u, 17u, 24u, 31u, 33u, 40u})
            for (std::size_t at = 0; at < size; ++at)
                for (int c = 0; c < 256; ++c) {
                    std::string value(size, around);
                    value[at] = static_cast<char>(c);
                    auto r = good();
                    r.headers.add("X", value);
                    if (refused(r) != ((c < 0x20 && c != '\t') || c == 0x7f))
                        FAIL_CHECK("octet " << c << " at " << at << " of " << size << " times " << int(around));
                }
}

TEST_CASE("check_for_the_wire: each of the 256 octets, at each place in a long query")
{
    for (const char around : {'z', '!', '~', '?'})
        for (const std::size_t size : {1u, 7u, 8u, 15u, 16u, 17u, 24u, 31u, 33u, 40u})
            for (std::size_t at = 0; at < size; ++at)
                for (int c = 0; c < 256; ++c) {
                    std::string query(size, around);
                    query[at] = static_cast<char>(c);
                    auto r = good();
                    r.target = "/?" + query;
                    if (refused(r) != (c <= 0x20 || c >= 0x7f || c == '#' || c == '%'))
                        FAIL_CHECK("octet " << c << " at " << at << " of " << size << " times " << int(around));
                }
}

TEST_CASE("check_for_the_wire: a target is in origin form")
{
    for (const char* target :
        {"", "*", "a", "http://api.x.com/", "api.x.com:443", "?a", "/%", "/%4", "/%4g", "/a?%", "/a#b"}) {
        CAPTURE(target);
        auto r = good();
        r.target = target;
        CHECK(refused(r));
    }
    auto r = good();
    r.target = "/%4F?%4f";
    CHECK(check_for_the_wire(r).has_value());
}

TEST_CASE("check_for_the_wire: headers that decide where a message ends are refused")
{
    for (const char* name : {"Host", "host", "Content-Length", "content-length", "Transfer-Encoding", "Connection",
             "Keep-Alive", "Proxy-Connection", "Proxy-Authorization", "Upgrade", "TE", "Trailer", "Expect"}) {
        CAPTURE(name);
        auto r = good();
        r.headers.add(name, "x");
        CHECK(refused(r));
    }
    auto r = good();
    r.headers.add("", "x");
    CHECK(refused(r));
}

TEST_CASE("check_for_the_wire: plain http, malformed hosts, CONNECT and deadlines out of range are refused")
{
    auto r = good();
    r.origin.https = false;
    CHECK(refused(r));
    r.origin.host = "127.0.0.1";
    CHECK(check_for_the_wire(r).has_value());
    r.origin.port = 0;
    CHECK(refused(r));

    r = good();
    r.origin.host = "api.x.com\r\nX: y";
    CHECK(refused(r));
    r.origin.host.clear();
    CHECK(refused(r));

    r = good();
    r.method = "CONNECT";
    CHECK(refused(r));

    r = good();
    r.deadline = std::chrono::milliseconds(-1);
    CHECK(refused(r));
    r.deadline = std::chrono::milliseconds::max();
    CHECK(refused(r));
}

TEST_CASE("check_for_the_wire: the error does not repeat the value that it refuses")
{
    auto r = good();
    r.headers.add("Authorization", "hush\n");
    const auto checked = check_for_the_wire(r);
    REQUIRE_FALSE(checked.has_value());
    CHECK(std::string(checked.error().what()).find("hush") == std::string::npos);
    CHECK(std::string(checked.error().what()).find("Authorization") != std::string::npos);
}

TEST_CASE("request_text: a request is written as in RFC 9112, with the fields that it needs")
{
    auto r = good();
    r.target = "/a?b=c";
    r.headers.add("Accept", "*/*");
    CHECK(text_of(r) == "GET /a?b=c HTTP/1.1\r\nHost: api.x.com\r\nAccept: */*\r\n\r\n");

    r.method = "POST";
    r.origin.port = 8443;
    CHECK(text_of(r) == "POST /a?b=c HTTP/1.1\r\nHost: api.x.com:8443\r\nAccept: */*\r\nContent-Length: 0\r\n\r\n");
    r.body = "x=1";
    CHECK(text_of(r) == "POST /a?b=c HTTP/1.1\r\nHost: api.x.com:8443\r\nAccept: */*\r\nContent-Length: 3\r\n\r\nx=1");
    r.method = "DELETE";
    r.body.clear();
    CHECK(text_of(r).find("Content-Length") == std::string::npos);
}

TEST_CASE("connect_text: a proxy is asked for host and port, always both")
{
    http::origin to;
    to.host = "api.x.com";
    CHECK(http::connect_text(to) == "CONNECT api.x.com:443 HTTP/1.1\r\nHost: api.x.com:443\r\n\r\n");
    to.host = "2001:db8::1";
    to.port = 8443;
    CHECK(http::connect_text(to) == "CONNECT [2001:db8::1]:8443 HTTP/1.1\r\nHost: [2001:db8::1]:8443\r\n\r\n");
}
