// The three kinds of credentials of OAuth 1.0a (RFC 5849, section 1.1), as three types, so that one
// can't be passed for another.
#pragma once

#include <coauth/export.hpp>
#include <coauth/oauth1/parameters.hpp>
#include <coauth/secret.hpp>
#include <coauth/text/copied_with.hpp>

#include <string>
#include <string_view>

namespace coauth::oauth1 {

using text::copied_with;

/// Who the app is: the client credentials that the provider gave the app's developer ("consumer key
/// and secret", "API key and secret").
///
/// Throws `errc::invalid_argument` for a key that is empty or holds a control character, and for a
/// secret that holds one: such a secret was read from a file with its newline and would be refused
/// as a bad signature. An empty secret is allowed; RSA signatures use none.
///
/// Thread safety: distinct objects are safe; a shared object is safe through its const functions.
/// Lifetime: owns its texts; the secret is wiped.
class COAUTH_DECL consumer {
public:
    consumer(std::string key, coauth::secret secret);

    const std::string& key() const noexcept { return key_; }
    const coauth::secret& secret() const noexcept { return secret_; }

private:
    std::string key_;
    coauth::secret secret_;
};

/// A login that has begun: the temporary credentials of leg 1 (RFC 5849, section 2.1). Keep it on
/// the server, bound to the browser that began; use it once.
///
/// Throws as `consumer` does. Thread safety and lifetime: as `consumer`.
class COAUTH_DECL request_token {
public:
    request_token(std::string token, coauth::secret secret);

    const std::string& token() const noexcept { return token_; }
    const coauth::secret& secret() const noexcept { return secret_; }

private:
    std::string token_;
    coauth::secret secret_;
};

/// What a user granted the app: the token credentials of leg 3 (RFC 5849, section 2.3).
///
/// Throws as `consumer` does. Thread safety and lifetime: as `consumer`.
class COAUTH_DECL access_token {
public:
    /// `extra` is what else the provider's response held; X adds `user_id` and `screen_name`.
    access_token(std::string token, coauth::secret secret, parameters extra = {});

    const std::string& token() const noexcept { return token_; }
    const coauth::secret& secret() const noexcept { return secret_; }
    const parameters& extra() const noexcept { return extra_; }

    /// The first extra field called `name`, or empty.
    std::string_view extra(std::string_view name) const noexcept;

private:
    std::string token_;
    coauth::secret secret_;
    parameters extra_;
};

} // namespace coauth::oauth1
