#include "server/request_rules.hpp"

#include <boost/asio/error.hpp>
#include <boost/beast/http/error.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace coauth::server;

namespace {

using header_list = std::vector<std::pair<std::string, std::string>>;

int verdict(unsigned minor, const std::string& target, const header_list& headers)
{
    request r;
    r.method = "GET";
    r.target = target;
    for (const auto& [name, value] : headers)
        r.headers.add(name, value);
    const auto refused = check_head(minor, r);
    return refused ? refused->status : 200;
}

} // namespace

TEST_CASE("check_head: a target is a path on this server")
{
    const header_list host = {{"Host", "a"}};
    for (const char* target : {"/", "/a/b?c=d&e", "/%00", "//x", "/a?x=/?"})
        CHECK(verdict(1, target, host) == 200);
    for (const char* target : {"", "*", "a", "ftp://a/", "http:/a", "http://", "://a/", "http", "a:443", "/a#b", "/a b",
             "/caf\xc3\xa9", "/\x01", "/\x7f"}) {
        CAPTURE(target);
        CHECK(verdict(1, target, host) == 400);
    }
}

TEST_CASE("check_head: a target in absolute form is taken apart, and its host counts")
{
    struct row {
        const char* target;
        const char* path;
        const char* host;
    };
    for (const row& given : {
             row{"http://a.example/b?c=d", "/b?c=d", "a.example"},
             row{"https://a.example:8443/", "/", "a.example:8443"},
             row{"HTTP://a.example", "/", "a.example"},
             row{"https://a.example?x=y", "/?x=y", "a.example"},
             row{"http://[::1]:80/x://y", "/x://y", "[::1]:80"},
             row{"/http://a.example/", "/http://a.example/", "front.example"},
         }) {
        CAPTURE(std::string(given.target));
        request r;
        r.method = "GET";
        r.target = given.target;
        r.headers.add("Host", "front.example");
        REQUIRE_FALSE(check_head(1, r));
        CHECK(r.target == given.path);
        CHECK(r.headers.get("Host") == given.host);
        CHECK(r.headers.count("Host") == 1);
    }
    for (const char* target : {"http://me@a.example/", "http://a b/", "http://a.example/#x", "http://a.example/ b",
             "http:///path", "https://?x"})
        CHECK(verdict(1, target, {{"Host", "a"}}) == 400);
    // RFC 9112, section 3.2: a request of HTTP/1.1 has a Host all the same.
    CHECK(verdict(1, "http://a.example/", {}) == 400);
    CHECK(verdict(1, "http://a.example/", {{"Host", "a"}, {"Host", "b"}}) == 400);
    CHECK(verdict(1, "http://a.example/", {{"Host", "a b"}}) == 400);
    CHECK(verdict(0, "http://a.example/", {}) == 200);
}

TEST_CASE("refusal_for: a header that is too large because of its cookies has a text of its own")
{
    using boost::beast::http::error;
    const auto reason = [](const std::string& header) {
        return refusal_for(error::header_limit, part::head, false, header).value().reason;
    };
    const std::string much(8192, 'x');
    CHECK(reason("GET / HTTP/1.1\r\nHost: a\r\nCookie: a=" + much).find("cookies") != std::string::npos);
    CHECK(reason("GET / HTTP/1.1\r\nHost: a\r\ncookie: a=" + much + "\r\nCOOKIE: b=" + much).find("cookies") !=
          std::string::npos);
    CHECK(
        reason("GET / HTTP/1.1\r\nHost: a\r\nX: " + much + "\r\nCookie: a=b\r\n").find("cookies") == std::string::npos);
    CHECK(reason("GET /cookie:" + much).find("cookies") == std::string::npos);
}

