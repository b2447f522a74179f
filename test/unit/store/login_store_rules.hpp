// What every store of pending logins must do, by whichever database: one function a rule.
#pragma once

#include "unit/store/store_bench.hpp"

#include <coauth/store/login_store.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace coauth::testing {

/// Makes an empty store with these limits, on the bench's context and by its clock.
using login_store_factory =
    std::function<std::shared_ptr<store::login_store>(store_bench& bench, const store::login_limits& limits)>;

struct login_store_rules {
    using status = store::taken_login::status;

    static constexpr std::chrono::milliseconds ttl{600'000};

    explicit login_store_rules(const login_store_factory& make, std::size_t max_pending = 100)
    {
        limits.max_pending = max_pending;
        limits.max_per_browser = 3;
        limits.time_to_live = ttl;
        store = make(bench, limits);
    }

    static store::pending_login login(
        const std::string& token, const std::string& browser = "browser", std::string return_to = "/")
    {
        return store::pending_login(store::id_of_login("x", token), secret("secret of " + token),
            store::digest_of_browser(browser), std::move(return_to));
    }
    result<void> add(const std::string& token, const std::string& browser = "browser", std::string return_to = "/")
    {
        return bench.run(store->add(login(token, browser, std::move(return_to))));
    }
    store::taken_login take(const std::string& token, const std::string& browser = "browser")
    {
        return bench.run(store->take(store::id_of_login("x", token), store::digest_of_browser(browser))).value();
    }
    store::login_store::counts count(const std::string& browser = "browser")
    {
        return bench.run(store->count(store::digest_of_browser(browser))).value();
    }
    store::login_store::expiry expire() { return bench.run(store->expire()).value(); }

    store_bench bench;
    store::login_limits limits;
    std::shared_ptr<store::login_store> store;
};

inline void a_login_comes_back_whole_and_once(const login_store_factory& make)
{
    login_store_rules s(make);
    CHECK(s.store->limits().max_pending == s.limits.max_pending);
    CHECK(s.store->limits().max_per_browser == s.limits.max_per_browser);
    CHECK(s.store->limits().time_to_live == s.limits.time_to_live);
    REQUIRE(s.add("one", "b", "/from?x=\x01&y"));
    REQUIRE(s.add("two", "b", ""));
    const auto taken = s.take("one", "b");
    CHECK(taken.what == login_store_rules::status::taken);
    REQUIRE(taken.login);
    CHECK(taken.login->id == store::id_of_login("x", "one"));
    CHECK(taken.login->proof.reveal() == "secret of one");
    CHECK(taken.login->browser.matches(store::digest_of_browser("b")));
    CHECK(taken.login->return_to == "/from?x=\x01&y");
    for (int i = 0; i < 3; ++i) {
        const auto again = s.take("one", "b");
        CHECK(again.what == login_store_rules::status::replayed);
        CHECK_FALSE(again.login);
    }
    CHECK(s.take("two", "b").login->return_to.empty());
    CHECK(s.take("three", "b").what == login_store_rules::status::unknown);
}

inline void another_browser_takes_nothing(const login_store_factory& make)
{
    login_store_rules s(make);
    REQUIRE(s.add("one", "mine"));
    CHECK(s.take("one", "yours").what == login_store_rules::status::wrong_browser);
    CHECK(s.take("one", "").what == login_store_rules::status::wrong_browser);
    CHECK(s.count("mine").living == 1);
    CHECK(s.take("one", "mine").what == login_store_rules::status::taken);
    // What is spent is spent for everybody.
    CHECK(s.take("one", "yours").what == login_store_rules::status::replayed);
}

inline void a_login_expires_by_time_alone(const login_store_factory& make)
{
    login_store_rules s(make);
    REQUIRE(s.add("one"));
    s.bench.clock->advance(login_store_rules::ttl - std::chrono::milliseconds(1));
    CHECK(s.take("one", "yours").what == login_store_rules::status::wrong_browser);
    s.bench.clock->advance(std::chrono::milliseconds(1));
    CHECK(s.count().living == 0);
    CHECK(s.count().of_browser == 0);
    CHECK(s.take("one", "yours").what == login_store_rules::status::expired); // counts before wrong_browser
    CHECK(s.take("one").what == login_store_rules::status::expired);
}

inline void a_spent_login_is_remembered_for_one_more_ttl(const login_store_factory& make)
{
    login_store_rules s(make);
    REQUIRE(s.add("expiring"));
    REQUIRE(s.add("replayed"));
    s.bench.clock->advance(login_store_rules::ttl / 2);
    REQUIRE(s.take("replayed").login);
    s.bench.clock->advance(login_store_rules::ttl - std::chrono::milliseconds(1));
    CHECK(s.take("replayed").what == login_store_rules::status::replayed);
    s.bench.clock->advance(std::chrono::milliseconds(1));
    CHECK(s.take("replayed").what == login_store_rules::status::unknown);
    s.bench.clock->advance(login_store_rules::ttl / 2 - std::chrono::milliseconds(1));
    CHECK(s.take("expiring").what == login_store_rules::status::expired);
    s.bench.clock->advance(std::chrono::milliseconds(1));
    CHECK(s.take("expiring").what == login_store_rules::status::unknown);
}

inline void as_many_spent_logins_as_living_ones_are_remembered(const login_store_factory& make)
{
    login_store_rules s(make, 3);
    for (const char* token : {"a", "b", "c", "d"}) {
        REQUIRE(s.add(token));
        REQUIRE(s.take(token).login);
    }
    CHECK(s.take("a").what == login_store_rules::status::unknown);
    for (const char* token : {"b", "c", "d"})
        CHECK(s.take(token).what == login_store_rules::status::replayed);
}

inline void a_full_store_refuses_and_forgets_no_living_login(const login_store_factory& make)
{
    login_store_rules s(make, 3);
    for (const char* token : {"a", "b", "c"})
        REQUIRE(s.add(token, token));
    const auto full = s.add("d", "d");
    REQUIRE_FALSE(full);
    CHECK(full.error().reason() == errc::too_many_logins);
    CHECK(full.error().message().find("3 logins are pending") != std::string::npos);
    CHECK(full.error().hint().has_value());
    CHECK(full.error().retry_after() == std::chrono::seconds(600));
    CHECK(s.count("a").living == 3);
    CHECK(s.take("d", "d").what == login_store_rules::status::unknown);
    REQUIRE(s.take("b", "b").login);
    CHECK(s.add("e", "e"));
    CHECK(s.take("a", "a").login);
    s.bench.clock->advance(login_store_rules::ttl);
    for (const char* token : {"f", "g", "h"})
        CHECK(s.add(token, token));
    CHECK_FALSE(s.add("i", "i"));
}

inline void a_browser_has_a_cap_of_its_own(const login_store_factory& make)
{
    login_store_rules s(make);
    for (const char* token : {"a", "b", "c"})
        REQUIRE(s.add(token));
    CHECK(s.count().of_browser == 3);
    CHECK(s.count("another").of_browser == 0);
    CHECK(s.count("another").living == 3);
    const auto full = s.add("d");
    REQUIRE_FALSE(full);
    CHECK(full.error().reason() == errc::too_many_logins);
    CHECK(full.error().message().find("this browser has 3") != std::string::npos);
    CHECK(s.add("e", "another"));
    REQUIRE(s.take("b").login);
    CHECK(s.add("f"));
}

inline void a_key_comes_once(const login_store_factory& make)
{
    login_store_rules s(make);
    REQUIRE(s.add("one"));
    CHECK(s.add("one", "another").error().reason() == errc::provider_error);
    CHECK(s.take("one").what == login_store_rules::status::taken);
    CHECK(s.add("one").error().reason() == errc::provider_error);
    s.bench.clock->advance(login_store_rules::ttl);
    CHECK(s.add("one")); // long ago
}

inline void logins_of_two_providers_are_two(const login_store_factory& make)
{
    login_store_rules s(make);
    REQUIRE(s.add("one"));
    const auto browser = store::digest_of_browser("browser");
    const auto elsewhere = store::id_of_login("github", "one");
    CHECK(s.bench.run(s.store->take(elsewhere, browser)).value().what == login_store_rules::status::unknown);
    CHECK(s.take("one").what == login_store_rules::status::taken);
}

inline std::string joined(const std::vector<std::string>& ends)
{
    std::string out;
    for (const auto& each : ends)
        out += (out.empty() ? "" : ", ") + each;
    return out;
}

/// The ends that watchers were notified of, on whichever threads.
class recorded_ends {
public:
    store::login_store::watcher watcher(const std::string& name)
    {
        return [this, name](const store::login_id&, const store::ended_login& reached) {
            const auto& outcome = reached.outcome;
            const std::string end =
                outcome ? outcome->user.id + outcome->return_to : std::string(coauth::name(*reached.failed));
            {
                const std::lock_guard lock(mutex_);
                ends_.push_back(name + ": " + end);
            }
            changed_.notify_all();
        };
    }

