#include <coauth/server/forwarded.hpp>
#include <coauth/server/prefetch.hpp>

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

namespace server = coauth::server;

namespace {

using header_rows = std::vector<std::pair<const char*, const char*>>;

std::string client_of(const header_rows& headers)
{
    server::request r;
    for (const auto& [name, value] : headers)
        r.headers.add(name, value);
    const auto client = server::forwarded_client(r);
    return client ? *client : std::string(coauth::name(client.error().reason()));
}

} // namespace

TEST_CASE("forwarded_client: the last element of X-Forwarded-For, however it is written")
{
    struct row {
        const char* value;
        const char* client;
    };
    for (const row& given : {
             row{"192.0.2.1", "192.0.2.1"},
             row{"192.0.2.7:50123", "192.0.2.7"},
             row{"\"192.0.2.7:50123\"", "192.0.2.7"},
             row{"[192.0.2.7]", "192.0.2.7"},
             row{"2001:db8::1", "2001:db8::1"},
             row{"2001:DB8:0:0::1", "2001:db8::1"},
             row{"[2001:db8::1]", "2001:db8::1"},
             row{"[2001:db8::1]:443", "2001:db8::1"},
             row{"\"[2001:db8::1]:443\"", "2001:db8::1"},
             row{"::ffff:192.0.2.7", "192.0.2.7"},
             row{"evil, 192.0.2.1", "192.0.2.1"},
             row{"192.0.2.9,192.0.2.1", "192.0.2.1"},
             row{"192.0.2.9,\t192.0.2.1\t", "192.0.2.1"},
             row{"192.0.2.9, 192.0.2.1,", "192.0.2.1"},
             row{"192.0.2.1, ,\t, ", "192.0.2.1"},
             row{"\"192.0.2.9, 192.0.2.8\", 192.0.2.1", "192.0.2.1"},
             row{"192.0.2.1, unknown", "invalid_argument"},
             row{"unknown", "invalid_argument"},
             row{"_hidden", "invalid_argument"},
             row{"192.0.2.1:", "192.0.2.1"},
             row{"192.0.2.300", "invalid_argument"},
             row{"192.0.2.1 192.0.2.2", "invalid_argument"},
             row{"[2001:db8::1", "invalid_argument"},
             row{"\"192.0.2.1", "invalid_argument"},
             row{"example.org", "invalid_argument"},
             row{"", "invalid_argument"},
             row{" , ", "invalid_argument"},
         }) {
        CAPTURE(std::string(given.value));
        CHECK(client_of({{"X-Forwarded-For", given.value}}) == given.client);
    }
    CHECK(client_of({{"x-forwarded-for", "192.0.2.9"}, {"X-FORWARDED-FOR", "192.0.2.1"}}) == "192.0.2.1");
    CHECK(client_of({{"X-Forwarded-For", "192.0.2.9"}, {"X-Forwarded-For", " "}}) == "192.0.2.9");
    CHECK(client_of({{"X-Forwarded-For", std::string(1000, '1').c_str()}}) == "invalid_argument");
    CHECK(client_of({}) == "invalid_argument");
}

TEST_CASE("forwarded_client: Forwarded as RFC 7239 writes it")
{
    struct row {
        const char* value;
        const char* client;
    };
    for (const row& given : {
             row{"for=192.0.2.60;proto=http;by=203.0.113.43", "192.0.2.60"},
             row{"For=\"[2001:db8:cafe::17]:4711\"", "2001:db8:cafe::17"},
             row{"for=192.0.2.43, for=198.51.100.17", "198.51.100.17"},
             row{"proto=https;FOR=\"192.0.2.60:80\"", "192.0.2.60"},
             row{"by=_proxy ; for = 192.0.2.60 ; host=example.org", "192.0.2.60"},
             row{"for=192.0.2.43;host=\"a,b;for=9\"", "192.0.2.43"},
             row{"for=\"192\\.0.2.60\"", "192.0.2.60"},
             row{"for=192.0.2.43,", "192.0.2.43"},
             row{"for=192.0.2.43, for=unknown", "invalid_argument"},
             row{"for=\"_mdn\"", "invalid_argument"},
             row{"for=192.0.2.43, proto=https", "invalid_argument"},
             row{"192.0.2.43", "invalid_argument"},
         }) {
        CAPTURE(std::string(given.value));
        CHECK(client_of({{"Forwarded", given.value}}) == given.client);
    }
}

TEST_CASE("forwarded_client: a client that adds the other header chooses no address")
{
    CHECK(client_of({{"X-Forwarded-For", "192.0.2.1"}, {"Forwarded", "for=192.0.2.1"}}) == "192.0.2.1");
    CHECK(client_of({{"X-Forwarded-For", "192.0.2.1"}, {"Forwarded", "for=192.0.2.2"}}) == "invalid_argument");
    CHECK(client_of({{"X-Forwarded-For", "192.0.2.1"}, {"Forwarded", "for=unknown"}}) == "invalid_argument");
    CHECK(client_of({{"X-Forwarded-For", "unknown"}, {"Forwarded", "for=192.0.2.2"}}) == "invalid_argument");
}

TEST_CASE("is_prefetch: known by what browsers send, and by nothing else")
{
    const auto ahead = [](const char* name, const char* value) {
        server::request r;
        r.headers.add(name, value);
        return server::is_prefetch(r);
    };
    for (const auto& [name, value] : header_rows{{"Sec-Purpose", "prefetch"}, {"Sec-Purpose", "prefetch;prerender"},
             {"sec-purpose", "Prefetch; anonymous-client-ip"}, {"Purpose", "prefetch"}, {"X-Moz", "prefetch"},
             {"X-Purpose", "preview"}}) {
        CHECK(ahead(name, value));
    }
    for (const auto& [name, value] : header_rows{{"Sec-Purpose", ""}, {"Purpose", "x"}, {"Sec-Fetch-Mode", "navigate"},
             {"X-Moz", "microsummary"}, {"Purpose", "prefetcher"}}) {
        CHECK_FALSE(ahead(name, value));
    }
    CHECK_FALSE(server::is_prefetch(server::request()));
    const auto refused = server::refuse_prefetch();
    CHECK(refused.status == 503);
    CHECK(refused.headers.get("Cache-Control") == "no-store");
    CHECK(refused.headers.get("Vary") == "Sec-Purpose, Purpose, X-Moz, X-Purpose");
}
