// What holds for two objects of one database, which may as well be in two processes.
#pragma once

#include "integration/store/databases.hpp"
#include "unit/store/login_store_rules.hpp"
#include "unit/store/token_store_rules.hpp"
#include "unit/store/visitor_store_rules.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace coauth::testing {

/// One database, opened twice.
class two_servers {
public:
    explicit two_servers(
        const database_under_test& database, const store::database_options& options = store::database_options())
        : place_(database.make())
    {
        auto with_clock = options;
        with_clock.clock = bench.clock;
        first = place_->open(with_clock);
        second = database.is_shared ? place_->open(with_clock) : first;
    }

    /// Opens it again, as a process that starts does.
    void restart()
    {
        store::database_options options;
        options.clock = bench.clock;
        second = nullptr;
        first = nullptr;
        first = place_->open(options);
        second = place_->open(options);
    }

    store_bench bench;

private:
    const std::shared_ptr<database_place> place_;

public:
    std::shared_ptr<store::database> first;
    std::shared_ptr<store::database> second;
};

inline void a_login_begun_at_one_is_taken_at_the_other(const database_under_test& database)
{
    using status = store::taken_login::status;
    two_servers s(database);
    const auto id = store::id_of_login("x", "one");
    const auto browser = store::digest_of_browser("browser");
    REQUIRE(s.bench.run(s.first->logins()->add(login_store_rules::login("one"))));
    CHECK(s.bench.run(s.second->logins()->count(browser)).value().of_browser == 1);
    CHECK(s.bench.run(s.second->logins()->take(id, store::digest_of_browser("another"))).value().what ==
          status::wrong_browser);
    const auto taken = s.bench.run(s.second->logins()->take(id, browser)).value();
    CHECK(taken.what == status::taken);
    REQUIRE(taken.login);
    CHECK(taken.login->proof.reveal() == "secret of one");
    CHECK(s.bench.run(s.first->logins()->take(id, browser)).value().what == status::replayed);
    CHECK(
        s.bench.run(s.first->logins()->add(login_store_rules::login("one"))).error().reason() == errc::provider_error);
}

inline void caps_hold_over_both(const database_under_test& database)
{
    store::database_options options;
    options.logins.max_pending = 3;
    options.logins.max_per_browser = 2;
    two_servers s(database, options);
    const auto add = [&](store::database& at, const std::string& key, const std::string& browser) {
        return s.bench.run(at.logins()->add(login_store_rules::login(key, browser)));
    };
    REQUIRE(add(*s.first, "a", "b1"));
    REQUIRE(add(*s.second, "b", "b1"));
    CHECK(add(*s.first, "c", "b1").error().reason() == errc::too_many_logins);
    CHECK(add(*s.second, "c", "b1").error().reason() == errc::too_many_logins);
    REQUIRE(add(*s.second, "c", "b2"));
    CHECK(add(*s.first, "d", "b3").error().reason() == errc::too_many_logins);
}

inline void an_end_at_one_reaches_the_other(const database_under_test& database)
{
    recorded_ends recorded;
    two_servers s(database);
    const auto watching = s.second->logins()->watch(recorded.watcher("second"));
    REQUIRE(s.bench.run(s.first->logins()->end(store::id_of_login("x", "one"), granted_login("7"))));
    CAPTURE(database.name);
    CHECK(joined(recorded.wait_for(1)) == "second: 7/back");
    REQUIRE(s.bench.run(s.first->logins()->end(store::id_of_login("x", "two"), store::ended_login(errc::timeout))));
    CHECK(joined(recorded.wait_for(2)) == "second: 7/back, second: timeout");
}

/// Of a thousand equal callbacks at both one takes the login.
inline void one_of_a_thousand_takes_it(const database_under_test& database)
{
    constexpr std::size_t callbacks = 1'000;
    two_servers s(database);
    REQUIRE(s.bench.run(s.first->logins()->add(login_store_rules::login("one"))));
    std::size_t taken = 0;
    std::size_t ended = 0;
    for (std::size_t i = 0; i < callbacks; ++i)
        boost::asio::co_spawn(s.bench.io,
            (i % 2 == 0 ? s.first : s.second)
                ->logins()
                ->take(store::id_of_login("x", "one"), store::digest_of_browser("browser")),
            [&](const std::exception_ptr& failed, const store::taken_login& result) {
                CHECK(failed == nullptr);
                ++ended;
                taken += result.what == store::taken_login::status::taken;
            });
    s.bench.io.restart();
    s.bench.io.run();
    CHECK(ended == callbacks);
    CHECK(taken == 1);
}

inline void a_credential_is_one_at_both(const database_under_test& database)
{
    using namespace std::chrono_literals;
    two_servers s(database);
    const auto first = s.first->tokens();
    const auto second = s.second->tokens();
    const auto user = some_user("1");
    const auto version = s.bench.run(first->put(user, some_credential("a"))).value();
    CHECK(s.bench.run(second->find(user)).value()->version == version);
    CHECK(s.bench.run(second->lease(user, version, 30s)).value());
    CHECK_FALSE(s.bench.run(first->lease(user, version, 30s)).value());
    s.bench.clock->advance(30s);
    CHECK(s.bench.run(first->lease(user, version, 30s)).value());
    const auto replaced = s.bench.run(second->replace_if(user, version, some_credential("b"))).value();
    REQUIRE(replaced);
    CHECK_FALSE(s.bench.run(first->replace_if(user, version, some_credential("c"))).value());
    CHECK(s.bench.run(first->find(user)).value()->held.text().reveal() == "secret of b");
    CHECK(s.bench.run(first->remove(user, *replaced)).value());
    CHECK_FALSE(s.bench.run(second->find(user)).value());
    const auto last = s.bench.run(second->put(user, some_credential("a"))).value();
    CHECK(last != version);
    CHECK(last != *replaced);
}

