// How a login begins.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace coauth {

/// How a login begins.
///
/// Thread safety: a value. Lifetime: owns its texts.
struct login_request {
    login_request() = default;

    /// Any text of up to 1 KiB that comes back with the outcome, such as the path the user came from.
    /// The session does not check it: check that it is a path of your site before you redirect there.
    std::string return_to;

    /// Always asks the user, even one who allowed this app before. Default false.
    bool ask_again = false;

    /// Asks for the password again, where the provider can. Default false.
    bool force_login = false;

    /// A user name or an address to fill into the provider's form, where it has one.
    std::string login_hint;

    /// What the app asks for, in the provider's words; empty: the provider's default.
    std::string scope;

    /// Further parameters for the provider, name and value. What it does not know is left out.
    std::vector<std::pair<std::string, std::string>> parameters;

    friend bool operator==(const login_request&, const login_request&) = default;
};

} // namespace coauth
