// Tickets opened and dropped on eight threads at once. The sanitizers check this.
#include "session/logins/ticket.hpp"

#include <doctest/doctest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

using namespace coauth;
using sessions::ticket_table;
using ticket_ptr = ticket_table::ticket_ptr;

namespace {

constexpr unsigned ticket_users = 8; // a thread each
constexpr int tickets_of_each = 5'000;

const ticket_table::time_point start{};
const ticket_table::time_point due = start + std::chrono::seconds(1);

store::login_id id_of(const std::string& key)
{
    return store::id_of_login("x", key);
}

// Of few logins, so that one thread often opens a ticket that another is about to drop, or to end.
class ticket_user {
public:
    ticket_user(ticket_table& table, unsigned number)
        : table_(table), own_(id_of("own " + std::to_string(number))), random_(number)
    {}

    void run()
    {
        for (int step = 0; step < tickets_of_each; ++step) {
            const store::login_id shared = id_of("shared " + std::to_string(random_() % 4));
            ticket_ptr& held = held_[random_() % held_.size()];
            held = table_.open(shared, due, "/");
            switch (random_() % 8) {
            case 0:
                table_.end(shared, ended_);
                wrong += !table_.has_ended(*held);
                break;
            case 1:
                if (const ticket_ptr called_back = table_.callback_begins(shared))
                    table_.callback_ends(called_back, start);
                break;
            case 2:
                table_.expire(start);
                break;
            default:
                held.reset();
            }
            use_own();
        }
    }

    std::size_t wrong = 0;

private:
    void use_own()
    {
        const ticket_ptr mine = table_.open(own_, due, "/");
        wrong += table_.has_ended(*mine) || table_.open(own_, due, "/") != mine;
        if (random_() % 2 == 0)
            return; // dropped while it is open
        table_.end(own_, ended_);
        wrong += !table_.has_ended(*mine) || table_.is_open(own_);
    }

    ticket_table& table_;
    const store::login_id own_;
    std::minstd_rand random_;
    std::array<ticket_ptr, 3> held_;
    const sessions::login_end ended_ = sessions::ended_with(login_outcome(login_status::granted));
};

} // namespace

TEST_CASE("ticket_table: on eight threads a login has one open ticket, and none once the last is dropped")
{
    const auto table = std::make_shared<ticket_table>();
    std::atomic<std::size_t> wrong = 0;
    std::vector<std::thread> all;
    for (unsigned number = 1; number <= ticket_users; ++number)
        all.emplace_back([&, number] {
            ticket_user user(*table, number);
            user.run();
            wrong += user.wrong;
        });
    for (std::thread& each : all)
        each.join();
    CHECK(wrong == 0);
    CHECK_FALSE(table->next_deadline().has_value());
    for (unsigned number = 0; number <= ticket_users; ++number) {
        CHECK_FALSE(table->is_open(id_of("own " + std::to_string(number))));
        CHECK_FALSE(table->is_open(id_of("shared " + std::to_string(number))));
    }
}
