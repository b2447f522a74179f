#include "enrich_profiles/release_window.hpp"
#include "enrich_profiles/written_lines.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

using namespace enrich;

namespace {

using texts = std::vector<std::string>;

input of(const texts& inputs, std::size_t number)
{
    input i;
    i.text = inputs[number];
    i.number = number;
    return i;
}

// What a resumed run asks, first to last: as `resume` drives it.
std::vector<std::uint64_t> still_to_ask(const texts& inputs, const texts& out, std::uint64_t width)
{
    written_lines written(width);
    std::size_t next = 0;
    for (const auto& line : out) {
        REQUIRE(next < inputs.size());
        written.match(line, of(inputs, next++));
    }
    while (written.owed()) {
        if (next == inputs.size())
            written.end_of_inputs();
        written.match(of(inputs, next++));
    }
    std::vector<std::uint64_t> numbers;
    for (const auto& i : std::move(written).missing())
        numbers.push_back(i.number);
    for (; next < inputs.size(); ++next)
        numbers.push_back(next);
    return numbers;
}

bool refused(const texts& inputs, const texts& out, std::uint64_t width)
{
    try {
        still_to_ask(inputs, out, width);
    } catch (const coauth::error& e) {
        return e.reason() == coauth::errc::invalid_argument;
    }
    return false;
}

// A run that asks for `numbers`, whose responses come in any order, and that is stopped after `most` lines.
texts lines_of_a_run(const texts& inputs, const std::vector<std::uint64_t>& numbers, std::uint64_t width,
    std::size_t most, std::mt19937& any)
{
    release_window window(false, width);
    std::vector<std::pair<std::uint64_t, std::uint64_t>> in_flight; // ticket, number
    std::size_t next = 0;
    texts out;
    while (out.size() < most && (next < numbers.size() || !in_flight.empty())) {
        const bool may_ask = next < numbers.size() && window.fits(numbers[next]);
        if (may_ask && (in_flight.empty() || any() % 2 == 0)) {
            in_flight.emplace_back(window.take(numbers[next]), numbers[next]);
            ++next;
            continue;
        }
        const auto chosen = in_flight.begin() + static_cast<std::ptrdiff_t>(any() % in_flight.size());
        window.set_line(chosen->first, output_line());
        out.push_back(inputs[static_cast<std::size_t>(chosen->second)]);
        in_flight.erase(chosen);
    }
    return out;
}

} // namespace

TEST_CASE("written_lines: in order every cut of OUT leaves what comes after it")
{
    const texts inputs = {"a", "b", "a", "a", "c", "b"};
    for (std::size_t cut = 0; cut <= inputs.size(); ++cut) {
        CAPTURE(cut);
        const texts out(inputs.begin(), inputs.begin() + static_cast<std::ptrdiff_t>(cut));
        const auto left = still_to_ask(inputs, out, 1);
        CHECK(left.size() == inputs.size() - cut);
        CHECK((left.empty() || left.front() == cut));
    }
}

TEST_CASE("written_lines: in order a line for another input is refused wherever it is")
{
    const texts inputs = {"a", "b", "c", "d"};
    CHECK(refused(inputs, {"b"}, 1));
    CHECK(refused(inputs, {"a", "c"}, 1));
    CHECK(refused(inputs, {"a", "b", "d", "c"}, 1));
    CHECK(refused(inputs, {"a", "b", "c", "e"}, 1));
    CHECK(!refused(inputs, {"a", "b", "c"}, 1));
}

TEST_CASE("written_lines: unordered lines that can't be of these inputs are refused")
{
    const texts inputs = {"a", "b", "c", "d", "e", "f"};
    CHECK(refused(inputs, {"x"}, 3));
    CHECK(refused(inputs, {"a", "a"}, 3));
    CHECK(refused(inputs, {"d"}, 3));           // too far ahead of its place
    CHECK(!refused(inputs, {"c"}, 3));          // as far as can be
    CHECK(refused(inputs, {"b", "c", "d"}, 3)); // without "a", "d" could not have been asked
    CHECK(!refused(inputs, {"b", "c", "a"}, 3));
    CHECK(refused({"a", "b"}, {"b", "c"}, 100));
}

TEST_CASE("written_lines: every order of three lines out of few texts leaves the inputs without a line")
{
    // All inputs of four texts out of two, all sets of them that are written, in all orders.
    for (unsigned bits = 0; bits < 16; ++bits) {
        texts inputs;
        for (unsigned i = 0; i < 4; ++i)
            inputs.push_back((bits >> i & 1) != 0 ? "a" : "b");
        for (unsigned set = 0; set < 16; ++set) {
            texts out;
            for (unsigned i = 0; i < 4; ++i)
                if ((set >> i & 1) != 0)
                    out.push_back(inputs[i]);
            std::sort(out.begin(), out.end());
            do {
                const auto left = still_to_ask(inputs, out, 4);
                texts all = out;
                for (const auto number : left)
                    all.push_back(inputs[static_cast<std::size_t>(number)]);
                std::sort(all.begin(), all.end());
                texts expected = inputs;
                std::sort(expected.begin(), expected.end());
                CHECK(all == expected);
                CHECK(std::is_sorted(left.begin(), left.end()));
            } while (std::next_permutation(out.begin(), out.end()));
        }
    }
}

TEST_CASE("written_lines: unordered runs stopped anywhere any number of times write each input once")
{
    std::mt19937 any(20261124);
    for (int round = 0; round < 300; ++round) {
        CAPTURE(round);
        const std::uint64_t width = 1 + any() % 6;
        texts inputs;
        for (std::size_t i = 0; i < 30; ++i)
            inputs.push_back(std::string(1, static_cast<char>('a' + any() % (round % 2 == 0 ? 4 : 26))));
        texts out;
        while (out.size() < inputs.size()) {
            const auto left = still_to_ask(inputs, out, width);
            CHECK(left.size() == inputs.size() - out.size());
            // A later run may have a smaller window, never a larger one.
            const std::uint64_t narrower = 1 + any() % width;
            const auto next_lines = lines_of_a_run(inputs, left, narrower, any() % 12, any);
            out.insert(out.end(), next_lines.begin(), next_lines.end());
        }
        CHECK(still_to_ask(inputs, out, width).empty());
        std::sort(out.begin(), out.end());
        std::sort(inputs.begin(), inputs.end());
        CHECK(out == inputs);
    }
}
