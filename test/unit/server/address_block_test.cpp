#include "server/address_block.hpp"

#include <doctest/doctest.h>

#include <string>

using coauth::server::address_block;

TEST_CASE("address_block: clients differ by IPv4 address or IPv6 network")
{
    struct row {
        std::string first;
        std::string second;
        bool same;
    };
    const row rows[] = {
        {"192.0.2.1", "192.0.2.1", true},
        {"192.0.2.1", "192.0.2.2", false},
        {"0.0.0.0", "255.255.255.255", false},
        {"2001:db8::1", "2001:db8::2", true},
        {"2001:db8::1", "2001:db8::ffff:ffff:ffff:ffff", true},
        {"2001:db8::1", "2001:0DB8:0:0:0::1", true},
        {"2001:db8::1", "2001:db8:0:1::1", false},
        {"2001:db8::1", "2001:db9::1", false},
        {"fe80::1", "fe80::1%eth0", true},
        // The same client, whichever way the kernel writes its address.
        {"192.0.2.1", "::ffff:192.0.2.1", true},
        {"192.0.2.1", "::ffff:c000:201", true},
        {"::ffff:192.0.2.1", "::ffff:192.0.2.2", false},
        // These are not IPv4 addresses.
        {"192.0.2.1", "::192.0.2.1", false},
        {"192.0.2.1", "64:ff9b::192.0.2.1", false},
        {"0.0.0.0", "::", false},
        {"::1", "127.0.0.1", false},
        // Text that is not an address.
        {"", "nonsense", true},
        {"", "192.0.2.1:80", true},
        {"", "[::1]", true},
        {"", "192.0.2", true},
        {"", "192.0.2.256", true},
        {"", "0.0.0.0", false},
        {"", "::", false},
    };
    for (const row& r : rows) {
        CAPTURE(r.first);
        CAPTURE(r.second);
        CHECK((address_block::of(r.first) == address_block::of(r.second)) == r.same);
    }
    CHECK(address_block::of("nonsense") == address_block());
    CHECK(address_block::of("192.0.2.1") == address_block(boost::asio::ip::make_address("192.0.2.1")));
}
