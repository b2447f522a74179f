// The tickets of pending logins, without a session.
#include "allocation_failure.hpp"
#include "session/logins/ticket.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <new>
#include <string>
#include <vector>

using namespace coauth;
using sessions::ticket_table;

TEST_CASE("ticket_table: those due first expire first, in any order they were opened")
{
    const auto table = std::make_shared<ticket_table>();
    const std::vector<std::chrono::seconds> due{std::chrono::seconds(3), std::chrono::seconds(1),
        std::chrono::seconds(2), std::chrono::seconds(2), std::chrono::seconds(5), std::chrono::seconds(4)};
    const ticket_table::time_point start{};
    std::vector<ticket_table::ticket_ptr> tickets;
    for (std::size_t i = 0; i < due.size(); ++i)
        tickets.push_back(table->open(store::id_of_login("x", std::to_string(i)), start + due[i], "/"));
    for (std::chrono::seconds passed(1); passed <= std::chrono::seconds(5); ++passed) {
        CHECK(table->next_deadline() == start + passed);
        table->expire(start + passed);
        for (std::size_t i = 0; i < due.size(); ++i)
            CHECK(table->has_ended(*tickets[i]) == (due[i] <= passed));
    }
    CHECK_FALSE(table->next_deadline().has_value());
}

TEST_CASE("ticket_table: one that was due during a callback ends with it, even by an older time")
{
    using std::chrono::seconds;
    const ticket_table::time_point due = ticket_table::time_point() + seconds(10);
    for (const int callbacks : {1, 2})
        for (const seconds late : {seconds(-1), seconds(0), seconds(1)}) {
            const auto table = std::make_shared<ticket_table>();
            const auto id = store::id_of_login("x", "token");
            const auto ticket = table->open(id, due, "/");
            for (int i = 0; i < callbacks; ++i)
                CHECK(table->callback_begins(id) == ticket);
            table->expire(due + seconds(1));
            CHECK_FALSE(table->has_ended(*ticket));
            for (int i = 0; i < callbacks; ++i) {
                CHECK_FALSE(table->has_ended(*ticket));
                table->callback_ends(ticket, due + late);
            }
            CHECK(table->has_ended(*ticket));
        }
}

TEST_CASE("ticket_table: a login has one ticket while a caller keeps it, and is found as long as it has not ended")
{
    const auto table = std::make_shared<ticket_table>();
    const auto id = store::id_of_login("x", "token");
    const ticket_table::time_point due = ticket_table::time_point() + std::chrono::seconds(1);
    auto ticket = table->open(id, due, "/");
    CHECK(table->open(id, due, "/") == ticket);
    CHECK_FALSE(table->is_open(store::id_of_login("x", "other")));
    CHECK(table->is_open(id));
    ticket.reset();
    CHECK_FALSE(table->is_open(id));
    ticket = table->open(id, due, "/");
    table->end(id, sessions::ended_with(login_outcome(login_status::granted)));
    CHECK_FALSE(table->is_open(id));
    CHECK(table->has_ended(*ticket));
    table->close();
    CHECK(table->has_ended(*table->open(id, due, "/")));
}

TEST_CASE("ticket_table: a ticket for which memory fails at any allocation is not open, and the next one is")
{
    const ticket_table::time_point due = ticket_table::time_point() + std::chrono::seconds(1);
    // The table grows for the first of its tickets, and for the one after as many as it has room for.
    for (const std::size_t others : {0u, 1u, 13u, 14u, 15u, 28u, 29u, 30u})
        for (std::size_t failing = 1, failed = 1; failed != 0; ++failing) {
            CAPTURE(others);
            CAPTURE(failing);
            const auto table = std::make_shared<ticket_table>();
            std::vector<ticket_table::ticket_ptr> kept;
            for (std::size_t i = 0; i < others; ++i)
                kept.push_back(table->open(store::id_of_login("x", std::to_string(i)), due, "/"));
            const auto id = store::id_of_login("x", "token");
            ticket_table::ticket_ptr opened;
            coauth::testing::allocations_until_failure = failing;
            try {
                opened = table->open(id, due, "/");
                failed = 0;
            } catch (const std::bad_alloc&) {}
            coauth::testing::memory_shortage::end();
            CHECK(table->is_open(id) == (failed == 0));
            const auto ticket = table->open(id, due, "/");
            CHECK((ticket == opened) == (failed == 0));
            for (std::size_t i = 0; i < others; ++i)
                CHECK(table->is_open(store::id_of_login("x", std::to_string(i))));
            table->expire(due);
            CHECK(table->has_ended(*ticket));
            CHECK_FALSE(table->next_deadline().has_value());
        }
}
