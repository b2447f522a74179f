// JSON Web Signature in its compact form (RFC 7515, section 3.1), as ID tokens have it.
#pragma once

#include <coauth/error.hpp>
#include <coauth/export.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace coauth::oauth2 {

/// The algorithms that are accepted (RFC 7518, section 3.1; RFC 8037). `none` never is, nor is HMAC, whose key would
/// have to be public.
enum class jws_algorithm { rs256, es256, ps256, eddsa };

/// "RS256", "ES256", "PS256", "EdDSA".
COAUTH_DECL std::string_view name(jws_algorithm algorithm) noexcept;

/// The reverse; nothing for any other name.
COAUTH_DECL std::optional<jws_algorithm> jws_algorithm_named(std::string_view name) noexcept;

/// The longest token that is read, in octets.
inline constexpr std::size_t max_jws = 16 * 1024;

/// Why a token is not even looked at further.
enum class jws_fault {
    malformed,             ///< Not three parts of canonical base64url, a header that is not an object, a name twice.
    unsupported_algorithm, ///< `alg` is missing, `none`, HMAC or unknown.
    critical_extension,    ///< A `crit` header (section 4.1.11): no extension is known.
};

/// "malformed", ...
COAUTH_DECL std::string_view name(jws_fault fault) noexcept;

/// A token taken apart; nothing in it is proven before its signature is checked (coauth/oauth2/jwk_set.hpp).
///
/// Thread safety: a value. Lifetime: owns its texts.
struct jws {
    jws() = default;

    jws_algorithm algorithm = jws_algorithm::rs256;
    std::string key_id;        ///< `kid`; empty if there is none.
    std::string type;          ///< `typ`; empty if there is none.
    std::string payload;       ///< Decoded.
    std::string signing_input; ///< What the signature is of.
    std::string signature;     ///< Decoded.
};

using jws_result = boost::system::result<jws, jws_fault>;

/// Takes a token apart. Strict: no padding, no other alphabet, no white space, no empty payload or signature, no member of
/// the header twice, and at most `max_jws` octets.
COAUTH_DECL jws_result parse_jws(std::string_view token);

} // namespace coauth::oauth2
