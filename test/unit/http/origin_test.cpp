#include "http/host.hpp"

#include <coauth/http/origin.hpp>

using coauth::errc;
using coauth::http::parse_base_url;

TEST_CASE("parse_base_url: a base URL is read into its origin and path, and written back")
{
    struct row {
        const char* text;
        bool https;
        const char* host;
        int port;
        const char* path;
        const char* authority;
    };
    const row rows[] = {
        {"https://api.x.com", true, "api.x.com", 443, "", "api.x.com"},
        {"https://api.x.com/", true, "api.x.com", 443, "", "api.x.com"},
        {"HTTPS://API.X.com:443/1.1/", true, "api.x.com", 443, "/1.1", "api.x.com"},
        {"https://api.x.com:8443/a%2Fb", true, "api.x.com", 8443, "/a%2Fb", "api.x.com:8443"},
        {"https://api.x.com:80", true, "api.x.com", 80, "", "api.x.com:80"},
        {"https://api.x.com:65535", true, "api.x.com", 65535, "", "api.x.com:65535"},
        {"https://192.0.2.1", true, "192.0.2.1", 443, "", "192.0.2.1"},
        {"https://[2001:DB8:0::1]:8443/x", true, "2001:db8::1", 8443, "/x", "[2001:db8::1]:8443"},
        {"http://127.0.0.1:8080/prefix//", false, "127.0.0.1", 8080, "/prefix", "127.0.0.1:8080"},
        {"http://127.255.0.9", false, "127.255.0.9", 80, "", "127.255.0.9"},
        {"http://[::1]", false, "::1", 80, "", "[::1]"},
        {"http://LocalHost:443", false, "localhost", 443, "", "localhost:443"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.text);
        const auto url = parse_base_url(r.text);
        REQUIRE(url.has_value());
        CHECK(url->origin.https == r.https);
        CHECK(url->origin.host == r.host);
        CHECK(url->origin.port == r.port);
        CHECK(url->path == r.path);
        CHECK(url->origin.authority() == r.authority);
        CHECK(url->url() == (r.https ? "https://" : "http://") + std::string(r.authority) + r.path);
        const auto reparsed = parse_base_url(url->url());
        REQUIRE(reparsed.has_value());
        CHECK(reparsed->origin == url->origin);
    }
}

TEST_CASE("origin: a Host header names it in either case, with its own port and with a final dot")
{
    struct row {
        const char* origin;
        const char* host;
        bool same;
    };
    for (const row& given : {
             row{"https://example.org", "example.org", true},
             row{"https://example.org", "Example.ORG", true},
             row{"https://example.org", "example.org:443", true},
             row{"https://example.org", "example.org:", true},
             row{"https://example.org", "example.org.", true},
             row{"https://example.org", "EXAMPLE.org.:443", true},
             row{"https://example.org", "example.org:80", false},
             row{"https://example.org", "example.org:8443", false},
             row{"https://example.org", "example.org..", false},
             row{"https://example.org", "www.example.org", false},
             row{"https://example.org", "example.com", false},
             row{"https://example.org", "example.org/x", false},
             row{"https://example.org", "me@example.org", false},
             row{"https://example.org", "", false},
             row{"https://example.org", ":443", false},
             row{"https://example.org:8443", "example.org:8443", true},
             row{"https://example.org:8443", "example.org", false},
             row{"http://127.0.0.1:8080", "127.0.0.1:8080", true},
             row{"http://127.0.0.1", "127.0.0.1:80", true},
             row{"http://127.0.0.1", "127.0.0.1:443", false},
             row{"https://[2001:db8::1]", "[2001:DB8:0::1]:443", true},
         }) {
        CAPTURE(std::string(given.origin));
        CAPTURE(std::string(given.host));
        CHECK(parse_base_url(given.origin).value().origin.is_named_by(given.host) == given.same);
    }
}

TEST_CASE("parse_base_url: a URL that could send credentials to another host, or unencrypted, is refused")
{
    const char* rows[] = {"", "/", "api.x.com", "//api.x.com", "api.x.com:443", "https:", "https:/api.x.com",
        "https://", "https:///path", "https://:443", "ftp://api.x.com", "file:///etc/passwd", "gopher://api.x.com",
        "javascript:0", "https://user@api.x.com", "https://user:hunter2@api.x.com", "https://@api.x.com",
        "https://localhost:80@evil.example", "https://api.x.com?a=b", "https://api.x.com/?", "https://api.x.com/#",
        "https://api.x.com#f", "https://api.x.com:0", "https://api.x.com:65536", "https://api.x.com:99999999999",
        "https://api.x.com:-1", "https://api.x.com:8o", "https://a:1:2/", "https://[::1]:80x/",
        "https://api.x.com:", "https://api x.com", "https://api.x.com/a b", "https://api.x.com/\r\nX: y",
        "https://api.x.com\r\n", " https://api.x.com", "https://api.x.com/\xc3\xa9", "https://\xc3\xa9.example",
        "https://a%0d%0ab", "https://a%2fb", "https://a%40b", "https://a..b", "https://.a", "https://[::1",
        "https://[::1]x", "https://[v1.a]", "https://[fe80::1%25eth0]", "https://a/%zz", "http://api.x.com",
        "http://10.0.0.1", "http://[::2]", "http://0.0.0.0", "http://128.0.0.1", "http://localhost.evil.example",
        "http://127.0.0.1.evil.example", "http://127.1", "http://2130706433", "http://0x7f000001",
        "http://[::ffff:127.0.0.1]", "http://localhost."};
    for (const std::string text : rows) {
        CAPTURE(text);
        const auto url = parse_base_url(text);
        REQUIRE_FALSE(url.has_value());
        CHECK(url.error().reason() == errc::invalid_argument);
        CHECK(url.error().message().find("hunter2") == std::string::npos); // the URL may hold a secret
    }
    CHECK_FALSE(parse_base_url(std::string_view("https://a\0b", 11)).has_value());
    CHECK_FALSE(parse_base_url("https://" + std::string(300, 'a')).has_value());
}

TEST_CASE("read_setting_url: the URL of a proxy may be plain http to any host")
{
    CHECK(coauth::http::read_setting_url("http://proxy.example:3128").value().origin.port == 3128);
    CHECK_FALSE(coauth::http::read_setting_url("http://user:hunter2@proxy.example:3128").has_value());
}

TEST_CASE("is_host: only a name or an address is a host")
{
    using namespace coauth::http;
    for (const char* good : {"a", "a.b", "x_y.example", "a-b.", "1.2.3.4", "::1", "2001:db8::1"})
        CHECK_MESSAGE(is_host(good), good);
    for (const char* bad :
        {"", ".", "a:80", "a b", "a\n", "a/b", "a@b", "a?b", "[::1]", "::1%lo", "\xc3\xa9", "a\\b", "a%41"})
        CHECK_FALSE_MESSAGE(is_host(bad), bad);
    CHECK_FALSE(is_host(std::string_view("a\0", 2)));
    CHECK(is_ip_address("127.0.0.1"));
    CHECK_FALSE(is_ip_address("127.1"));
    CHECK_FALSE(is_ip_address("a"));
}
