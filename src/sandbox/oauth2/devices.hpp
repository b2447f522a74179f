// Logins of devices without a browser (RFC 8628).
#pragma once

#include "sandbox/oauth2/grants.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace coauth::sandbox {

inline constexpr std::chrono::seconds first_poll_interval{5};

enum class device_state {
    pending, ///< The user has not decided.
    allowed, ///< The next poll gets the tokens.
    denied,
    finished, ///< The tokens were given.
};

struct device_login {
    device_login() = default;

    std::string user_code; ///< "BCDF-GHJK"
    login_terms terms;     ///< The user is set when the login is allowed.
    std::chrono::sys_seconds expires_at{};
    std::chrono::seconds interval = first_poll_interval;
    std::optional<std::chrono::sys_seconds> polled_at;
    device_state state = device_state::pending;
};

struct device_codes {
    device_codes() = default;

    std::string device_code, user_code;
};

/// Thread safety: not safe; the provider guards it.
class devices {
public:
    device_codes begin(login_terms terms, const random_source& random, std::chrono::sys_seconds now);

    /// As the user typed it: in any case, with or without the hyphen. Null if there is none of this provider.
    const device_login* find(std::string_view user_code, face played) const;

    /// False unless the login is pending and has not expired.
    bool allow(std::string_view user_code, face played, std::uint64_t user, std::chrono::sys_seconds now);
    bool deny(std::string_view user_code, face played, std::chrono::sys_seconds now);

    /// Denies what the user allowed the client, and whose tokens were not given yet.
    void end_logins(const consent& ended);

    /// The login to give tokens for, once; or null, and `refused` says why.
    const device_login* poll(std::string_view device_code, std::string_view client_id, face played,
        std::chrono::sys_seconds now, refusal& refused);

    void clear();
    std::size_t size() const noexcept { return by_device_code_.size(); }

private:
    device_login* pending(std::string_view user_code, face played, std::chrono::sys_seconds now);

    std::unordered_map<std::string, device_login> by_device_code_; ///< By digest.
    std::unordered_map<std::string, std::string> by_user_code_;
    std::deque<std::string> oldest_first_;
};

/// "bcdf ghjk" as "BCDF-GHJK"; other texts in some form that no login has.
std::string spelled_user_code(std::string_view typed);

} // namespace coauth::sandbox
