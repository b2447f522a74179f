// Allocations that fail for longer than they are retried: no exception leaves the context, and interrupted work continues
// later.
#include "allocation_failure.hpp"
#include "session/logins/ticket.hpp"
#include "unit/session/logins/logins_fixture.hpp"
#include "unit/session/user_class_fixture.hpp"

namespace asio = boost::asio;
using namespace std::chrono_literals;
using namespace coauth;
using coauth::testing::allocations_until_failure;
using coauth::testing::failures_in_a_row;
using coauth::testing::logins_fixture;
using coauth::testing::memory_shortage;
using coauth::testing::user_class_fixture;

namespace {

// False if an exception left it. Ends any memory shortage that began in it.
bool polls_quietly(asio::io_context& io)
{
    bool quiet = true;
    try {
        io.restart();
        io.poll();
    } catch (...) {
        quiet = false;
    }
    memory_shortage::end();
    return quiet;
}

bool closes_quietly(sessions::logins& logins)
{
    const memory_shortage shortage(true);
    try {
        logins.close();
        return true;
    } catch (...) {
        return false;
    }
}

struct shortage_call {
    bool ended = false;
    bool failed = false;
};

template <class T>
asio::awaitable<void> dropping_login(asio::awaitable<T> op)
{
    T value = co_await std::move(op);
    static_cast<void>(value);
}

std::shared_ptr<shortage_call> start_shortage_call(asio::io_context& io, asio::awaitable<login> op)
{
    auto call = std::make_shared<shortage_call>();
    asio::co_spawn(io, dropping_login(std::move(op)), [call](const std::exception_ptr& e) {
        call->ended = true;
        call->failed = e != nullptr;
    });
    return call;
}

} // namespace

TEST_CASE("session.wait: waiters that can't be resumed for lack of memory are resumed later, or cancelled")
{
    for (const bool cancelled : {false, true}) {
        CAPTURE(cancelled);
        logins_fixture f;
        const login begun = f.begin().value();
        std::vector<testing::promised<login_outcome>> waiters;
        for (int i = 0; i < 5; ++i)
            waiters.push_back(f.start(f.logins->wait(begun)));
        f.poll();
        CHECK(closes_quietly(*f.logins));
        f.poll();
        if (cancelled)
            for (const auto& waiter : waiters) {
                asio::post(f.io, [&] { waiter.signal().emit(asio::cancellation_type::terminal); });
                asio::post(f.io, [&] { waiter.signal().emit(asio::cancellation_type::partial); });
            }
        else
            f.logins->close();
        f.poll();
        for (const auto& waiter : waiters)
            CHECK(waiter.failure() == errc::cancelled);
        CHECK(f.logins->counts().awaited == 0);
        f.logins->close(); // the alarm that could not be cleared
        CHECK(f.idle());
    }
}

// So many allocations that a wait for memory, which tries 50 times, fails. Not more: the next are Asio's, which
// would end the program.
constexpr std::size_t callback_shortages[] = {1, 2, 30, 50, 51, 80, 100};

void begin_shortage(std::size_t allocations)
{
    allocations_until_failure = 1;
    failures_in_a_row = allocations;
}

TEST_CASE("ticket_table: no end of a login throws while allocations fail, and its waiters are resumed later")
{
    using table_type = sessions::ticket_table;
    const auto deadline = std::chrono::steady_clock::time_point(1h);
    const auto id = store::id_of_login("x", "token");
    const sessions::login_end denied = sessions::ended_with(login_outcome(login_status::denied));
    const std::vector<std::function<void(table_type&)>> ends = {
        [&](table_type& table) { table.expire(deadline); },
        [&](table_type& table) { table.end(id, denied); },
        [&](table_type& table) { table.close(); },
    };
    for (const auto& end : ends) {
        asio::io_context io;
        const auto table = std::make_shared<table_type>();
        const auto ticket = table->open(id, deadline, "/");
        int ended = 0;
        for (int i = 0; i < 3; ++i)
            asio::co_spawn(
                io, table_type::wait(ticket), [&](const std::exception_ptr&, const login_outcome&) { ++ended; });
        io.poll();
        CHECK(table->awaited() == 3);
        bool thrown = false;
        {
            const memory_shortage shortage(true);
            try {
                end(*table);
            } catch (...) {
                thrown = true;
            }
        }
        CHECK_FALSE(thrown);
        const auto other = table->open(store::id_of_login("x", "other"), deadline, "/");
        io.restart();
        io.poll();
        CHECK(ended == 3);
        CHECK(table->awaited() == 0);
    }
}

TEST_CASE("session: a callback that ends while allocations fail ends its waiters, later if need be")
{
    for (const std::size_t allocations : callback_shortages) {
        CAPTURE(allocations);
        user_class_fixture f;
        const auto waiter = f.start(f.sut->wait(*f.begun));
        f.poll();
        const auto callback = f.start(f.sut->complete_login(f.callback(), f.begun->binding));
        f.fault->method = "on_event";
        f.fault->raise = [&f, allocations] {
            if (f.fault->raised == 2) // the token was added before
                begin_shortage(allocations);
        };
        CHECK(polls_quietly(f.io));
        CHECK(f.fault->raised == 2);
        f.check_next_calls();
        CHECK(waiter->completions == 1);
        CHECK_FALSE(waiter->untyped);
        CHECK(callback->completions == 1);
    }
}

TEST_CASE("session.begin_login: whichever allocations fail in a row, no later begin of the browser waits forever")
{
    for (const std::size_t in_a_row : {1U, 2U, 3U, 4U})
        for (std::size_t number = 1; number < (in_a_row == 1 ? 60U : 20U); ++number) { // Asio would end the program
            CAPTURE(in_a_row);
            CAPTURE(number);
            logins_fixture f;
            const auto binding = browser_binding::random();
            const auto first = start_shortage_call(f.io, f.logins->begin(binding, login_request()));
            f.io.restart();
            allocations_until_failure = number;
            failures_in_a_row = in_a_row;
            for (int i = 0; i < 2; ++i) // the caller's own turn
                try {
                    f.io.poll_one();
                } catch (const std::bad_alloc&) {}
            memory_shortage::end();
            f.poll();
            const auto second = start_shortage_call(f.io, f.logins->begin(binding, login_request()));
            f.poll();
            CHECK(second->ended);
            CHECK_FALSE(second->failed);
        }
}
