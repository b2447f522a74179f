// What a session tells those who watch it.
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

/// Something that happened. Holds ids and numbers, never a secret, a token or a name that was asked for.
struct session_event {
    enum class kind {
        login_begun,
        login_ended,   ///< With `status`: granted, denied, expired, ...
        login_failed,  ///< Leg 1 or leg 3 failed, with `why`.
        token_added,   ///< By a login or by hand.
        token_removed, ///< Signed out, or refused by the provider (with `why`).
        request,       ///< A lookup of `count` people was sent.
        answer,        ///< It was answered for `count` people.
        retry,         ///< It failed with `why` and will be sent again after `wait`.
        wait,          ///< The rate limit is spent: `count` questions wait for `wait`.
        cache_hit,     ///< A question was answered from the cache.
        joined,        ///< A question joined an equal one.
    };

    session_event() = default;
    explicit session_event(kind new_what, std::string new_user_id = {})
        : what(new_what), user_id(std::move(new_user_id))
    {}

    kind what = kind::login_begun;
    std::string user_id; ///< Under whose credentials; empty where nobody is known yet.
    std::optional<login_status> status;
    std::optional<errc> why;
    std::size_t count = 0;
    std::chrono::milliseconds wait{0};
};

/// "login_begun", "cache_hit", ...
COAUTH_DECL std::string_view name(session_event::kind what) noexcept;

/// What a session has done so far. Counts only grow; what is so now comes last.
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
        std::uint64_t expired = 0; ///< Nobody came in time, or a callback came too late.
        std::uint64_t unknown = 0;
        std::uint64_t replayed = 0;
        std::uint64_t wrong_browser = 0;

        std::size_t awaited = 0; ///< Coroutines in `wait` now.
    };

    struct lookup_counts {
        lookup_counts() = default;

        std::uint64_t asked = 0;             ///< Questions, one for each name.
        std::uint64_t cache_hits = 0;        ///< Answered from the cache.
        std::uint64_t joined = 0;            ///< Joined an equal question under way.
        std::uint64_t requests = 0;          ///< Requests sent, tries included.
        std::uint64_t names_sent = 0;        ///< Names in them.
        std::uint64_t profiles = 0;          ///< Profiles that came back, which is what the provider charges for.
        std::uint64_t retries = 0;           ///< Requests that were sent again.
        std::uint64_t rate_limited = 0;      ///< Requests that the provider refused for a rate limit.
        std::uint64_t cost_micros = 0;       ///< `profiles` at the price, in millionths of the currency.
        std::chrono::milliseconds waited{0}; ///< Time in which questions waited for a rate limit.

        std::size_t waiting = 0;   ///< Names that wait to be sent now.
        std::size_t under_way = 0; ///< Requests on the wire now.
        std::size_t cached = 0;    ///< Answers in the cache now.
    };

    login_counts logins;
    lookup_counts lookups;
};

} // namespace coauth
