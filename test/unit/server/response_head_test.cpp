#include "server/response_head.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace coauth::server;

namespace {

constexpr const char* date = "Sun, 06 Nov 1994 08:49:37 GMT";

response with_field(std::string name, std::string value)
{
    response r(200, "text/plain", "hello");
    r.headers.add(std::move(name), std::move(value));
    return r;
}

} // namespace

TEST_CASE("response_head: it has the status, the handler's fields and the server's")
{
    CHECK(response_head(with_field("X-One", "1"), true, date) ==
          "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nX-One: 1\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
          "Content-Length: 5\r\nConnection: keep-alive\r\n\r\n");
    CHECK(response_head(response(299, "a/b", ""), false, date) ==
          "HTTP/1.1 299 \r\nContent-Type: a/b\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
          "Content-Length: 0\r\nConnection: close\r\n\r\n");
}

TEST_CASE("response_head: a handler decides on Date but not on how the response is framed")
{
    response r;
    r.body = "hello";
    r.headers.add("date", "yesterday");
    r.headers.add("content-length", "99");
    r.headers.add("TRANSFER-ENCODING", "chunked");
    r.headers.add("Connection", "upgrade");
    r.headers.add("Keep-Alive", "timeout=9");
    CHECK(response_head(r, true, date) ==
          "HTTP/1.1 200 OK\r\ndate: yesterday\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\n");
}

TEST_CASE("response_head: 204 and 304 have no body and no length")
{
    for (const int status : {204, 304}) {
        response r;
        r.status = status;
        r.body = "ignored";
        CHECK(bodiless(status));
        CHECK(response_head(r, true, date).find("Content-Length") == std::string::npos);
    }
    CHECK_FALSE(bodiless(200));
}

TEST_CASE("response_head: a response that could be read as two is not well formed")
{
    struct row {
        std::string name, value;
        bool fine;
    };
    const row rows[] = {
        {"X-A", "plain", true},
        {"X-A", "", true},
        {"X-A", "tab\tand blank", true},
        {"X-A", "caf\xc3\xa9", true},
        {"X-A", "a\r\nSet-Cookie: b", false},
        {"X-A", "a\n", false},
        {"X-A", "\r", false},
        {"X-A", std::string("a\0b", 3), false},
        {"X-A", "a\x1b[0m", false},
        {"X-A", "\x7f", false},
        {"", "a", false},
        {"X A", "a", false},
        {"X-A:", "a", false},
        {"X-A\r\nB", "a", false},
        {"X-\xc3\xa9", "a", false},
    };
    for (const row& r : rows) {
        CAPTURE(r.name);
        CAPTURE(r.value);
        CHECK(well_formed(with_field(r.name, r.value)) == r.fine);
    }
}

TEST_CASE("response_head: a response has a final status")
{
    for (const int status : {200, 404, 599}) {
        response r;
        r.status = status;
        CHECK(well_formed(r));
    }
    for (const int status : {-1, 0, 100, 101, 199, 600, 1000}) {
        response r;
        r.status = status;
        CHECK_FALSE(well_formed(r));
    }
}

TEST_CASE("response_head: a handler can close the connection")
{
    CHECK(wants_close(with_field("connection", "Close")));
    CHECK_FALSE(wants_close(with_field("Connection", "keep-alive")));
    CHECK_FALSE(wants_close(response()));
}
