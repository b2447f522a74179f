// Lookups of a provider that fails by a test's rule, with a manual clock.
#pragma once

#include "unit/session/lookups/lookups_fixture.hpp"

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace coauth::testing {

using std::chrono::milliseconds;

inline std::vector<user_ref> numbered_names(int first, int count)
{
    std::vector<user_ref> names;
    for (int i = first; i < first + count; ++i)
        names.push_back("n" + std::to_string(i));
    return names;
}

// The provider fails by a rule, and counts the requests from the first failure on.
class failing_provider_fixture {
public:
    static constexpr milliseconds forever = std::chrono::minutes(30);

    using failure_rule = std::function<std::optional<error>(milliseconds at, const echo_provider::request& request)>;

    explicit failing_provider_fixture(session_options options) : fixture(options), max_requests(options.max_requests)
    {
        began = fixture.clock->steady_now();
        fixture.provider->clock = fixture.clock;
        fixture.provider->takes = [this](std::size_t number) {
            ++in_flight;
            arrived(number);
            return latency ? latency(now(), fixture.provider->requests()[number - 1]) : milliseconds(100);
        };
        fixture.provider->fails = [this](std::size_t number) { ended(number); };
    }

    milliseconds now() const { return std::chrono::duration_cast<milliseconds>(fixture.clock->steady_now() - began); }

    waiting_caller& look_up(const char* user_id, std::vector<user_ref> names)
    {
        return *callers.emplace_back(std::make_unique<waiting_caller>(fixture, user_id, std::move(names)));
    }

    // Calls of a hundred names each.
    void look_up_numbered(const char* user_id, int count)
    {
        for (int first = 0; first < count; first += 100)
            look_up(user_id, numbered_names(first, std::min(100, count - first)));
    }

    // Until nothing is left to do, or `until`. `before` is called before each step.
    void run(milliseconds until = forever, const std::function<void()>& before = {})
    {
        for (;;) {
            if (before)
                before();
            fixture.io.restart();
            if (fixture.io.poll_one() != 0)
                continue;
            const auto next = fixture.clock->until_next();
            if (!next || now() + *next > until) {
                if (until < forever)
                    fixture.clock->advance(until - now());
                return;
            }
            fixture.clock->advance(*next);
        }
    }

    void check_all_found() const
    {
        for (const auto& caller : callers)
            caller->check_ended(false);
    }

    lookups_fixture fixture;
    std::size_t max_requests;
    std::chrono::steady_clock::time_point began;
    failure_rule fails;
    std::function<milliseconds(milliseconds at, const echo_provider::request& request)> latency;
    std::vector<std::unique_ptr<waiting_caller>> callers;
    std::size_t in_flight = 0;
    std::size_t too_many = 0; ///< Requests beyond 10 and 2 a second.

private:
    void arrived(std::size_t)
    {
        if (!failed_first)
            return;
        ++since_failure;
        const double allowed = static_cast<double>(std::max<std::size_t>(10, before_failure)) +
                               2 * std::chrono::duration<double>(now() - *failed_first).count();
        too_many += static_cast<double>(since_failure) > allowed + 1e-6;
    }

    void ended(std::size_t number)
    {
        const auto why = fails(now(), fixture.provider->requests()[number - 1]);
        if (!why) {
            --in_flight;
            failed_first.reset();
            return;
        }
        if (!failed_first) {
            failed_first = now();
            since_failure = before_failure = in_flight;
        }
        --in_flight;
        throw error(*why);
    }

    std::optional<milliseconds> failed_first; ///< With no success since.
    std::size_t since_failure = 0;            ///< Requests then in flight, and those that arrived since.
    std::size_t before_failure = 0;
};

} // namespace coauth::testing
