// Users that look up a name that the provider fails on, beside users whose lookups succeed.
#include "unit/session/lookups/failing_provider_fixture.hpp"

#include <doctest/doctest.h>

#include <deque>
#include <map>
#include <set>
#include <string>

using namespace std::chrono_literals;
using namespace coauth;
using namespace coauth::testing;

namespace {

bool has_broken_name(const echo_provider::request& request)
{
    for (const user_ref& user : request.users)
        if (user.text().starts_with("broken"))
            return true;
    return false;
}

// Calls of many users, and when each ended.
class failing_name_fixture : public failing_provider_fixture {
public:
    explicit failing_name_fixture(milliseconds retry_for, std::size_t max_requests = 8)
        : failing_provider_fixture(options_of(retry_for, max_requests))
    {
        fails = [](milliseconds, const echo_provider::request& request) -> std::optional<error> {
            if (has_broken_name(request))
                return error(errc::provider_unavailable).with_http_status(503);
            return std::nullopt;
        };
    }

    struct timed_call {
        timed_call(waiting_caller& caller, milliseconds started) : caller(&caller), started(started) {}

        milliseconds took(milliseconds now) const { return ended.value_or(now) - started; }

        waiting_caller* caller;
        milliseconds started;
        std::optional<milliseconds> ended;
    };

    timed_call& call(const std::string& user, const std::string& name)
    {
        if (known_users.insert(user).second)
            add(user);
        return calls.emplace_back(look_up(user.c_str(), {user_ref(name)}), now());
    }

    std::deque<timed_call> calls;

    // In steps of a tenth of a second, each of which may begin with a call.
    template <class Step>
    void run_in_steps(milliseconds length, Step step)
    {
        for (const milliseconds end = now() + length; now() < end;) {
            step();
            run(now() + milliseconds(100), [this] { note_ended(); });
            note_ended();
        }
    }

private:
    void note_ended()
    {
        for (timed_call& each : calls)
            if (!each.ended && each.caller->ended != 0)
                each.ended = now();
    }

    std::set<std::string> known_users{"ann", "bob"};

    // Without advancing the clock.
    void add(const std::string& user)
    {
        asio::co_spawn(fixture.io, fixture.tokens->put(user, echo_provider::token_of(user)),
            [](const std::exception_ptr& e) { CHECK(e == nullptr); });
        fixture.io.restart();
        fixture.io.poll();
    }

    static session_options options_of(milliseconds retry_for, std::size_t max_requests)
    {
        session_options options;
        options.retry_for = retry_for;
        options.max_requests = max_requests;
        return options;
    }
};

std::string numbered(const char* text, int number)
{
    return text + std::to_string(number);
}

} // namespace

