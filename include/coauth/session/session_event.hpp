// The events and the statistics of a session.
#pragma once

#include <coauth/error.hpp>
#include <coauth/export.hpp>
#include <coauth/session/login.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace coauth {

enum class session_event_kind {
    login_begun,
    login_ended,   ///< With `status`: granted, denied, expired, ...
    login_failed,  ///< Leg 1 or leg 3 failed, with `why`.
    token_added,   ///< By a login or by `add_user`.
    token_removed, ///< Signed out, or refused by the provider (with `why`).
    token_renewed, ///< Before it expired, or since the provider refused it.
    request,       ///< A lookup of `count` users was sent.
    response,      ///< The provider responded to it, for `count` users.
    retry,         ///< It failed with `why` and will be sent again after `wait`.
    wait,          ///< The rate limit is used up: `count` questions wait for `wait`.
    cache_hit,     ///< A question was answered from the cache.
    joined,        ///< A question joined an equal one.
};

/// "login_begun", "cache_hit", ...
COAUTH_DECL std::string_view name(session_event_kind event_kind) noexcept;

/// An event of a session. Holds ids and numbers, never a secret, a token or a name that was looked up.
struct session_event {
    session_event() = default;
    explicit session_event(session_event_kind new_kind, std::string new_user_id = {})
        : kind(new_kind), user_id(std::move(new_user_id))
    {}

    session_event_kind kind = session_event_kind::login_begun;
    std::string user_id; ///< The user whose token is used; empty if not known yet.
    std::optional<login_status> status;
    std::optional<errc> why;
    std::size_t count = 0;
    std::chrono::milliseconds wait{0};
};

/// Counts of a session since it began, and last the current state.
struct session_stats {
    session_stats() = default;

    struct login_counts {
        login_counts() = default;

        std::uint64_t begun = 0;
        std::uint64_t shared = 0;  ///< Begins that got the login the same browser had just begun.
        std::uint64_t refused = 0; ///< At a cap.
        std::uint64_t failed = 0;  ///< Leg 1 or leg 3 failed.
        std::uint64_t granted = 0;
        std::uint64_t denied = 0;
        std::uint64_t expired = 0; ///< No callback came in time, or one came too late.
        std::uint64_t unknown = 0;
        std::uint64_t replayed = 0;
        std::uint64_t wrong_browser = 0;

        std::size_t awaited = 0; ///< Coroutines in `wait` now.
    };

    struct lookup_counts {
        lookup_counts() = default;

        std::uint64_t questions = 0;         ///< One for each name of a call.
        std::uint64_t cache_hits = 0;        ///< Answered from the cache.
        std::uint64_t joined = 0;            ///< Joined an equal question in progress.
        std::uint64_t requests = 0;          ///< Requests sent, tries included.
        std::uint64_t names_sent = 0;        ///< Names in them.
        std::uint64_t profiles = 0;          ///< Profiles received, which the provider charges for.
        std::uint64_t retries = 0;           ///< Requests that were sent again.
        std::uint64_t rate_limited = 0;      ///< Requests that the provider refused for a rate limit.
        std::uint64_t cost_micros = 0;       ///< `profiles` at the price, in millionths of the currency.
        std::chrono::milliseconds waited{0}; ///< Time for which questions waited for a rate limit.

        std::size_t waiting = 0;   ///< Names that wait to be sent now.
        std::size_t in_flight = 0; ///< Requests in flight now.
        std::size_t cached = 0;    ///< Results in the cache now.
    };

    login_counts logins;
    lookup_counts lookups;
};

} // namespace coauth
