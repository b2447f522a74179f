// The longest wait of an allowance.
#include "session/lookups/allowance.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace std::chrono_literals;
using coauth::rate_limits;
using coauth::sessions::allowance;
using coauth::sessions::allowance_rules;

namespace {

constexpr allowance::time_point bounds_start{std::chrono::hours(3)};
constexpr std::chrono::sys_seconds bounds_wall{std::chrono::seconds(1'700'000'000)};

allowance default_allowance()
{
    return allowance(allowance_rules(900s, 3s));
}

rate_limits closed_until(std::chrono::seconds reset)
{
    rate_limits limits;
    limits.at = bounds_wall;
    limits.window.emplace().remaining = 0;
    limits.window->reset = bounds_wall + reset;
    return limits;
}

} // namespace

TEST_CASE("allowance: no wait is longer than the window and a minute, jitter included")
{
    // So that a call with the default `max_wait`, which is as long, is not refused.
    constexpr double most = 0.999;
    allowance refusing = default_allowance();
    auto now = bounds_start;
    for (int i = 0; i < 12; ++i) {
        CAPTURE(i);
        refusing.sent();
        refusing.refused(std::nullopt, now, most);
        const auto until = refusing.admit(now).until;
        CHECK(until - now <= 960s);
        CHECK(until - now >= std::min<std::chrono::milliseconds>(60s * (1 << std::min(i, 5)) + 2'997ms, 960s));
        now = until;
    }
    for (const auto reset : {959s, 960s, 5'000s}) {
        allowance named = default_allowance();
        named.sent();
        named.responded(closed_until(reset), bounds_wall, bounds_start, most);
        CHECK(named.admit(bounds_start).until <= bounds_start + 960s);
        allowance refused = default_allowance();
        refused.sent();
        refused.refused(reset, bounds_start, most);
        CHECK(refused.admit(bounds_start).until == bounds_start + 960s);
    }
    allowance closing = default_allowance();
    now = bounds_start;
    for (int i = 0; i < 12; ++i) {
        closing.sent();
        rate_limits limits;
        limits.at = bounds_wall;
        limits.window.emplace().remaining = 0;
        closing.responded(limits, bounds_wall, now, most);
        const auto until = closing.admit(now).until;
        CHECK(until - now <= 960s);
        now = until;
    }
}
