// Lookups of a provider that fails as told, on a clock of the test's.
#pragma once

#include "unit/session/lookups/bureau.hpp"

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

// A provider that fails as told, and counts what reaches it from the first failure on.
class failing_provider_rig {
public:
    static constexpr milliseconds forever = std::chrono::minutes(30);

    using fate = std::function<std::optional<error>(milliseconds at, const echo_provider::request& request)>;

    explicit failing_provider_rig(session_options options) : b(options), max_requests(options.max_requests)
    {
        began = b.clock->steady_now();
        b.provider->clock = b.clock;
        b.provider->takes = [this](std::size_t number) {
            ++in_flight;
            arrived(number);
            return latency ? latency(now(), b.provider->requests()[number - 1]) : milliseconds(100);
        };
        b.provider->fails = [this](std::size_t number) { ended(number); };
    }

    milliseconds now() const { return std::chrono::duration_cast<milliseconds>(b.clock->steady_now() - began); }

    party& ask(const char* user_id, std::vector<user_ref> names)
    {
        return *parties.emplace_back(std::make_unique<party>(b, user_id, std::move(names)));
    }

    // Calls of a hundred names each.
    void ask_for(const char* user_id, int count)
    {
        for (int first = 0; first < count; first += 100)
            ask(user_id, numbered_names(first, std::min(100, count - first)));
    }

    // Until nothing is left to do, or `until`. `before` is called before each step.
    void run(milliseconds until = forever, const std::function<void()>& before = {})
    {
        for (;;) {
            if (before)
                before();
            b.io.restart();
            if (b.io.poll_one() != 0)
                continue;
            const auto next = b.clock->until_next();
            if (!next || now() + *next > until) {
                if (until < forever)
                    b.clock->advance(until - now());
                return;
            }
            b.clock->advance(*next);
        }
    }

    void check_all_found() const
    {
        for (const auto& one : parties)
            one->check_ended(false);
    }

    bureau b;
    std::size_t max_requests;
    std::chrono::steady_clock::time_point began;
    fate fails;
    std::function<milliseconds(milliseconds at, const echo_provider::request& request)> latency;
    std::vector<std::unique_ptr<party>> parties;
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
        const auto why = fails(now(), b.provider->requests()[number - 1]);
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
    std::size_t since_failure = 0;            ///< Requests then on the wire, and those that arrived since.
    std::size_t before_failure = 0;
};

} // namespace coauth::testing
