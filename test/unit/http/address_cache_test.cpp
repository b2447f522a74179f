#include "http/address_cache.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace coauth;
using namespace std::chrono_literals;
using boost::asio::ip::tcp;
using http::address_cache;

namespace {

http::origin cached_host(std::string name, std::uint16_t port = 443)
{
    http::origin host;
    host.host = std::move(name);
    host.port = port;
    return host;
}

address_cache::addresses loopback_addresses(std::uint16_t port)
{
    return {tcp::endpoint(boost::asio::ip::address_v4::loopback(), port),
        tcp::endpoint(boost::asio::ip::address_v6::loopback(), port)};
}

constexpr address_cache::time_point cached_at(5h);

} // namespace

TEST_CASE("address_cache: the addresses of a host and port are known for 30 s from when they were found")
{
    address_cache cache;
    const auto host = cached_host("api.example");
    CHECK(cache.find(host, cached_at).empty());
    cache.keep(host, loopback_addresses(1), cached_at);
    CHECK(cache.find(host, cached_at) == loopback_addresses(1)); // in their order
    CHECK(cache.find(host, cached_at + 29'999ms) == loopback_addresses(1));
    CHECK(cache.find(host, cached_at + 30s).empty());
    CHECK(cache.find(cached_host("api.example", 444), cached_at).empty());
    CHECK(cache.find(cached_host("other.example"), cached_at).empty());
    cache.keep(host, loopback_addresses(2), cached_at + 20s);
    CHECK(cache.find(host, cached_at + 49s) == loopback_addresses(2));
    cache.remove(host);
    CHECK(cache.find(host, cached_at + 20s).empty());
}

TEST_CASE("address_cache: of too many hosts the last are not kept until others are too old")
{
    address_cache cache;
    const auto nth = [](std::size_t n) { return cached_host("h" + std::to_string(n)); };
    for (std::size_t n = 0; n < address_cache::max_hosts; ++n)
        cache.keep(nth(n), loopback_addresses(1), cached_at + (n == 0 ? 0s : 10s));
    cache.keep(nth(100), loopback_addresses(1), cached_at + 10s);
    CHECK(cache.find(nth(100), cached_at + 10s).empty());
    cache.keep(nth(5), loopback_addresses(2), cached_at + 10s);
    CHECK(cache.find(nth(5), cached_at + 10s) == loopback_addresses(2));
    cache.keep(nth(100), loopback_addresses(1), cached_at + 30s);
    CHECK(cache.find(nth(100), cached_at + 30s) == loopback_addresses(1));
    CHECK(cache.find(nth(0), cached_at).empty()); // was removed
    CHECK(cache.find(nth(1), cached_at + 30s) == loopback_addresses(1));
}
