#include "enrich_profiles/input_check.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace enrich;

namespace {

input check_input(bool valid, std::uint64_t line)
{
    input i;
    i.text = valid ? "jack" : "two words";
    i.line = line;
    i.last_line = line;
    return i;
}

input_check checked(std::uint64_t valid, std::uint64_t invalid, naming by = naming::digits_are_ids)
{
    input_check check(by);
    for (std::uint64_t i = 0; i < valid + invalid; ++i)
        check.count(check_input(i < valid, i + 1));
    return check;
}

std::string verdict_text(const input_check& check, bool ended, bool more_at_hand)
{
    switch (check.judge(ended, more_at_hand)) {
    case input_check::verdict::read_on:
        return "read on";
    case input_check::verdict::accepted:
        return "accepted";
    case input_check::verdict::refused:
        return "refused";
    }
    return "";
}

} // namespace

TEST_CASE("input_check: more than half invalid of 20 to 1 000 inputs is refused")
{
    struct check_case {
        std::uint64_t valid, invalid;
        std::string more_at_hand, nothing_at_hand, ended;
    };
    const std::vector<check_case> cases = {
        {0, 0, "read on", "accepted", "accepted"},
        {1, 0, "read on", "accepted", "accepted"},
        {0, 1, "read on", "read on", "accepted"},
        {1, 1, "read on", "accepted", "accepted"},
        {1, 2, "read on", "read on", "accepted"},
        {0, 19, "read on", "read on", "accepted"},
        {0, 20, "read on", "refused", "refused"},
        {9, 11, "read on", "refused", "refused"},
        {10, 10, "read on", "accepted", "accepted"},
        {300, 301, "read on", "refused", "refused"},
        {499, 501, "refused", "refused", "refused"},
        {500, 500, "accepted", "accepted", "accepted"},
        {500, 5000, "accepted", "accepted", "accepted"},
        {5000, 5000, "accepted", "accepted", "accepted"},
    };
    for (const auto& each : cases) {
        CAPTURE(each.valid);
        CAPTURE(each.invalid);
        const input_check check = checked(each.valid, each.invalid);
        CHECK(verdict_text(check, false, true) == each.more_at_hand);
        CHECK(verdict_text(check, false, false) == each.nothing_at_hand);
        CHECK(verdict_text(check, true, false) == each.ended);
    }
}

TEST_CASE("input_check: what is valid depends on --by")
{
    CHECK(verdict_text(checked(20, 0, naming::ids), true, false) == "refused");
    CHECK(verdict_text(checked(20, 0, naming::names), true, false) == "accepted");
}

TEST_CASE("input_check: a refusal has an example with its line, and says how IN was read and what was expected")
{
    const auto first = checked(9, 11).refusal("", false);
    CHECK(first.reason() == coauth::errc::invalid_argument);
    CHECK(first.message() ==
          "11 of the first 20 inputs of IN are invalid, such as \"two words\": line 10: not a user name: a name "
          "has 1 to 15 of A-Z, a-z, 0-9 and _");
    CHECK(*first.hint() ==
          "IN was read as plain lines; expected: a user name or an id on each line, or CSV whose header "
          "names the column. Nothing was asked or written");
    const auto later = checked(9, 11, naming::ids).refusal("one column, with the header \"id\"", true);
    CHECK(*later.hint() == "IN was read as one column, with the header \"id\"; expected: an id on each line, or CSV "
                           "whose header names the column. No more is asked");
}
