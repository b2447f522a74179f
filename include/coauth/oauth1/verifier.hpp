// The provider's side: is this request signed by who it says, now, and for the first time?
#pragma once

#include <coauth/oauth1/nonce_store.hpp>
#include <coauth/oauth1/parameters.hpp>
#include <coauth/oauth1/signature_method.hpp>

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

/// Why a request was refused. The comment names the HTTP status of RFC 5849, section 3.2.
enum class refusal_reason {
    no_credentials,          ///< 401: no protocol parameters at all.
    malformed,               ///< 400: header, URL or body can't be read.
    duplicate_parameter,     ///< 400: a protocol parameter twice, or in two places.
    missing_parameter,       ///< 400
    unsupported_method,      ///< 400
    unsupported_version,     ///< 400
    bad_timestamp,           ///< 400: not a positive integer.
    timestamp_out_of_window, ///< 401: too old or too far ahead.
    unknown_consumer,        ///< 401
    unknown_token,           ///< 401
    bad_signature,           ///< 401
    bad_body_hash,           ///< 401
    nonce_used,              ///< 401
    nonces_exhausted,        ///< 503: the nonce store is full of living entries.
};

COAUTH_DECL std::string_view name(refusal_reason reason) noexcept;

/// What the verifier found.
struct verification {
    verification() = default;

    std::optional<refusal_reason> refused; ///< Empty if the request is genuine.
    int http_status = 200;

    /// For the provider's operator, never for the client: what is wrong, in a sentence. For a bad
    /// signature it says which part of the base string differs, if one of the usual faults explains
    /// it. Holds no secret.
    std::string detail;

    std::string consumer_key;
    std::optional<std::string> token; ///< Empty text if it was sent empty.
    parameters oauth;                 ///< The protocol parameters, `oauth_signature` included.
    parameters request;               ///< The other parameters, of query and form body.
    std::string base_string;          ///< As computed here; empty if it never got that far.
};

/// Options of `verifier`.
struct verifier_options {
    verifier_options() = default;

    /// How far a timestamp may be from the provider's clock, both ways, in seconds. Default 300; at least 1.
    std::int64_t timestamp_window = 300;

    /// The most nonces remembered. Default 100 000.
    std::size_t nonce_capacity = 100'000;

    /// What X's own verifier is known to tolerate beyond the RFC: credentials in several places (the
    /// last counts), unquoted header values, header parameters that are not `oauth_` and not signed,
    /// and a request token's secret that was not used.
    bool lenient = false;

    /// The methods accepted by name; RSA ones need the consumer's public key.
    /// Default: all that coauth has, PLAINTEXT over https only.
    std::vector<std::string> methods = {
        "HMAC-SHA1", "HMAC-SHA256", "HMAC-SHA512", "RSA-SHA1", "RSA-SHA256", "RSA-SHA512", "PLAINTEXT"};
};

/// Verifies requests (RFC 5849, section 3.2) in this order: shape, timestamp, signature, body hash,
/// and last the nonce, which is recorded only for a genuine request, so that a forger can't use
/// other people's nonces up. An unknown consumer or token costs the same work as a known one.
///
/// Thread safety: distinct objects are safe; a shared object is not.
/// Lifetime: keeps nothing of a request but its nonce.
class COAUTH_DECL verifier {
public:
    explicit verifier(verifier_options options = verifier_options());

    /// `now`: the provider's clock, in seconds since 1970, UTC.
    verification verify(const incoming_request& request, const credential_source& known, std::int64_t now);

    const verifier_options& options() const noexcept { return options_; }

private:
    verifier_options options_;
    nonce_store nonces_;
};

} // namespace coauth::oauth1