    /// All in order, once there are so many, or after ten seconds.
    std::vector<std::string> wait_for(std::size_t count)
    {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, std::chrono::seconds(10), [&] { return ends_.size() >= count; });
        auto out = ends_;
        std::sort(out.begin(), out.end());
        return out;
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::string> ends_;
};

inline store::ended_login granted_login(const std::string& user_id)
{
    login_outcome granted(login_status::granted);
    granted.user = signed_in_user("x", user_id);
    granted.return_to = "/back";
    return store::ended_login(granted);
}

/// Every watcher is notified of every end, until it is gone.
inline void an_end_reaches_who_watches(const login_store_factory& make)
{
    recorded_ends recorded;
    login_store_rules s(make);
    const auto id = store::id_of_login("x", "one");
    const auto first = s.store->watch(recorded.watcher("first"));
    {
        const auto second = s.store->watch(recorded.watcher("second"));
        REQUIRE(s.bench.run(s.store->end(id, granted_login("7"))));
        CHECK(recorded.wait_for(2) == std::vector<std::string>{"first: 7/back", "second: 7/back"});
    }
    REQUIRE(s.bench.run(s.store->end(id, store::ended_login(errc::timeout))));
    CHECK(recorded.wait_for(3) == std::vector<std::string>{"first: 7/back", "first: timeout", "second: 7/back"});
}

inline void expire_says_how_many_and_when_next(const login_store_factory& make)
{
    using namespace std::chrono_literals;
    login_store_rules s(make);
    CHECK(s.expire().expired == 0);
    CHECK_FALSE(s.expire().next.has_value());
    REQUIRE(s.add("a"));
    REQUIRE(s.add("b"));
    s.bench.clock->advance(1s);
    REQUIRE(s.add("c"));
    CHECK(s.expire().next == login_store_rules::ttl - 1s);
    REQUIRE(s.take("b").login);
    s.bench.clock->advance(login_store_rules::ttl - 1s);
    CHECK(s.count().living == 1); // drops one, which `expire` still tells
    const auto gone = s.expire();
    CHECK(gone.expired == 1);
    CHECK(gone.next == 1s);
    s.bench.clock->advance(login_store_rules::ttl);
    CHECK(s.expire().expired == 1);
    CHECK_FALSE(s.expire().next.has_value());
}

/// Of equal callbacks on several threads one gets the login.
inline void one_of_many_takes_it(const login_store_factory& make)
{
    constexpr int threads = 4;
    constexpr int logins = 50;
    login_store_rules s(make);
    s.limits.max_per_browser = logins;
    s.store = make(s.bench, s.limits);
    for (int i = 0; i < logins; ++i)
        REQUIRE(s.add("token" + std::to_string(i)));
    std::atomic<int> taken = 0;
    std::atomic<int> replayed = 0;
    for (int i = 0; i < logins * threads; ++i)
        boost::asio::co_spawn(s.bench.io,
            s.store->take(
                store::id_of_login("x", "token" + std::to_string(i % logins)), store::digest_of_browser("browser")),
            [&](const std::exception_ptr&, const store::taken_login& t) {
                taken += t.what == login_store_rules::status::taken;
                replayed += t.what == login_store_rules::status::replayed;
            });
    s.bench.io.restart();
    std::vector<std::thread> others;
    const auto work = [&] {
        while (taken + replayed < logins * threads && s.bench.io.run_one() != 0) {}
    };
    for (int i = 1; i < threads; ++i)
        others.emplace_back(work);
    work();
    s.bench.io.stop();
    for (auto& t : others)
        t.join();
    CHECK(taken == logins);
    CHECK(replayed == logins * (threads - 1));
}

} // namespace coauth::testing
