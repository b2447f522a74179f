// Every operation of a database's three stores, ended early: by each allocation that fails, and by cancellation at each moment.
#pragma once

#include "allocation_failure.hpp"
#include "every.hpp"
#include "unit/coro/emission.hpp"
#include "unit/store/login_store_rules.hpp"
#include "unit/store/token_store_rules.hpp"
#include "unit/store/visitor_store_rules.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>

#include <doctest/doctest.h>

#include <exception>
#include <functional>
#include <memory>
#include <new>
#include <string>
#include <utility>
#include <vector>

namespace coauth::testing {

/// The stores of a database, and its threads.
struct stores_with_threads {
    stores_with_threads() = default;

    std::shared_ptr<store::login_store> logins;
    std::shared_ptr<store::token_store> tokens;
    std::shared_ptr<store::visitor_store> visitors;

    /// Calls it on each thread, and returns when each has; what was asked of them before has been done then.
    std::function<void(std::function<void()>)> on_threads;
};

/// One operation, on names of its own.
struct store_operation {
    const char* name;
    boost::asio::awaitable<void> (*prepare)(stores_with_threads& on, std::string names);
    boost::asio::awaitable<void> (*act)(stores_with_threads& on, std::string names);
};

namespace operations {

using boost::asio::awaitable;

inline awaitable<void> nothing(stores_with_threads&, std::string)
{
    co_return;
}

inline awaitable<void> add_login(stores_with_threads& on, std::string names)
{
    co_await on.logins->add(login_store_rules::login(names, names));
}

inline awaitable<void> take_login(stores_with_threads& on, std::string names)
{
    co_await on.logins->take(store::id_of_login("x", names), store::digest_of_browser(names));
}

inline awaitable<void> count_logins(stores_with_threads& on, std::string names)
{
    co_await on.logins->count(store::digest_of_browser(names));
}

inline awaitable<void> end_login(stores_with_threads& on, std::string names)
{
    co_await on.logins->end(store::id_of_login("x", names), granted_login("7"));
}

inline awaitable<void> expire_logins(stores_with_threads& on, std::string)
{
    co_await on.logins->expire();
}

inline awaitable<void> put_token(stores_with_threads& on, std::string names)
{
    co_await on.tokens->put(some_user(names), some_credential(names));
}

inline awaitable<void> find_token(stores_with_threads& on, std::string names)
{
    co_await on.tokens->find(some_user(names));
}

inline awaitable<void> replace_token(stores_with_threads& on, std::string names)
{
    const auto held = co_await on.tokens->find(some_user(names));
    co_await on.tokens->replace_if(some_user(names), held->version, some_credential("new"));
}

inline awaitable<void> lease_token(stores_with_threads& on, std::string names)
{
    const auto held = co_await on.tokens->find(some_user(names));
    co_await on.tokens->lease(some_user(names), held->version, std::chrono::seconds(30));
}

inline awaitable<void> remove_token(stores_with_threads& on, std::string names)
{
    co_await on.tokens->remove(some_user(names), std::nullopt);
}

inline awaitable<void> add_visitor(stores_with_threads& on, std::string names)
{
    co_await on.visitors->add(store::digest_of_browser(names), visitor_of(names), store::browser_digest());
}

inline awaitable<void> find_visitor(stores_with_threads& on, std::string names)
{
    co_await on.visitors->find(store::digest_of_browser(names));
}

inline awaitable<void> remove_visitor(stores_with_threads& on, std::string names)
{
    co_await on.visitors->remove(store::digest_of_browser(names));
}

inline awaitable<void> remove_visitors(stores_with_threads& on, std::string names)
{
    co_await on.visitors->remove_all(user_key("x", names), store::visitor_store::time_point::max());
}

inline awaitable<void> expire_visitors(stores_with_threads& on, std::string)
{
    co_await on.visitors->expire(10);
}

inline const store_operation all[] = {
    {"adding a login", nothing, add_login},
    {"taking a login", add_login, take_login},
    {"counting logins", add_login, count_logins},
    {"ending a login", nothing, end_login},
    {"expiring logins", add_login, expire_logins},
    {"storing a credential", nothing, put_token},
    {"finding a credential", put_token, find_token},
    {"replacing a credential", put_token, replace_token},
    {"leasing a credential", put_token, lease_token},
    {"removing a credential", put_token, remove_token},
    {"adding a visitor", nothing, add_visitor},
    {"finding a visitor", add_visitor, find_visitor},
    {"removing a visitor", add_visitor, remove_visitor},
    {"removing a user's visitors", add_visitor, remove_visitors},
    {"expiring visitors", add_visitor, expire_visitors},
};

} // namespace operations

/// How an operation ended.
struct early_end {
    early_end() = default;

