#include "crypto/random.hpp"
#include "crypto/random_block.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <set>
#include <stdexcept>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

using namespace coauth;

namespace {

// A generator that counts up from 1, and remembers what it filled.
struct counting_generator {
    static inline unsigned char next = 1;
    static inline std::vector<std::size_t> sizes;
    static inline unsigned char* filled = nullptr;
    static inline bool fails = false;

    static void fill(void* octets, std::size_t size)
    {
        if (fails)
            throw std::runtime_error("none");
        sizes.push_back(size);
        filled = static_cast<unsigned char*>(octets);
        for (std::size_t i = 0; i < size; ++i) {
            filled[i] = next;
            next = static_cast<unsigned char>(next == 255 ? 1 : next + 1);
        }
    }

    static void reset()
    {
        next = 1;
        sizes.clear();
        filled = nullptr;
        fails = false;
    }
};

std::string some_octets(crypto::random_block& block, std::size_t size)
{
    std::string out(size, '\0');
    block.fill(out.data(), size);
    return out;
}

} // namespace

TEST_CASE("random block: octets are drawn once for many calls, each is given out once, and wiped there")
{
    counting_generator::reset();
    crypto::random_block block(counting_generator::fill);
    const auto first = some_octets(block, 16);
    REQUIRE(counting_generator::sizes.size() == 1);
    const auto size = counting_generator::sizes[0];
    CHECK(size > 4000);
    std::string given = first;
    while (given.size() + 16 <= size)
        given += some_octets(block, 16);
    CHECK(counting_generator::sizes.size() == 1);

    const auto* const octets = counting_generator::filled;
    CHECK(std::all_of(octets + (size - given.size()), octets + size, [](unsigned char octet) { return octet == 0; }));
    std::array<std::size_t, 256> counts{};
    for (const char octet : given)
        ++counts.at(static_cast<unsigned char>(octet));
    CHECK(counts[0] == 0);
    for (std::size_t value = 1; value < counts.size(); ++value)
        CHECK(counts.at(value) <= size / 255 + 1);

    some_octets(block, 16);
    CHECK(counting_generator::sizes.size() == 2);
}

TEST_CASE("random block: many octets at a time come from the generator itself, and none of the block's are lost")
{
    counting_generator::reset();
    crypto::random_block block(counting_generator::fill);
    some_octets(block, 1);
    CHECK(some_octets(block, 2000).size() == 2000);
    CHECK(counting_generator::sizes.back() == 2000);
    some_octets(block, 1);
    CHECK(counting_generator::sizes.size() == 2);
}

TEST_CASE("random block: where the generator fails nothing is given out, and the next call asks it again")
{
    counting_generator::reset();
    crypto::random_block block(counting_generator::fill);
    counting_generator::fails = true;
    CHECK_THROWS_AS(some_octets(block, 16), std::runtime_error);
    counting_generator::fails = false;
    CHECK(some_octets(block, 16) != std::string(16, '\0'));
    CHECK(counting_generator::sizes.size() == 1);
}

TEST_CASE("random block: a child process does not have what its parent drew")
{
    std::array<char, 16> octets{};
    crypto::fill_random(octets.data(), octets.size()); // the block is full
    constexpr int children = 4;
    std::array<int, 2> ends{};
    REQUIRE(::pipe(ends.data()) == 0);
    for (int i = 0; i < children; ++i) {
        const pid_t child = ::fork();
        REQUIRE(child >= 0);
        if (child == 0) {
            crypto::fill_random(octets.data(), octets.size());
            const bool written = ::write(ends[1], octets.data(), octets.size()) == static_cast<ssize_t>(octets.size());
            ::_exit(written ? 0 : 1);
        }
        int status = 1;
        REQUIRE(::waitpid(child, &status, 0) == child);
        REQUIRE(status == 0);
    }
    ::close(ends[1]);
    std::set<std::string> seen;
    for (int i = 0; i < children; ++i) {
        std::string drawn(octets.size(), '\0');
        REQUIRE(::read(ends[0], drawn.data(), drawn.size()) == static_cast<ssize_t>(drawn.size()));
        seen.insert(drawn);
    }
    ::close(ends[0]);
    crypto::fill_random(octets.data(), octets.size());
    seen.insert(std::string(octets.data(), octets.size()));
    CHECK(seen.size() == children + 1);
}
