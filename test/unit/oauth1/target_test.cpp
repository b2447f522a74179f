#include <coauth/oauth1/base_string.hpp>
#include <coauth/oauth1/target.hpp>

using namespace coauth;
using namespace coauth::oauth1;

TEST_CASE("target: the base string URI (RFC 5849, section 3.4.1.2)")
{
    struct row {
        const char* url;
        const char* expected;
    };
    const row table[] = {
        {"http://EXAMPLE.COM:80/r%20v/X?id=123", "http://example.com/r%20v/X"},
        {"https://www.example.net:8080/?q=1", "https://www.example.net:8080/"},
        {"https://h", "https://h/"},
        {"https://h?x=1", "https://h/"},
        {"https://h:443", "https://h/"},
        {"https://h:80/", "https://h:80/"},
        {"http://h:443/", "http://h:443/"},
        {"HTTP://H:0080/A", "http://h/A"},
        {"https://h:/p", "https://h/p"},
        {"https://h/p/", "https://h/p/"},
        {"https://h/p//q", "https://h/p//q"},
        {"https://h/a;b=c,d:e@f!$&'()*+~", "https://h/a;b=c,d:e@f!$&'()*+~"},
        {"https://h/%7Euser/%e2%98%83", "https://h/%7Euser/%e2%98%83"},
        {"http://[::1]:8080/x", "http://[::1]:8080/x"},
        {"https://[2001:DB8::1]", "https://[2001:db8::1]/"},
        {"https://127.0.0.1:8443/x#fragment", "https://127.0.0.1:8443/x"},
        {"https://h/x?y#z?", "https://h/x"},
    };
    for (const auto& r : table) {
        CAPTURE(r.url);
        const auto t = split_target(r.url);
        REQUIRE(t);
        CHECK(base_string_uri(*t) == r.expected);
    }
}

TEST_CASE("target: what can't be sent unchanged is not split")
{
    const char* table[] = {"", "h", "/path", "//h/p", "h/p", "ftp://h/", "mailto:a@b", "http:/h", "https://",
        "https:///p", "https://:443/", "https://user@h/", "https://user:pass@h/", "https://h:0/", "https://h:65536/",
        "https://h:-1/", "https://h:4x/", "https://h:99999999999999999999/", "https://h h/", "https://h/a b",
        "https://h/\t", "https://h/\xc3\xa9", "https://\xc3\xa9.example/", "https://h/?q=\xc3\xa9", "https://h/?q=a b",
        "https://h/a\r\nX: y", "https://h/%", "https://h/%2", "https://h/%zz", "https://h/<>", "https://h/{id}",
        "https://h/a|b", "https://h/a\\b", "https://h/`", "https://h/^", "https://h/\"", "https://[::1", "https://::1/",
        "https://[]/", "https://[::g]/", "https://[::1]x/", "https://h%41/", "https://a,b/", "https://.../",
        "https://[:::::]/", "https://[1.2.3.4]/"};
    for (const char* url : table) {
        CAPTURE(url);
        const auto t = split_target(url);
        CHECK_FALSE(t);
        if (!t)
            CHECK(t.error().reason() == errc::invalid_argument);
    }
    CHECK_FALSE(split_target(std::string_view("https://h/\0", 11)));
}

TEST_CASE("target: a target keeps the query as written")
{
    const auto t = split_target("https://h/p?a=%2b&&b[]={x}|y?z#f");
    REQUIRE(t);
    CHECK(t->path == "/p");
    CHECK(t->query == "a=%2b&&b[]={x}|y?z");
    CHECK(t->port == 443);
}

TEST_CASE("target: loopback is 127.0.0.0/8, [::1] and localhost")
{
    for (const char* yes : {"127.0.0.1", "127.255.0.3", "[::1]", "::1", "localhost", "LocalHost"})
        CHECK(is_loopback_host(yes));
    for (const char* no : {"", "127.0.0", "127.0.0.1.example", "127.evil.example", "127.0.0.256", "127.0.0.1.",
             "128.0.0.1", "localhost.example", "localhos", "[::2]", "0.0.0.0", "127.0.0.1:80", "127.0.0.0001"})
        CHECK_FALSE(is_loopback_host(no));
    CHECK_FALSE(is_loopback_host(std::string_view("127.0.0.1\0.example", 18)));
}