TEST_CASE("check_head: HTTP/1.1 needs exactly one Host, HTTP/1.0 at most one")
{
    struct row {
        unsigned minor;
        header_list headers;
        int status;
    };
    const row rows[] = {
        {1, {{"Host", "example.com"}}, 200},
        {1, {{"host", "127.0.0.1:8080"}}, 200},
        {1, {{"HOST", "[::1]:8080"}}, 200},
        {1, {}, 400},
        {1, {{"Host", ""}}, 400},
        {1, {{"Host", "a"}, {"host", "a"}}, 400},
        {1, {{"Host", "a b"}}, 400},
        {1, {{"Host", "a,b"}}, 400},
        {1, {{"Host", "me@a"}}, 400},
        {1, {{"Host", "a/b"}}, 400},
        {0, {}, 200},
        {0, {{"Host", "a"}}, 200},
        {0, {{"Host", "a"}, {"Host", "b"}}, 400},
    };
    for (const row& r : rows)
        CHECK(verdict(r.minor, "/", r.headers) == r.status);
}

TEST_CASE("check_head: a length that two parsers could read differently is refused")
{
    struct row {
        unsigned minor;
        header_list headers;
        int status;
    };
    const row rows[] = {
        {1, {{"Content-Length", "5"}}, 200},
        {1, {{"Transfer-Encoding", "chunked"}}, 200},
        {1, {{"Transfer-Encoding", "Chunked"}}, 200},
        {1, {{"Content-Length", "5"}, {"Content-Length", "5"}}, 400},
        {1, {{"Content-Length", "5, 5"}}, 400},
        {1, {{"Content-Length", "+5"}}, 400},
        {1, {{"Content-Length", "5"}, {"Transfer-Encoding", "chunked"}}, 400},
        {1, {{"Transfer-Encoding", "chunked"}, {"Transfer-Encoding", "chunked"}}, 400},
        {0, {{"Transfer-Encoding", "chunked"}}, 400},
        {1, {{"Transfer-Encoding", "gzip"}}, 501},
        {1, {{"Transfer-Encoding", "gzip, chunked"}}, 501},
        {1, {{"Transfer-Encoding", "chunked, identity"}}, 501},
    };
    for (const row& r : rows) {
        header_list headers = r.headers;
        if (r.minor == 1)
            headers.emplace_back("Host", "a");
        CHECK(verdict(r.minor, "/", headers) == r.status);
    }
}

TEST_CASE("check_head: the only expectation is 100-continue")
{
    CHECK(verdict(1, "/", {{"Host", "a"}, {"Expect", "100-Continue"}}) == 200);
    CHECK(verdict(1, "/", {{"Host", "a"}, {"Expect", "tea"}}) == 417);
    CHECK(verdict(0, "/", {{"Expect", "tea"}}) == 200);
}

TEST_CASE("refusal_for: a failure to read a request is answered if the client is still connected")
{
    namespace beast_http = boost::beast::http;
    using beast_http::error;
    struct row {
        boost::system::error_code failure;
        part reading;
        bool too_slow;
        int status; // 0: nothing is said
    };
    const row rows[] = {
        {error::header_limit, part::head, false, 431},
        {error::buffer_overflow, part::head, false, 431},
        {error::buffer_overflow, part::body, false, 413},
        {error::body_limit, part::head, false, 413},
        {error::body_limit, part::body, false, 413},
        {error::bad_version, part::head, false, 400},
        {error::bad_method, part::head, false, 400},
        {error::bad_chunk, part::body, false, 400},
        {error::end_of_stream, part::head, false, 0},
        {error::partial_message, part::body, false, 0},
        {error::end_of_stream, part::head, true, 408},
        {error::partial_message, part::body, true, 408},
        {boost::asio::error::connection_reset, part::head, false, 0},
        {boost::asio::error::operation_aborted, part::head, true, 0},
    };
    for (const row& r : rows) {
        CAPTURE(r.failure.message());
        const auto refused = refusal_for(r.failure, r.reading, r.too_slow);
        CHECK((refused ? refused->status : 0) == r.status);
    }
}