TEST_CASE("lookups: a call of a user whose requests all fail ends after retry_for, however seldom others succeed")
{
    struct row {
        int failing_users;
        milliseconds between_successes;
        milliseconds retry_for;
    };
    for (const row& r : {row{1, 4'000ms, 5s}, row{1, 1'000ms, 5s}, row{1, 300ms, 5s}, row{2, 2'000ms, 5s},
             row{2, 300ms, 5s}, row{2, 4'900ms, 5s}, row{5, 2'000ms, 5s}, row{2, 2'000ms, 30s}, row{3, 7'000ms, 30s}}) {
        CAPTURE(r.failing_users);
        CAPTURE(r.between_successes.count());
        CAPTURE(r.retry_for.count());
        failing_name_fixture f(r.retry_for);
        for (int i = 0; i < r.failing_users; ++i)
            f.call(numbered("failing_", i), "broken");
        int calls_made = 0;
        f.run_in_steps(4 * r.retry_for, [&] {
            if (f.now() < calls_made * r.between_successes)
                return;
            f.call("carol", numbered("other", calls_made));
            ++calls_made;
        });
        CHECK(f.too_many == 0);
        for (const auto& each : f.calls) {
            if (each.caller->has_right_results() || (each.caller->ended == 0 && f.now() - each.started < 1s))
                continue;
            REQUIRE(each.caller->failed);
            CAPTURE(each.started.count());
            CAPTURE(std::string(each.caller->failed->what()));
            CHECK(each.caller->failed->reason() == errc::provider_unavailable);
            CHECK(each.caller->failed->http_status() == 503);
            CHECK(each.caller->failed->hint()->find(std::to_string(r.retry_for / 1s) + " s") != std::string::npos);
            CHECK(each.took(f.now()) >= r.retry_for);
            CHECK(each.took(f.now()) <= r.retry_for + 300ms);
        }
        CHECK(f.fixture.lookups->counts().waiting == 0);
    }
}

TEST_CASE("lookups: a call that begins in a user's failing queue waits retry_for itself")
{
    failing_name_fixture f(5s);
    f.call("ann", "broken");
    int calls_made = 0;
    f.run_in_steps(30s, [&] {
        if (f.now() < calls_made * 1'000ms)
            return;
        f.call("carol", numbered("other", calls_made));
        if (calls_made == 3)
            f.call("ann", "broken2");
        if (calls_made == 20)
            f.call("ann", "broken"); // long after the others ended
        ++calls_made;
    });
    int failed = 0;
    for (const auto& each : f.calls) {
        if (!each.caller->failed)
            continue;
        ++failed;
        CHECK(each.took(f.now()) >= 5s);
        CHECK(each.took(f.now()) <= 5'300ms);
    }
    CHECK(failed == 3);
}

TEST_CASE("lookups: a name that many users ask for and the provider fails on does not slow the other users down")
{
    struct row {
        int failing_users;
        milliseconds between_failing; ///< 0: all at once.
        milliseconds between_others;
        milliseconds latency; ///< Of the others.
        milliseconds failing_latency;
    };
    for (const row& r :
        {row{15, 0ms, 300ms, 100ms, 100ms}, row{15, 0ms, 2'000ms, 100ms, 100ms}, row{15, 0ms, 7'000ms, 100ms, 100ms},
            row{40, 500ms, 2'000ms, 100ms, 100ms}, row{40, 1'000ms, 4'000ms, 100ms, 100ms},
            row{15, 0ms, 500ms, 3'000ms, 100ms}, row{15, 0ms, 1'000ms, 4'500ms, 100ms},
            row{15, 0ms, 1'000ms, 100ms, 4'000ms}, row{8, 0ms, 1'000ms, 100ms, 10'000ms}}) {
        CAPTURE(r.failing_users);
        CAPTURE(r.between_failing.count());
        CAPTURE(r.between_others.count());
        CAPTURE(r.latency.count());
        CAPTURE(r.failing_latency.count());
        failing_name_fixture f(5s, 32);
        f.latency = [&](milliseconds, const echo_provider::request& request) {
            return has_broken_name(request) ? r.failing_latency : r.latency;
        };
        int failing = 0;
        int others = 0;
        f.run_in_steps(60s, [&] {
            while (failing < r.failing_users && f.now() >= 1s + failing * r.between_failing)
                f.call(numbered("failing_", failing++), "broken");
            if (f.now() >= others * r.between_others) {
                f.call(numbered("other_", others % 7), numbered("name", others));
                ++others;
            }
        });
        CHECK(f.too_many == 0);
        for (const auto& each : f.calls) {
            if (each.caller->failed) {
                CAPTURE(each.started.count());
                CAPTURE(std::string(each.caller->failed->what()));
                CHECK(each.took(f.now()) <= 5s + r.failing_latency + 5'300ms);
                continue;
            }
            if (each.caller->ended == 0) {
                CHECK(f.now() - each.started < r.latency + 1s); // asked just now
                continue;
            }
            CHECK(each.caller->has_right_results());
            CHECK(each.took(f.now()) <= r.latency + 600ms); // ten requests, then one in half a second
        }
    }
}

TEST_CASE("lookups: a name that the provider fails on becomes failed although most requests of its queue fail")
{
    // Every request with a name for the first time fails, so the successes are all of repeated ones.
    failing_name_fixture f(5s);
    std::map<std::string, int> sent;
    f.fails = [&](milliseconds, const echo_provider::request& request) -> std::optional<error> {
        bool fails = false;
        for (const user_ref& user : request.users)
            fails = ++sent[user.text()] == 1 || user.text() == "broken" || fails;
        return fails ? std::optional(error(errc::connection_lost)) : std::nullopt;
    };
    f.call("ann", "broken");
    int calls_made = 0;
    f.run_in_steps(3min, [&] {
        if (f.now() < calls_made * 2'000ms || f.now() > 170s)
            return;
        f.call("ann", numbered("other", calls_made));
        ++calls_made;
    });
    REQUIRE(f.calls.front().ended);
    CHECK(*f.calls.front().ended < 150s);
    for (std::size_t i = 1; i < f.calls.size(); ++i)
        CHECK(f.calls[i].caller->has_right_results());
}

TEST_CASE("lookups: in an outage beside a name that is failed on, ten requests and two a second reach the provider")
{
    for (const milliseconds between : {100ms, 700ms, 2'500ms})
        for (const std::size_t max_requests : {1U, 8U, 64U}) {
            CAPTURE(between.count());
            CAPTURE(max_requests);
            failing_name_fixture f(30s, max_requests);
            f.fails = [](milliseconds at, const echo_provider::request& request) -> std::optional<error> {
                if (has_broken_name(request) || (at > 12s && at < 30s) || (at > 35s && at < 40s))
                    return error(errc::connection_lost);
                return std::nullopt;
            };
            for (int i = 0; i < 12; ++i)
                f.call(numbered("failing_", i), "broken");
            int calls_made = 0;
            f.run_in_steps(2min, [&] {
                if (f.now() < calls_made * between || f.now() > 50s)
                    return;
                f.call(numbered("other_", calls_made % 9), numbered("name", calls_made));
                ++calls_made;
            });
            CHECK(f.too_many == 0);
            for (const auto& each : f.calls)
                CHECK((each.caller->has_right_results() || each.caller->failed));
            CHECK(f.fixture.lookups->counts().waiting == 0);
        }
}
