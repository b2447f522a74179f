// Runs files of OAuth 1.0a test vectors: JSON lines in, JSON lines out.
#pragma once

#include <coauth/secret.hpp>

#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>

namespace program {

/// The result of one line: {"id","base_string","signature","authorization"}, or {"id","error"}.
///
/// A line is an object with `id method url form consumer_key consumer_secret token token_secret
/// callback verifier nonce timestamp signature_method realm version`; null or absent is not sent, the
/// signature method is HMAC-SHA1 then. RSA methods sign with `rsa_key`, or with a PEM key in
/// `consumer_secret`.
std::string run_vector(std::string_view line, const std::optional<coauth::secret>& rsa_key);

/// Runs line by line, in constant memory; ends early when `out` takes no more. SIGINT and SIGTERM end it after the
/// line at hand, with the results so far written out. Returns the exit code.
int run_vectors(std::istream& in, std::ostream& out, const std::optional<coauth::secret>& rsa_key);

} // namespace program
