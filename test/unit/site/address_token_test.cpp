#include "unit/crypto/failing_generator.hpp"

#include <coauth/error.hpp>
#include <coauth/site/address_token.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <optional>
#include <string>

using coauth::site::address_tokens;
using namespace std::chrono_literals;

namespace {

const std::chrono::steady_clock::time_point token_start{1'000'000s};

} // namespace

TEST_CASE("address_tokens: without random numbers the failure is typed, with a hint")
{
    const crypto_test::failing_generator generator;
    std::optional<coauth::error> failure;
    try {
        const address_tokens none;
    } catch (const coauth::error& e) {
        failure = e;
    }
    REQUIRE(failure);
    CHECK(failure->hint());
}

TEST_CASE("address_tokens: a token is good for the address it was issued for")
{
    struct {
        const char* issued_for;
        const char* sent_from;
        bool good;
    } const rows[] = {
        {"192.0.2.1", "192.0.2.1", true}, {"192.0.2.1", "::ffff:192.0.2.1", true}, {"192.0.2.1", "192.0.2.2", false},
        {"192.0.2.1", "192.0.3.1", false}, {"192.0.2.1", "", false}, {"192.0.2.1", "no address", false},
        {"2001:db8::1", "2001:db8::1", true}, {"2001:db8::1", "2001:db8::ffff:2", true}, // the same /64
        {"2001:db8::1", "2001:db8:0:1::1", false}, {"2001:db8::1", "192.0.2.1", false},
        {"0.0.0.1", "0:0:0:1::", false}, // equal bits, another family
        {"0:0:0:1::", "0.0.0.1", false}, {"0.0.0.0", "no address", false},
        {"", "no address", true}, // what is not an address counts as one
    };
    const address_tokens tokens;
    for (const auto& row : rows) {
        CAPTURE(std::string(row.issued_for));
        CAPTURE(std::string(row.sent_from));
        const std::string token = tokens.issue(row.issued_for, token_start);
        CHECK(token.size() == 48);
        CHECK(token.find_first_not_of("0123456789abcdef") == std::string::npos);
        CHECK(tokens.age(token, row.sent_from, token_start).has_value() == row.good);
    }
}

TEST_CASE("address_tokens: a token is good for its lifetime")
{
    struct {
        std::chrono::steady_clock::duration later;
        long age; // -1: none
    } const rows[] = {
        {0s, 0}, {999ms, 0}, {1s, 1}, {59s, 59}, {59'999ms, 59}, {60s, -1}, {1h, -1},
        {-1ms, 0}, // read on another thread a moment earlier
        {-1h, 0},  // a clock that steps back
    };
    const address_tokens tokens(60s);
    CHECK(tokens.lifetime() == 60s);
    const std::string token = tokens.issue("192.0.2.1", token_start);
    for (const auto& row : rows) {
        CAPTURE(row.later.count());
        CHECK(tokens.age(token, "192.0.2.1", token_start + row.later).value_or(-1s).count() == row.age);
    }
    for (const auto lifetime : {0s, -1s})
        CHECK_THROWS_AS(address_tokens{lifetime}, coauth::error);
}

TEST_CASE("address_tokens: what was not issued here is not good")
{
    const address_tokens tokens;
    const address_tokens others;
    const std::string token = tokens.issue("192.0.2.1", token_start);
    CHECK(others.issue("192.0.2.1", token_start) != token);
    CHECK_FALSE(others.age(token, "192.0.2.1", token_start));

    std::string upper = token;
    std::transform(upper.begin(), upper.end(), upper.begin(), [](char c) { return c >= 'a' ? char(c - 32) : c; });
    for (const std::string& text : {std::string(), std::string("0"), std::string(48, '0'), std::string(48, 'g'),
             token.substr(1), token + '0', ' ' + token, token.substr(0, 16), token.substr(0, 47), upper,
             "+" + token.substr(1), "-" + token.substr(1), "0x" + token.substr(2), std::string(10'000, 'f')}) {
        CAPTURE(text.substr(0, 60));
        CHECK_FALSE(tokens.age(text, "192.0.2.1", token_start));
    }
    for (std::size_t i = 0; i < token.size(); ++i) {
        std::string changed = token;
        changed[i] = changed[i] == '0' ? '1' : '0';
        CAPTURE(i);
        CHECK_FALSE(tokens.age(changed, "192.0.2.1", token_start));
    }
}
