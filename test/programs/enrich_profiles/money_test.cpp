#include "enrich_profiles/money.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace enrich;

TEST_CASE("money: amounts are read exactly or not at all")
{
    struct row {
        const char* text;
        std::optional<micros> amount;
    };
    const std::vector<row> rows = {
        {"0.010", 10'000},
        {"0.01", 10'000},
        {"1", 1'000'000},
        {"1.", 1'000'000},
        {".5", 500'000},
        {"0", 0},
        {"0.000001", 1},
        {"0.0000010", 1},
        {"0.0000001", std::nullopt},
        {"0.1234567", std::nullopt},
        {"000025.50", 25'500'000},
        {"999999999.999999", 999'999'999'999'999},
        {"1000000000", std::nullopt},
        {"", std::nullopt},
        {".", std::nullopt},
        {"-1", std::nullopt},
        {"+1", std::nullopt},
        {"1,5", std::nullopt},
        {"1.2.3", std::nullopt},
        {"1e3", std::nullopt},
        {" 1", std::nullopt},
        {"nan", std::nullopt},
    };
    for (const auto& r : rows) {
        CAPTURE(r.text);
        CHECK(read_amount(r.text) == r.amount);
    }
}

TEST_CASE("money: amounts are shown as the shortest decimal")
{
    CHECK(amount_text(0) == "0");
    CHECK(amount_text(10'000) == "0.01");
    CHECK(amount_text(1) == "0.000001");
    CHECK(amount_text(12'000'000) == "12");
    CHECK(amount_text(12'340'000) == "12.34");
    for (const micros m : {0ULL, 1ULL, 999'999ULL, 1'000'000ULL, 123'456'789ULL})
        CHECK(read_amount(amount_text(m)) == m);
}

TEST_CASE("money: the cost so far and the cost in flight are never above the bound")
{
    const micros price = 10'000;
    CHECK(budget(std::nullopt, price).fits(1'000'000, 5'000, 100) == 100);
    CHECK(budget(0, price).fits(0, 0, 100) == 0);
    CHECK(budget(0, 0).fits(0, 0, 100) == 100);
    CHECK(budget(1'000'000, price).fits(0, 0, 100) == 100);
    CHECK(budget(999'999, price).fits(0, 0, 100) == 99);
    CHECK(budget(1'000'000, price).fits(0, 60, 100) == 40);
    CHECK(budget(1'000'000, price).fits(600'000, 40, 100) == 0);
    CHECK(budget(1'000'000, price).fits(995'000, 0, 100) == 0);
    CHECK(budget(1'000'000, price).fits(2'000'000, 0, 100) == 0);
    for (micros cost = 0; cost <= 120'000; cost += 5'000)
        for (std::size_t in_flight = 0; in_flight < 12; ++in_flight) {
            const auto fitting = budget(100'000, price).fits(cost, in_flight, 100);
            CHECK((fitting == 0 || cost + (in_flight + fitting) * price <= 100'000));
            CHECK(cost + (in_flight + fitting + 1) * price > 100'000);
        }
}
