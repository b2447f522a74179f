// The provider's side: is this request signed by the client that it names, now, and for the first time?
#pragma once

#include <coauth/oauth1/nonce_store.hpp>
#include <coauth/oauth1/parameters.hpp>
#include <coauth/oauth1/signature_method.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace coauth::oauth1 {

/// A request as it arrived, as views.
///
/// Lifetime: valid as long as the texts it points to.
struct incoming_request {
    incoming_request() = default;

    std::string_view method;
    std::string_view url; ///< As the client addressed it: scheme, the Host header, the raw target.
    std::vector<std::string_view> authorization; ///< Every Authorization header; more than one is refused.
    std::string_view content_type;
    std::string_view body;
};

/// What the provider knows of a consumer.
struct consumer_record {
    consumer_record() = default;

    coauth::secret secret;
    std::string rsa_public_key; ///< PEM; empty if the consumer signs with HMAC or PLAINTEXT only.
};

/// Where the verifier looks up secrets. A look-up must not depend on whether the request is genuine.
class COAUTH_DECL credential_source {
public:
    virtual ~credential_source();

    virtual std::optional<consumer_record> find_consumer(std::string_view consumer_key) const = 0;

    /// The secret of a request or access token that belongs to this consumer.
    virtual std::optional<secret> find_token_secret(std::string_view consumer_key, std::string_view token) const = 0;
};

/// Bounds of what is read, so that an unknown client can't make the verifier work or remember much. What
/// exceeds them is `refusal_reason::malformed`. The Authorization header has a bound of its own
/// (`max_authorization_header`); the body's is the server's.
inline constexpr std::size_t max_consumer_key = 128;    ///< Octets; no control characters.
inline constexpr std::size_t max_token = 256;           ///< Octets; no control characters.
inline constexpr std::size_t max_nonce = 128;           ///< Octets; printable ASCII.
inline constexpr std::size_t max_signature = 2048;      ///< Octets; enough for RSA with 8192 bits.
inline constexpr std::size_t max_protocol_value = 2048; ///< Octets of any other; no control characters.
inline constexpr std::size_t max_protocol_parameters = 32;
inline constexpr std::size_t max_request_parameters = 1000; ///< In query and form body together.

/// Why a request was refused. The comment names the HTTP status of RFC 5849, section 3.2.
enum class refusal_reason {
    no_credentials,          ///< 401: no protocol parameters at all.
    malformed,               ///< 400: header, URL or body can't be read, or a bound is exceeded.
    duplicate_parameter,     ///< 400: a protocol parameter twice, or in two places.
    missing_parameter,       ///< 400
    unsupported_method,      ///< 400: unknown, not among the options' methods, or PLAINTEXT without https.
    unsupported_version,     ///< 400: sent, and not "1.0" (nor 1.0a, where that is tolerated).
    bad_timestamp,           ///< 400: not a positive integer.
    timestamp_out_of_window, ///< 401: too old or too far ahead.
    unknown_consumer,        ///< 401
    unknown_token,           ///< 401
    bad_signature,           ///< 401
    bad_body_hash,           ///< 401: not the body's, or sent with a form body, which is signed already.
    nonce_used,              ///< 401
    nonces_exhausted,        ///< 503: the nonce store is full of entries that can still be accepted.
};

/// The reason as written above: "no_credentials".
COAUTH_DECL std::string_view name(refusal_reason reason) noexcept;

/// The HTTP status of a reason.
COAUTH_DECL int http_status(refusal_reason reason) noexcept;

/// What the verifier found. Until `refused` is known to be empty, everything else is a claim.
struct verification {
    verification() = default;

    std::optional<refusal_reason> refused; ///< Empty if the request is genuine.
    int http_status = 200;

    /// For the provider's operator, never for the client: what is wrong, in a sentence. With
    /// `verifier_options::explain` it says for a bad signature which part of the base string differs,
    /// if one of the usual faults explains it. Holds no secret, token or signature.
    std::string detail;

    std::string consumer_key;
    std::optional<std::string> token; ///< Empty text if it was sent empty: a two-legged request, as without it.
    parameters oauth;                 ///< The protocol parameters, each once, `oauth_signature` included.
    parameters request;               ///< The other parameters, of query and form body.
    std::string base_string;          ///< As computed here; empty if it never got that far.
};

/// Options of `verifier`.
struct verifier_options {
    verifier_options() = default;

    /// How far a timestamp may be from the provider's clock, both ways, in seconds. Default 300; at least 1.
    std::int64_t timestamp_window = 300;

    /// The most nonces remembered. Default 100 000; at least 1.
    std::size_t nonce_capacity = 100'000;

    /// What X's own verifier is known to tolerate beyond the RFC: credentials in several places (the
    /// last of header, form body and query counts), unquoted header values, header parameters that are
    /// not `oauth_` and not signed, `oauth_version` 1.0a, and a request token's secret that was not used
    /// (with `oauth_verifier` only). Default: no.
    bool lenient = false;

    /// Says which of the usual faults explains a bad signature. For sandboxes: it costs up to about
    /// 100 signatures more, in a time that tells how the request was wrong. Default: no.
    bool explain = false;

    /// The methods accepted by name; RSA ones need the consumer's public key.
    /// Default: all that coauth has, PLAINTEXT over https only.
    std::vector<std::string> methods = {
        "HMAC-SHA1", "HMAC-SHA256", "HMAC-SHA512", "RSA-SHA1", "RSA-SHA256", "RSA-SHA512", "PLAINTEXT"};
};

/// Verifies requests (RFC 5849, section 3.2) in this order: shape, timestamp, signature, body hash,
/// and last the nonce, which is recorded only for a genuine request, so that a forger can't use
/// the nonces of others up. An unknown consumer or token costs the same work as a known one.
///
/// The protocol parameters come from exactly one place: the header, else the form body, else the
/// query (section 3.5). Requests without a token are fine; what they may do is the caller's decision.
/// With PLAINTEXT, timestamp and nonce may be missing (section 3.4.4) and are checked if sent.
///
/// Thread safety: distinct objects are safe; a shared object is not.
/// Lifetime: keeps nothing of a request but its nonce.
class COAUTH_DECL verifier {
public:
    /// Throws `errc::invalid_argument` for options out of their range and for a method it doesn't know.
    explicit verifier(verifier_options options = verifier_options());

    /// `now`: the provider's clock, in seconds since 1970, UTC.
    verification verify(const incoming_request& request, const credential_source& known, std::int64_t now);

    const verifier_options& options() const noexcept { return options_; }

private:
    verifier_options options_;
    nonce_store nonces_;
};

} // namespace coauth::oauth1
