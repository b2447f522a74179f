// A user's profile.
#pragma once

#include <coauth/export.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace coauth {

/// A user's profile, the same for every provider. What the provider did not give, or gave as null, as an
/// empty text or in another shape than its own, is empty; `id` is always there. Texts are UTF-8, with U+FFFD
/// for what is not Unicode and without control characters, except for the line breaks of a description.
///
/// Recognise a user by provider and `id`: user names change hands.
///
/// Thread safety: a value. Lifetime: owns its texts.
struct COAUTH_DECL profile {
    profile() = default;

    std::string provider;               ///< `login_provider::name()`; empty in a profile that was not fetched by one.
    std::string id;                     ///< Not interpreted; X's are decimal, of up to 19 digits.
    std::string username;               ///< Without `@`; compares without case at X. Empty if the provider gave none.
                                        ///< X's may be odd: escape it for HTML, and expect up to 20 letters.
    std::string name;                   ///< As shown; any characters, so escape it for HTML. A user without a name
                                        ///< goes by the user name, else by the id.
    std::optional<std::string> picture; ///< https URL. Anything else is left out.
    std::optional<std::string> description;
    std::optional<std::string> location;
    std::optional<std::string> url;   ///< http or https; anything else is left out, so it can stand in a link.
    std::optional<std::string> email; ///< Only if the app may ask for it. Never link two accounts by it.
    std::optional<bool>
        email_verified;               ///< The provider has checked that it is the user's. Empty without an address, and
                                      ///< where the provider does not say.
    std::optional<bool> is_protected; ///< What the user posts is for approved followers only.
    std::optional<bool> verified;     ///< The account has the provider's mark.
    std::optional<std::int64_t> followers_count;
    std::optional<std::int64_t> following_count;
    std::optional<std::int64_t> tweet_count;
    std::optional<std::chrono::sys_seconds> created_at;
};

} // namespace coauth