/// Of the leases that many ask for at once, one is given.
inline void one_of_a_thousand_leases(const database_under_test& database)
{
    constexpr std::size_t callers = 1'000;
    two_servers s(database);
    const auto version = s.bench.run(s.first->tokens()->put(some_user("1"), some_credential("a"))).value();
    std::size_t leased = 0;
    for (std::size_t i = 0; i < callers; ++i)
        boost::asio::co_spawn(s.bench.io,
            (i % 2 == 0 ? s.first : s.second)->tokens()->lease(some_user("1"), version, std::chrono::seconds(30)),
            [&](const std::exception_ptr& failed, bool result) {
                CHECK(failed == nullptr);
                leased += result;
            });
    s.bench.io.restart();
    s.bench.io.run();
    CHECK(leased == 1);
}

inline void a_visitor_is_known_at_both(const database_under_test& database)
{
    two_servers s(database);
    const store::browser_digest none;
    REQUIRE(s.bench.run(s.first->visitors()->add(browser_number(1), visitor_of("1"), none)));
    CHECK(s.bench.run(s.second->visitors()->find(browser_number(1))).value()->username == "user_1");
    REQUIRE(s.bench.run(s.second->visitors()->add(browser_number(2), visitor_of("1"), none)));
    CHECK_FALSE(s.bench.run(s.first->visitors()->remove(browser_number(1))).value());
    CHECK(s.bench.run(s.first->visitors()->remove(browser_number(2))).value() == user_key("x", "1"));
    CHECK(s.bench.run(s.second->visitors()->count()).value() == 0);
}

inline void all_is_there_after_a_restart(const database_under_test& database)
{
    if (!database.is_shared)
        return;
    two_servers s(database);
    const auto version = s.bench.run(s.first->tokens()->put(some_user("1"), some_credential("a"))).value();
    REQUIRE(s.bench.run(s.first->logins()->add(login_store_rules::login("one"))));
    REQUIRE(s.bench.run(s.first->visitors()->add(browser_number(1), visitor_of("1"), store::browser_digest())));
    s.restart();
    const auto found = s.bench.run(s.first->tokens()->find(some_user("1"))).value();
    REQUIRE(found);
    CHECK(found->version == version);
    CHECK(found->held.text().reveal() == "secret of a");
    CHECK(s.bench.run(s.first->tokens()->put(some_user("1"), some_credential("b"))).value() != version);
    const auto taken =
        s.bench.run(s.first->logins()->take(store::id_of_login("x", "one"), store::digest_of_browser("browser")));
    CHECK(taken.value().what == store::taken_login::status::taken);
    CHECK(s.bench.run(s.second->visitors()->find(browser_number(1))).value());
}

/// A caller that leaves gets `cancelled`, if it was not served already; the others are served.
inline void a_cancelled_caller_costs_nobody_anything(const database_under_test& database)
{
    two_servers s(database);
    const auto tokens = s.first->tokens();
    constexpr std::size_t callers = 50;
    std::vector<boost::asio::cancellation_signal> signals(callers);
    std::size_t ended = 0;
    std::size_t cancelled = 0;
    for (std::size_t i = 0; i < callers; ++i)
        boost::asio::co_spawn(s.bench.io, as_result(tokens->put(some_user(std::to_string(i)), some_credential("a"))),
            boost::asio::bind_cancellation_slot(
                signals[i].slot(), [&](const std::exception_ptr& failed, const result<std::uint64_t>& put) {
                    CHECK(failed == nullptr);
                    ++ended;
                    if (!put) {
                        ++cancelled;
                        CHECK(put.error().reason() == errc::cancelled);
                    }
                }));
    s.bench.io.restart();
    s.bench.io.poll();
    for (std::size_t i = 0; i < callers; i += 2)
        signals[i].emit(boost::asio::cancellation_type::terminal);
    s.bench.io.restart();
    s.bench.io.run();
    CHECK(ended == callers);
    CHECK(cancelled <= callers / 2);
    for (std::size_t i = 1; i < callers; i += 2)
        CHECK(s.bench.run(tokens->find(some_user(std::to_string(i)))).value());
}

/// What an operation began goes on although the database and the store were released.
inline void a_store_may_go_during_an_operation(const database_under_test& database)
{
    store_bench bench;
    const auto place = database.make();
    store::database_options options;
    options.clock = bench.clock;
    auto opened = place->open(options);
    auto tokens = opened->tokens();
    opened = nullptr;
    CHECK(bench.run(tokens->put(some_user("1"), some_credential("a"))));
    auto finding = tokens->find(some_user("1"));
    CHECK(bench.run(std::move(finding)).value());
}

} // namespace coauth::testing
