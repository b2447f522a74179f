// Request tokens and what becomes of them: issued, authorized, exchanged; or denied, or expired.
#pragma once

#include "sandbox/world/random.hpp"

#include <coauth/secret.hpp>

#include <chrono>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

namespace coauth::sandbox {

/// A PIN could be guessed otherwise.
inline constexpr int most_wrong_verifiers = 5;

enum class login_state {
    issued,     ///< Leg 1 is done; the user has to decide.
    authorized, ///< The user allowed it; leg 3 is to come.
    exchanged,  ///< Leg 3 is done. Terminal.
    denied,     ///< The user denied the login. Terminal.
    expired,    ///< Too late. Terminal.
};

struct login {
    login() = default;

    std::string token;
    coauth::secret secret;
    std::string consumer_key;
    std::string callback; ///< "oob": the user gets a PIN.
    bool may_write = true;
    std::chrono::sys_seconds issued{};
    login_state state = login_state::issued;
    std::uint64_t user = 0;
    std::string verifier;
    int wrong_verifiers = 0;

    bool out_of_band() const noexcept { return callback == "oob"; }
    /// Whether too many wrong verifiers ended it.
    bool gave_up() const noexcept { return wrong_verifiers >= most_wrong_verifiers; }
};

enum class exchange_outcome {
    granted,
    unknown,        ///< No such token, or another app's.
    not_authorized, ///< The user has not decided yet.
    wrong_verifier, ///< Five of them end the login: a PIN could be guessed otherwise.
    used,
    denied,
    expired,
};

/// All pending logins, and those that ended not long ago, so that a late or second attempt gets the
/// right error.
///
/// Thread safety: not safe; the provider guards it.
class logins {
public:
    explicit logins(std::chrono::seconds ttl) : ttl_(ttl) {}

    const login& issue(std::string consumer_key, std::string callback, bool may_write, const random_source& random,
        std::chrono::sys_seconds now);

    /// Null if there is no such token. The state is that of `now`.
    const login* find(std::string_view token, std::chrono::sys_seconds now);

    /// The secret of a request token of this app, in any state: a signature can be right though
    /// the login is over. Null if there is no such token.
    const coauth::secret* secret_of(std::string_view consumer_key, std::string_view token) const;

    /// Both do nothing and return false unless the login is `issued`.
    bool authorize(
        std::string_view token, std::uint64_t user, const random_source& random, std::chrono::sys_seconds now);
    bool deny(std::string_view token, std::chrono::sys_seconds now);

    exchange_outcome exchange(
        std::string_view consumer_key, std::string_view token, std::string_view verifier, std::chrono::sys_seconds now);

    void clear();
    std::size_t size() const noexcept { return by_token_.size(); }

private:
    login* living(std::string_view token, std::chrono::sys_seconds now);
    void forget_old(std::chrono::sys_seconds now);

    std::chrono::seconds ttl_;
    std::unordered_map<std::string, login> by_token_;
    std::deque<std::string> oldest_first_;
};

} // namespace coauth::sandbox
