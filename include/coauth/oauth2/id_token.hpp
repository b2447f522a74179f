// ID tokens: who signed in, in the provider's signed words (OpenID Connect Core, sections 2 and 3.1.3.7).
#pragma once

#include <coauth/error.hpp>
#include <coauth/export.hpp>
#include <coauth/oauth2/jwk_set.hpp>
#include <coauth/oauth2/jws.hpp>
#include <coauth/secret.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace coauth::oauth2 {

/// Which check an ID token failed.
enum class id_token_fault {
    malformed,             ///< Not a compact JWS, not a JSON object in it, or a member twice.
    unsupported_algorithm, ///< `none`, HMAC or unknown.
    critical_extension,    ///< `crit`.
    unexpected_algorithm,  ///< Not one that the provider announces.
    unknown_key,           ///< Of none of its keys: fetch them once more and check again.
    wrong_signature,
    wrong_issuer,           ///< `iss` is missing or another provider's.
    wrong_audience,         ///< `aud` is missing or does not name this app.
    wrong_authorized_party, ///< `azp` names another app, or is missing beside several audiences.
    wrong_subject,          ///< `sub` is missing, empty, over 255 octets, or not printable ASCII.
    wrong_times,            ///< `exp`, `iat` or `nbf` is missing or not a time.
    expired,                ///< `exp` has passed.
    issued_in_future,       ///< `iat` or `nbf` is still to come.
    wrong_nonce,            ///< `nonce` is missing or another login's.
    wrong_access_token,     ///< `at_hash` is of another access token.
};

/// "malformed", "wrong_audience", ...
COAUTH_DECL std::string_view name(id_token_fault fault) noexcept;

/// What an ID token must say.
///
/// Thread safety: a value. Lifetime: owns its texts.
struct id_token_rules {
    id_token_rules() = default;

    std::vector<std::string> issuers; ///< The accepted spellings; Google has two.
    std::string client_id;
    std::string nonce;   ///< Of this login. Empty: none was sent, as for a renewal, and none is looked at.
    secret access_token; ///< That came with it, for `at_hash`; empty: not checked.

    /// What the provider announces; empty: each that is accepted.
    std::vector<jws_algorithm> algorithms;

    /// How far this machine's clock and the provider's may differ.
    std::chrono::seconds leeway{60};
};

/// An ID token that passed every check.
///
/// Thread safety: a value. Lifetime: owns its texts.
struct id_token {
    id_token() = default;

    std::string issuer;
    std::string subject; ///< The user's id at this issuer.
    std::chrono::sys_seconds issued_at{};
    std::chrono::sys_seconds expires_at{};
    std::string claims; ///< All of its claims, a JSON object in which nothing is named twice.
};

using id_token_result = boost::system::result<id_token, id_token_fault>;

/// Checks signature and claims, in the order of `id_token_fault`. On `unknown_key` the provider may have new keys: fetch
/// its set once more, check again, and take that for the verdict.
COAUTH_DECL id_token_result verify_id_token(
    std::string_view token, const jwk_set& keys, const id_token_rules& rules, std::chrono::sys_seconds now);

/// `errc::id_token_rejected`, whose message begins with "the ID token was rejected: NAME".
COAUTH_DECL error id_token_error(id_token_fault fault);

/// Found by `id_token_result::value()`, which throws that error.
[[noreturn]] COAUTH_DECL void throw_exception_from_error(id_token_fault fault, const boost::source_location& location);

} // namespace coauth::oauth2
