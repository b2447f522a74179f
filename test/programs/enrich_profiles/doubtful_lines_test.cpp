#include "enrich_profiles/doubtful_lines.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using coauth::errc;
using coauth::error;
using enrich::doubtful_lines;

namespace {

doubtful_lines::held_lines held_for(std::vector<std::uint64_t> tickets)
{
    doubtful_lines::held_lines lines;
    for (const auto ticket : tickets)
        lines.emplace_back(ticket, enrich::output_line());
    return lines;
}

std::vector<std::uint64_t> tickets_of(const doubtful_lines::held_lines& lines)
{
    std::vector<std::uint64_t> tickets;
    for (const auto& [ticket, line] : lines)
        tickets.push_back(ticket);
    return tickets;
}

using ticket_list = std::vector<std::uint64_t>;

} // namespace

TEST_CASE("doubtful_lines: only a request that was asked later shows that the failure was the inputs' own")
{
    doubtful_lines doubtful;
    doubtful.failed(held_for({0, 1}), error(errc::malformed_response), 6); // up to ticket 5 all were on the wire
    CHECK(tickets_of(doubtful.succeeded(2)).empty());
    CHECK(tickets_of(doubtful.succeeded(5)).empty());
    doubtful.failed(held_for({8}), error(errc::malformed_response), 9);
    CHECK(tickets_of(doubtful.succeeded(6)) == ticket_list{0, 1});
    CHECK_FALSE(doubtful.empty());
    CHECK(tickets_of(doubtful.succeeded(9)) == ticket_list{8});
    CHECK(doubtful.empty());
}

TEST_CASE("doubtful_lines: failures are counted from the last success")
{
    doubtful_lines doubtful;
    doubtful.failed(held_for({0}), error(errc::timeout), 3);
    doubtful.failed(held_for({1}), error(errc::provider_unavailable), 3);
    CHECK(doubtful.in_a_row() == 2);
    CHECK(doubtful.last_error().reason() == errc::provider_unavailable);
    doubtful.succeeded(2);
    CHECK(doubtful.in_a_row() == 0);
    doubtful.failed(held_for({3}), error(errc::timeout), 4);
    CHECK(doubtful.in_a_row() == 1);
}

TEST_CASE("doubtful_lines: at the end any success shows that not every request fails")
{
    doubtful_lines none;
    none.failed(held_for({0}), error(errc::timeout), 1);
    CHECK(none.ended().empty());
    CHECK(none.empty());

    doubtful_lines some;
    some.succeeded(0);
    some.failed(held_for({1}), error(errc::timeout), 2);
    CHECK(tickets_of(some.ended()) == ticket_list{1});
    CHECK(some.empty());
}
