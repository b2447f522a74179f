// Which providers users sign in with, and where each is found.
#pragma once

#include "program/provider_flags.hpp"
#include "program/store_flags.hpp"

#include <coauth/error.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace program {

/// --provider for several providers, --issuer, --oauth2, --store and --key-file, beside the flags that every example has.
struct login_flags {
    login_flags() = default;

    provider_flags common;              ///< Its `provider` is not used.
    std::vector<std::string> addresses; ///< [NAME=]BASE[,API_BASE]
    std::optional<std::string> issuer;  ///< Of the provider oidc.
    bool oauth2 = false;                ///< X with OAuth 2.
    store_flags kept;

    void add_to(CLI::App& app);

    /// No provider is named: the sandbox inside this program plays all.
    bool needs_sandbox() const noexcept { return addresses.empty() && !issuer; }
};

/// A provider, and where it is found. In the sandbox inside this program the bases are empty.
struct provider_choice {
    provider_choice() = default;
    explicit provider_choice(std::string new_name) : name(std::move(new_name)) {}

    std::string name;     ///< x, google, github, facebook or oidc.
    std::string base;     ///< Where users sign in: GitHub, Facebook's dialog, an issuer. X: empty if as `api_base`.
    std::string api_base; ///< X, GitHub, Facebook's graph; else empty.

    bool operator==(const provider_choice&) const = default;
};

/// One value of --provider. Without a name it is X. Fails with `errc::invalid_argument`, whose message says what is wrong
/// with its form; URLs are not looked at.
coauth::result<provider_choice> parse_address(std::string_view text);

/// The providers of `names`, a list with commas, in its order; if it is empty, those that the flags name (in the sandbox
/// inside this program: x, google, github and facebook). Fails with `errc::invalid_argument` for a name that is not known or
/// there twice, and for flags that do not go together.
coauth::result<std::vector<provider_choice>> choose_providers(const login_flags& flags, std::string_view names);

/// What users call a provider: "GitHub".
std::string_view title_of(std::string_view name);

} // namespace program
