#include "session/setup.hpp"

#include "coro/checked_clock.hpp"
#include "crypto/random.hpp"
#include "session/user_classes.hpp"

#include <coauth/store/memory_store.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <time.h>
#include <utility>

namespace coauth::sessions {

namespace {

void check(bool valid, const char* problem)
{
    if (!valid)
        throw error(errc::invalid_argument, std::string("session_options: ") + problem);
}

template <class Duration>
bool within_30_days(Duration d)
{
    return d >= Duration(0) && d <= std::chrono::hours(24 * 30);
}

void check(const session_options& o)
{
    check(within_30_days(o.share_login_for), "share_login_for is not from 0 to 30 days");
    check(within_30_days(o.cache_for), "cache_for is not from 0 to 30 days");
    check(within_30_days(o.cache_missing_for), "cache_missing_for is not from 0 to 30 days");
    check(within_30_days(o.gather_for), "gather_for is not from 0 to 30 days");
    check(within_30_days(o.reset_jitter), "reset_jitter is not from 0 to 30 days");
    check(within_30_days(o.max_wait), "max_wait is not from 0 to 30 days");
    check(within_30_days(o.retry_for), "retry_for is not from 0 to 30 days");
    check(o.max_requests >= 1, "max_requests is 0");
    check(o.max_cached_tokens >= 1, "max_cached_tokens is 0");
}

// Only spreads out what many clients do at once, but costs nothing to draw well.
double draw_chance()
{
    std::uint32_t bits = 0;
    crypto::fill_random(&bits, sizeof bits);
    return static_cast<double>(bits) / 4294967296.0;
}

// A chance only spreads waits, so a fixed one does where drawing it throws.
std::function<double()> checked_chance(std::function<double()> draw)
{
    return [draw = std::move(draw)] {
        try {
            return draw();
        } catch (...) {
            return 0.5;
        }
    };
}

} // namespace

session_setup::session_setup(boost::asio::any_io_executor new_executor, std::shared_ptr<login_provider> new_provider,
    session_options new_options)
    : executor(std::move(new_executor)), provider(std::move(new_provider)), options(std::move(new_options)),
      work(std::make_shared<background>(executor))
{
    if (!provider)
        throw error(errc::invalid_argument, "the session has no provider");
    check(options);
    provider = checked(std::move(provider));
    on_system_clock = !options.clock || options.clock == system_clock();
    options.clock = options.clock ? checked_clock(std::move(options.clock)) : system_clock();
    options.chance = checked_chance(options.chance ? std::move(options.chance) : draw_chance);
    shares_logins = options.logins != nullptr;
    // The project's own throw the right errors.
    options.logins = options.logins ? checked(std::move(options.logins))
                                    : store::memory_login_store(options.login_limits, options.clock);
    options.tokens = options.tokens ? checked(std::move(options.tokens)) : store::memory_token_store(options.clock);
}

std::chrono::steady_clock::time_point session_setup::soon() const
{
#ifdef CLOCK_MONOTONIC_COARSE
    if (on_system_clock) {
        ::timespec tick{};
        ::clock_gettime(CLOCK_MONOTONIC_COARSE, &tick); // the kernel's latest tick, a few milliseconds ago
        return std::chrono::steady_clock::time_point(
            std::chrono::seconds(tick.tv_sec + 1) + std::chrono::nanoseconds(tick.tv_nsec));
    }
#endif
    return options.clock->steady_now();
}

void session_setup::report(const session_event& event) const noexcept
{
    if (!options.on_event)
        return;
    try {
        options.on_event(event);
    } catch (...) {
        // It must not throw; the event has happened in any case.
    }
}

} // namespace coauth::sessions
