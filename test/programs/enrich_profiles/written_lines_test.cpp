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

input of(const texts& in, std::size_t number)
{
    input i;
    i.text = in[number];
    i.number = number;
    return i;
}

// What a resumed run asks, first to last: as `resume` drives it.
std::vector<std::uint64_t> still_to_ask(const texts& in, const texts& out, std::uint64_t width)
{
    written_lines written(width);
    std::size_t next = 0;
    for (const auto& line : out) {
        REQUIRE(next < in.size());
        written.match(line, of(in, next++));
    }
    while (written.owed()) {
        if (next == in.size())
            written.end_of_inputs();
        written.match(of(in, next++));
    }
    std::vector<std::uint64_t> numbers;
    for (const auto& i : std::move(written).missing())
        numbers.push_back(i.number);
    for (; next < in.size(); ++next)
        numbers.push_back(next);
    return numbers;
}

bool refused(const texts& in, const texts& out, std::uint64_t width)
{
    try {
        still_to_ask(in, out, width);
    } catch (const coauth::error& e) {
        return e.reason() == coauth::errc::invalid_argument;
    }
    return false;
}

// A run that asks `numbers`, whose answers come in any order, and that is stopped after `most` lines.
texts lines_of_a_run(const texts& in, const std::vector<std::uint64_t>& numbers, std::uint64_t width, std::size_t most,
    std::mt19937& any)
{
    release_window window(false, width);
    std::vector<std::pair<std::uint64_t, std::uint64_t>> asked; // ticket, number
    std::size_t next = 0;
    texts out;
    while (out.size() < most && (next < numbers.size() || !asked.empty())) {
        const bool may_ask = next < numbers.size() && window.fits(numbers[next]);
        if (may_ask && (asked.empty() || any() % 2 == 0)) {
            asked.emplace_back(window.take(numbers[next]), numbers[next]);
            ++next;
            continue;
        }
        const auto which = asked.begin() + static_cast<std::ptrdiff_t>(any() % asked.size());
        window.answer(which->first, output_line());
        out.push_back(in[static_cast<std::size_t>(which->second)]);
        asked.erase(which);
    }
    return out;
}

} // namespace

TEST_CASE("in order every cut of OUT leaves what comes after it")
{
    const texts in = {"a", "b", "a", "a", "c", "b"};
    for (std::size_t cut = 0; cut <= in.size(); ++cut) {
        CAPTURE(cut);
        const texts out(in.begin(), in.begin() + static_cast<std::ptrdiff_t>(cut));
        const auto left = still_to_ask(in, out, 1);
        CHECK(left.size() == in.size() - cut);
        CHECK((left.empty() || left.front() == cut));
    }
}

TEST_CASE("in order a line for another input is refused wherever it is")
{
    const texts in = {"a", "b", "c", "d"};
    CHECK(refused(in, {"b"}, 1));
    CHECK(refused(in, {"a", "c"}, 1));
    CHECK(refused(in, {"a", "b", "d", "c"}, 1));
    CHECK(refused(in, {"a", "b", "c", "e"}, 1));
    CHECK(!refused(in, {"a", "b", "c"}, 1));
}

TEST_CASE("unordered lines that can't be of these inputs are refused")
{
    const texts in = {"a", "b", "c", "d", "e", "f"};
    CHECK(refused(in, {"x"}, 3));
    CHECK(refused(in, {"a", "a"}, 3));
    CHECK(refused(in, {"d"}, 3));           // too far ahead of its place
    CHECK(!refused(in, {"c"}, 3));          // as far as can be
    CHECK(refused(in, {"b", "c", "d"}, 3)); // without "a", "d" could not have been asked
    CHECK(!refused(in, {"b", "c", "a"}, 3));
    CHECK(refused({"a", "b"}, {"b", "c"}, 100));
}

TEST_CASE("every order of three lines out of few texts leaves what they do not answer")
{
    // All inputs of four texts out of two, all sets of them that are written, in all orders.
    for (unsigned bits = 0; bits < 16; ++bits) {
        texts in;
        for (unsigned i = 0; i < 4; ++i)
            in.push_back((bits >> i & 1) != 0 ? "a" : "b");
        for (unsigned set = 0; set < 16; ++set) {
            texts out;
            for (unsigned i = 0; i < 4; ++i)
                if ((set >> i & 1) != 0)
                    out.push_back(in[i]);
            std::sort(out.begin(), out.end());
            do {
                const auto left = still_to_ask(in, out, 4);
                texts all = out;
                for (const auto number : left)
                    all.push_back(in[static_cast<std::size_t>(number)]);
                std::sort(all.begin(), all.end());
                texts expected = in;
                std::sort(expected.begin(), expected.end());
                CHECK(all == expected);
                CHECK(std::is_sorted(left.begin(), left.end()));
            } while (std::next_permutation(out.begin(), out.end()));
        }
    }
}

TEST_CASE("unordered runs stopped anywhere any number of times write each input once")
{
    std::mt19937 any(20261124);
    for (int round = 0; round < 300; ++round) {
        CAPTURE(round);
        const std::uint64_t width = 1 + any() % 6;
        texts in;
        for (std::size_t i = 0; i < 30; ++i)
            in.push_back(std::string(1, static_cast<char>('a' + any() % (round % 2 == 0 ? 4 : 26))));
        texts out;
        while (out.size() < in.size()) {
            const auto left = still_to_ask(in, out, width);
            CHECK(left.size() == in.size() - out.size());
            // A later run may have a smaller window, never a larger one.
            const std::uint64_t narrower = 1 + any() % width;
            const auto more = lines_of_a_run(in, left, narrower, any() % 12, any);
            out.insert(out.end(), more.begin(), more.end());
        }
        CHECK(still_to_ask(in, out, width).empty());
        std::sort(out.begin(), out.end());
        std::sort(in.begin(), in.end());
        CHECK(out == in);
    }
}
