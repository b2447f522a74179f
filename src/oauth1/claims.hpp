// What a request claims of itself, read before any of it is believed (RFC 5849, sections 3.1 and 3.5).
#pragma once

#include <coauth/oauth1/parameters.hpp>
#include <coauth/oauth1/target.hpp>
#include <coauth/oauth1/verifier.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace coauth::oauth1 {

/// Why something can't be accepted, and for the operator in a sentence.
struct refusal {
    refusal() = default;
    refusal(refusal_reason reason, std::string detail) : reason(reason), detail(std::move(detail)) {}

    refusal_reason reason = refusal_reason::malformed;
    std::string detail;
};

/// A request taken apart, as far as it could be read.
///
/// Lifetime: valid as long as the texts of the request it was read from.
struct claims {
    claims() = default;

    std::string_view method;
    target url;
    std::string_view body;
    bool form_body = false;           ///< The body is a form, so it is signed.
    std::optional<std::string> realm; ///< Of the header; never signed.

    parameters oauth;   ///< The protocol parameters that count, each once.
    parameters query;   ///< What it holds beside them, as the next two.
    parameters form;    ///< Empty unless `form_body`.
    parameters header;  ///< Without the realm; with `lenient` empty.
    parameters request; ///< Those of query and form.

    std::string consumer_key;
    std::optional<std::string> token;
    std::string signature_method;
    std::string signature;
    std::optional<std::int64_t> timestamp; ///< With PLAINTEXT both may be missing.
    std::optional<std::string> nonce;

    /// What section 3.4.1.3.1 collects: everything but `oauth_signature` and the realm.
    parameters signed_parameters() const;
};

/// Reads `request` into `out`. Gives why it can't be accepted, or nothing. `out` holds what was read
/// up to there.
std::optional<refusal> read_claims(const incoming_request& request, const verifier_options& options, claims& out);

} // namespace coauth::oauth1
