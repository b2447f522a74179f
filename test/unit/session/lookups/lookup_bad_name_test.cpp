// Users who ask for a name that the provider fails on, beside users whose lookups succeed.
#include "unit/session/lookups/failing_provider_rig.hpp"

#include <doctest/doctest.h>

#include <deque>
#include <map>
#include <set>
#include <string>

using namespace std::chrono_literals;
using namespace coauth;
using namespace coauth::testing;

namespace {

bool asks_for_broken(const echo_provider::request& request)
{
    for (const user_ref& user : request.who)
        if (user.text().starts_with("broken"))
            return true;
    return false;
}

// Calls of many users, and when each ended.
class bad_name_rig : public failing_provider_rig {
public:
    explicit bad_name_rig(milliseconds retry_for, std::size_t max_requests = 8)
        : failing_provider_rig(options_of(retry_for, max_requests))
    {
        fails = [](milliseconds, const echo_provider::request& request) -> std::optional<error> {
            if (asks_for_broken(request))
                return error(errc::provider_unavailable).with_http_status(503);
            return std::nullopt;
        };
    }

    struct timed_call {
        timed_call(party& caller, milliseconds asked) : caller(&caller), asked(asked) {}

        milliseconds took(milliseconds now) const { return ended.value_or(now) - asked; }

        party* caller;
        milliseconds asked;
        std::optional<milliseconds> ended;
    };

    timed_call& call(const std::string& user, const std::string& name)
    {
        if (known_users.insert(user).second)
            add(user);
        return calls.emplace_back(ask(user.c_str(), {user_ref(name)}), now());
    }

    std::deque<timed_call> calls;

    // In steps of a tenth of a second, each of which may begin with a call.
    template <class Step>
    void play(milliseconds length, Step step)
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

    // Without letting time pass.
    void add(const std::string& user)
    {
        asio::co_spawn(b.io, b.tokens->put(user, echo_provider::token_of(user)),
            [](const std::exception_ptr& e) { CHECK(e == nullptr); });
        b.io.restart();
        b.io.poll();
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
        bad_name_rig rig(r.retry_for);
        for (int i = 0; i < r.failing_users; ++i)
            rig.call(numbered("failing_", i), "broken");
        int asked = 0;
        rig.play(4 * r.retry_for, [&] {
            if (rig.now() < asked * r.between_successes)
                return;
            rig.call("carol", numbered("other", asked));
            ++asked;
        });
        CHECK(rig.too_many == 0);
        for (const auto& each : rig.calls) {
            if (each.caller->answered_right() || (each.caller->ended == 0 && rig.now() - each.asked < 1s))
                continue;
            REQUIRE(each.caller->failed);
            CAPTURE(each.asked.count());
            CAPTURE(std::string(each.caller->failed->what()));
            CHECK(each.caller->failed->reason() == errc::provider_unavailable);
            CHECK(each.caller->failed->http_status() == 503);
            CHECK(each.caller->failed->hint()->find(std::to_string(r.retry_for / 1s) + " s") != std::string::npos);
            CHECK(each.took(rig.now()) >= r.retry_for);
            CHECK(each.took(rig.now()) <= r.retry_for + 300ms);
        }
        CHECK(rig.b.lookups->counts().waiting == 0);
    }
}

TEST_CASE("lookups: a call that begins in a user's failing lane waits retry_for itself")
{
    bad_name_rig rig(5s);
    rig.call("ann", "broken");
    int asked = 0;
    rig.play(30s, [&] {
        if (rig.now() < asked * 1'000ms)
            return;
        rig.call("carol", numbered("other", asked));
        if (asked == 3)
            rig.call("ann", "broken2");
        if (asked == 20)
            rig.call("ann", "broken"); // long after the others ended
        ++asked;
    });
    int failed = 0;
    for (const auto& each : rig.calls) {
        if (!each.caller->failed)
            continue;
        ++failed;
        CHECK(each.took(rig.now()) >= 5s);
        CHECK(each.took(rig.now()) <= 5'300ms);
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
        bad_name_rig rig(5s, 32);
        rig.latency = [&](milliseconds, const echo_provider::request& request) {
            return asks_for_broken(request) ? r.failing_latency : r.latency;
        };
        int failing = 0;
        int others = 0;
        rig.play(60s, [&] {
            while (failing < r.failing_users && rig.now() >= 1s + failing * r.between_failing)
                rig.call(numbered("failing_", failing++), "broken");
            if (rig.now() >= others * r.between_others) {
                rig.call(numbered("other_", others % 7), numbered("name", others));
                ++others;
            }
        });
        CHECK(rig.too_many == 0);
        for (const auto& each : rig.calls) {
            if (each.caller->failed) {
                CAPTURE(each.asked.count());
                CAPTURE(std::string(each.caller->failed->what()));
                CHECK(each.took(rig.now()) <= 5s + r.failing_latency + 5'300ms);
                continue;
            }
            if (each.caller->ended == 0) {
                CHECK(rig.now() - each.asked < r.latency + 1s); // asked just now
                continue;
            }
            CHECK(each.caller->answered_right());
            CHECK(each.took(rig.now()) <= r.latency + 600ms); // ten requests, then one in half a second
        }
    }
}

TEST_CASE("lookups: a name that is failed on, in a lane where most requests fail, is failed for all that")
{
    // Every request with a name for the first time fails, so the successes are all of repeated ones.
    bad_name_rig rig(5s);
    std::map<std::string, int> sent;
    rig.fails = [&](milliseconds, const echo_provider::request& request) -> std::optional<error> {
        bool fails = false;
        for (const user_ref& user : request.who)
            fails = ++sent[user.text()] == 1 || user.text() == "broken" || fails;
        return fails ? std::optional(error(errc::connection_lost)) : std::nullopt;
    };
    rig.call("ann", "broken");
    int asked = 0;
    rig.play(3min, [&] {
        if (rig.now() < asked * 2'000ms || rig.now() > 170s)
            return;
        rig.call("ann", numbered("other", asked));
        ++asked;
    });
    REQUIRE(rig.calls.front().ended);
    CHECK(*rig.calls.front().ended < 150s);
    for (std::size_t i = 1; i < rig.calls.size(); ++i)
        CHECK(rig.calls[i].caller->answered_right());
}

TEST_CASE("lookups: in an outage beside a name that is failed on, ten requests and two a second reach the provider")
{
    for (const milliseconds between : {100ms, 700ms, 2'500ms})
        for (const std::size_t max_requests : {1U, 8U, 64U}) {
            CAPTURE(between.count());
            CAPTURE(max_requests);
            bad_name_rig rig(30s, max_requests);
            rig.fails = [](milliseconds at, const echo_provider::request& request) -> std::optional<error> {
                if (asks_for_broken(request) || (at > 12s && at < 30s) || (at > 35s && at < 40s))
                    return error(errc::connection_lost);
                return std::nullopt;
            };
            for (int i = 0; i < 12; ++i)
                rig.call(numbered("failing_", i), "broken");
            int asked = 0;
            rig.play(2min, [&] {
                if (rig.now() < asked * between || rig.now() > 50s)
                    return;
                rig.call(numbered("other_", asked % 9), numbered("name", asked));
                ++asked;
            });
            CHECK(rig.too_many == 0);
            for (const auto& each : rig.calls)
                CHECK((each.caller->answered_right() || each.caller->failed));
            CHECK(rig.b.lookups->counts().waiting == 0);
        }
}