    bool ended = false;
    bool untyped = false; ///< Neither with a `coauth::error`, nor out of memory.
};

// Asio destroys a coroutine, and its handler with it, where it has no memory for it.
class early_end_handler {
public:
    explicit early_end_handler(early_end& end) : end_(&end) {}
    early_end_handler(early_end_handler&& other) noexcept : end_(std::exchange(other.end_, nullptr)) {}
    early_end_handler& operator=(early_end_handler&&) = delete;
    ~early_end_handler()
    {
        if (end_)
            end_->ended = true;
    }

    void operator()(const std::exception_ptr& failed)
    {
        end_->ended = true;
        if (!failed)
            return;
        try {
            std::rethrow_exception(failed);
        } catch (const error&) {
        } catch (const std::bad_alloc&) {
        } catch (const boost::system::system_error& problem) {
            end_->untyped = problem.code() != boost::asio::error::operation_aborted; // before it began
        } catch (...) {
            end_->untyped = true;
        }
    }

private:
    early_end* end_;
};

inline boost::asio::awaitable<void> cancellable(boost::asio::awaitable<void> operation)
{
    co_await boost::asio::this_coro::reset_cancellation_state(boost::asio::enable_total_cancellation());
    co_await boost::asio::this_coro::throw_if_cancelled(false);
    co_await std::move(operation);
}

class failing_operations {
public:
    failing_operations(store_bench& bench, stores_with_threads stores) : bench_(bench), stores_(std::move(stores)) {}

    /// Each allocation in turn fails, of the caller's thread or of those of the database: the operation ends, and the next ones work.
    void run_out_of_memory(bool on_threads)
    {
        for (const auto& operation : operations::all)
            for (std::size_t failing = 1;; failing += test_every()) {
                CAPTURE(operation.name);
                CAPTURE(failing);
                const auto name = names();
                REQUIRE(bench_.run(operation.prepare(stores_, name)));
                if (on_threads)
                    stores_.on_threads([failing] { allocations_until_failure = failing; });
                early_end end;
                start_and_run(operation, name, end, on_threads ? 0 : failing);
                bool failed = is_used_up_;
                if (on_threads) {
                    failed = true;
                    stores_.on_threads([&failed] {
                        failed = failed && allocations_until_failure == 0;
                        allocations_until_failure = 0;
                    });
                }
                REQUIRE(end.ended);
                CHECK_FALSE(end.untyped);
                check_usable();
                if (!failed)
                    break;
            }
    }

    /// Cancelled before it begins, while it waits, and once it has been carried out: it ends, and the next ones work.
    void cancel()
    {
        for (const auto& operation : operations::all)
            for (const auto& cancellation : some_emissions())
                for (const auto at : {moment::before, moment::waiting, moment::done}) {
                    CAPTURE(operation.name);
                    CAPTURE(static_cast<int>(at));
                    const auto name = names();
                    REQUIRE(bench_.run(operation.prepare(stores_, name)));
                    early_end end;
                    boost::asio::cancellation_signal signal;
                    boost::asio::co_spawn(bench_.io, cancellable(operation.act(stores_, name)),
                        boost::asio::bind_cancellation_slot(signal.slot(), early_end_handler(end)));
                    bench_.io.restart();
                    if (at != moment::before)
                        bench_.io.poll();
                    if (at == moment::done)
                        stores_.on_threads([] {});
                    cancellation.emit(signal);
                    run_until(end);
                    CHECK_FALSE(end.untyped);
                    check_usable();
                }
    }

private:
    enum class moment { before, waiting, done };

    std::string names() { return "name " + std::to_string(++number_); }

    void start_and_run(const store_operation& operation, const std::string& name, early_end& end, std::size_t failing)
    {
        early_end_handler handler(end);
        std::string copy = name;
        bench_.io.restart();
        allocations_until_failure = failing;
        try {
            boost::asio::co_spawn(bench_.io, operation.act(stores_, std::move(copy)), std::move(handler));
        } catch (const std::bad_alloc&) {
            // It has not begun.
        }
        while (!end.ended)
            try {
                if (bench_.io.run_one_for(std::chrono::seconds(60)) == 0)
                    break;
            } catch (const std::bad_alloc&) {
                // Asio's own.
            }
        is_used_up_ = failing != 0 && allocations_until_failure == 0;
        allocations_until_failure = 0;
    }

    void run_until(const early_end& end)
    {
        while (!end.ended && bench_.io.run_one_for(std::chrono::seconds(60)) != 0) {}
        REQUIRE(end.ended);
        bench_.io.poll();
    }

    void check_usable()
    {
        const auto name = names();
        for (const auto& work : {operations::put_token, operations::replace_token, operations::add_login,
                 operations::take_login, operations::add_visitor, operations::remove_visitor})
            CHECK(bench_.run(work(stores_, name)));
        CHECK(bench_.run(stores_.tokens->find(some_user(name))).value()->held.text().reveal() == "secret of new");
    }

    store_bench& bench_;
    stores_with_threads stores_;
    int number_ = 0;
    bool is_used_up_ = false;
};

} // namespace coauth::testing
