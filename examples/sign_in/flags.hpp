// The flags of sign_in.
#pragma once

#include "program/pin.hpp"
#include "program/provider_choice.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace CLI {
class App;
}

namespace sign_in {

inline constexpr const char* default_callback = "http://127.0.0.1:0/callback";

struct flags {
    flags() = default;

    program::login_flags login;
    std::string provider = "x";
    std::optional<std::string> callback; ///< Empty: `default_callback`.
    std::string scope;
    bool device = false;
    bool authorize = false;
    bool force_login = false;
    bool interactive = false;
    double timeout = program::default_timeout;

    void add_to(CLI::App& app);

    bool by_oauth1() const { return provider == "x" && !login.oauth2; }
    bool by_pin() const;
    std::string callback_url() const { return callback.value_or(default_callback); }
    std::chrono::milliseconds user_timeout() const;

    /// No user is needed: this program opens the pages of the sandbox inside it.
    bool plays_browser() const { return login.needs_sandbox() && !interactive; }
};

/// What is wrong with flags that do not go together; empty if nothing is.
std::string fault_of(const flags& given);

} // namespace sign_in
