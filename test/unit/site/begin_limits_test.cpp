// How often logins may begin.
#include "site/begin_limits.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using coauth::site::begin_limits;
using coauth::site::begin_sizes;
using namespace std::chrono_literals;

namespace {

const std::chrono::steady_clock::time_point begins_start{std::chrono::hours(100)};

// A pattern of browsers, one begin each: "k" and "n" are a known browser and a newcomer that may begin,
// "K" and "N" ones that are refused, each from an address of its own; "." is a second later.
void check_begins(begin_limits& limits, std::string_view pattern)
{
    static int address = 0;
    auto now = begins_start;
    for (const char c : pattern) {
        if (c == '.') {
            now += 1s;
            continue;
        }
        ++address;
        const std::string text = "10.1." + std::to_string(address / 250) + '.' + std::to_string(address % 250);
        const auto refusal = limits.take(text, c == 'n' || c == 'N', now);
        CHECK_MESSAGE(refusal.has_value() == (c == 'K' || c == 'N'), std::string(pattern));
        if (refusal) {
            CHECK(refusal->reached == begin_limits::limit::site);
            CHECK(refusal->wait > 0ms);
        }
    }
}

} // namespace

TEST_CASE("begin_limits: newcomers use up their share and nothing else")
{
    begin_sizes sizes;
    sizes.of_all = coauth::site::bucket_size(5, 1s);
    sizes.of_newcomers = coauth::site::bucket_size(2, 2s);
    for (const char* pattern : {
             "nnNNNkkkKN",                // the rest is for known browsers
             "kkkkkKN",                   // that have no share of their own
             "nnNNN.NkkkkK",              // a second gives one to all, and none to newcomers yet
             "nnN..nNkkkkK",              // two seconds do
             "nnN.N.nN.N.nN.N.n",         // refused ones cost nothing, neither of the one nor of the other
             "nnNkkkKN.kKN.kN.kN",        // while all are wanted, newcomers wait
             "nn....................nnN", // no share grows beyond its size
         }) {
        begin_limits limits(sizes);
        check_begins(limits, pattern);
    }
}

TEST_CASE("begin_limits: at 300 newcomers a second every known browser begins, up to 40 a second")
{
    begin_limits limits{begin_sizes()};
    int newcomers = 0;
    for (int ms = 0; ms < 60'000; ++ms) {
        const auto now = begins_start + std::chrono::milliseconds(ms);
        const auto address = [ms](const char* network) {
            return network + std::to_string(ms / 250) + '.' + std::to_string(ms % 250);
        };
        if (ms % 10 < 3)
            newcomers += limits.take(address("10.2."), true, now) ? 0 : 1;
        if (ms % 25 == 0)
            CHECK_FALSE(limits.take(address("10.3."), false, now));
    }
    CHECK(newcomers >= 1'000 + 590);
    CHECK(newcomers <= 1'000 + 600);
}

TEST_CASE("begin_limits: one address has its own limit first, known or not")
{
    begin_sizes sizes;
    sizes.of_address = coauth::site::bucket_size(2, 3s);
    sizes.of_newcomers = coauth::site::bucket_size(3, 1h);
    begin_limits limits(sizes);
    for (const bool newcomer : {false, true})
        CHECK_FALSE(limits.take("192.0.2.1", newcomer, begins_start));
    for (const bool newcomer : {false, true}) {
        const auto refusal = limits.take("192.0.2.1", newcomer, begins_start);
        REQUIRE(refusal);
        CHECK(refusal->reached == begin_limits::limit::address);
        CHECK(refusal->wait == 3s);
    }
    // What an address was refused, newcomers have not lost.
    for (const char* address : {"192.0.2.2", "192.0.2.3"})
        CHECK_FALSE(limits.take(address, true, begins_start));
    const auto refusal = limits.take("192.0.2.4", true, begins_start);
    REQUIRE(refusal);
    CHECK(refusal->reached == begin_limits::limit::site);
    CHECK(refusal->wait == 1h);
}

TEST_CASE("begin_sizes: the defaults are those of the manual")
{
    using std::chrono::milliseconds;
    begin_limits limits{begin_sizes()};
    const auto address = [](int n) { return "10.0." + std::to_string(n / 250) + '.' + std::to_string(n % 250); };
    for (int i = 0; i < 5'000; ++i)
        REQUIRE_FALSE(limits.take(address(i), false, begins_start));
    const auto refused = limits.take(address(5'000), false, begins_start);
    REQUIRE(refused);
    CHECK(refused->reached == begin_limits::limit::site);
    CHECK(refused->wait == milliseconds(20));
    int begun = 0;
    for (int i = 0; i < 60; ++i)
        begun += !limits.take(address(i), false, begins_start + std::chrono::seconds(1));
    CHECK(begun == 50);
    // What the site refuses is not counted at the address.
    for (int i = 0; i < 30; ++i)
        CHECK(limits.take("192.0.2.1", false, begins_start + std::chrono::seconds(1))->reached ==
              begin_limits::limit::site);
    CHECK_FALSE(limits.take("192.0.2.1", false, begins_start + std::chrono::seconds(2)));
}
