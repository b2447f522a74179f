// Errors, by who caused them. Everything in coauth that fails, fails with `coauth::error`.
#pragma once

#include <coauth/export.hpp>

#include <boost/system/result.hpp>
#include <boost/system/system_error.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace coauth {

/// What went wrong. The name of each value is also its text (`name()`), which scripts may rely on.
enum class errc {
    invalid_argument = 1, ///< The caller passed something that can't be used, or this machine lacks what is needed to
                          ///< start (an address to listen on, open files); nothing was sent.

    timeout,         ///< The deadline passed.
    cancelled,       ///< The caller cancelled the operation.
    resolve_failed,  ///< The host name has no address.
    connect_failed,  ///< No address of the host took the connection, or the proxy refused it.
    tls_failed,      ///< The TLS handshake failed: certificate, host name or protocol.
    connection_lost, ///< The connection broke before the response was complete.

    malformed_response,  ///< The response is not what the protocol says.
    response_too_large,  ///< The response's header or body is over the limit.
    unexpected_redirect, ///< The response is a redirect; coauth follows none, since a redirect would carry credentials.

    callback_not_confirmed, ///< The provider did not say `oauth_callback_confirmed=true` (RFC 5849, section 2.1).
    callback_refused,       ///< The provider does not accept this callback URL for this app.
    id_token_rejected,      ///< The provider's ID token (OpenID Connect) failed a check, which the message names.
    denied,                 ///< The user denied the login.
    expired,                ///< The login took too long.
    unknown,                ///< No such login.
    replayed,               ///< This login was completed before.
    wrong_browser,          ///< The login belongs to another browser.

    invalid_credentials,  ///< The provider does not accept the keys or the signature.
    invalid_verifier,     ///< The PIN or verifier is not the one of this login; the user may type it again.
    token_revoked,        ///< The access token is no longer valid; the user must sign in again.
    clock_skew,           ///< This machine's clock is too far from the provider's.
    rate_limited,         ///< Too many requests; see `error::retry_after()`.
    not_found,            ///< The provider knows no such user or resource.
    suspended,            ///< The user's account is suspended.
    account_locked,       ///< The account must be unlocked on the provider's site.
    forbidden,            ///< The provider refuses this to these credentials.
    access_level,         ///< The app's access level lacks this call.
    invalid_scope,        ///< The provider does not know the scope, or does not grant it to this app.
    duplicate,            ///< The same post was made before.
    provider_unavailable, ///< The provider is over capacity or down.
    provider_error,       ///< The provider refused for another reason.

    unknown_user,      ///< The session holds no token for this user.
    login_required,    ///< The user's credential has expired and can't be renewed; the user must sign in again.
    too_many_logins,   ///< The cap on pending logins is reached.
    store_unavailable, ///< The store of tokens or logins can't be reached.
    sealed_record,     ///< A stored record can't be opened with the keys at hand.
};

/// Who caused an error, and so who can fix it.
enum class fault {
    caller,   ///< The program that called coauth.
    network,  ///< The connection between here and the provider.
    response, ///< The provider responded with something that is not its protocol.
    login,    ///< The user, or the state of one login.
    provider, ///< The provider, or what it thinks of the credentials.
    session,  ///< The session or its store.
};

COAUTH_DECL fault whose_fault(errc code) noexcept;

/// The name of `code` as written above: "invalid_argument".
COAUTH_DECL std::string_view name(errc code) noexcept;

COAUTH_DECL const boost::system::error_category& coauth_category() noexcept;
COAUTH_DECL boost::system::error_code make_error_code(errc code) noexcept;

/// Why an operation failed, and what to do.
///
/// Operations throw it; `as_result` (coauth/coro/as_result.hpp) and the functions without I/O give
/// it in a `result`. `what()` is one line for a log: the message, then the hint. No part of it ever
/// holds a secret, a token or a signature.
///
/// Thread safety: a value; distinct objects are safe. Copying never throws.
/// Lifetime: owns its texts.
class COAUTH_DECL error : public boost::system::system_error {
public:
    /// No particular error; exists because `result` needs it.
    error();

    /// `message` is one sentence without a full stop; empty means the code's own text.
    explicit error(errc code, std::string message = {});

    /// The code as coauth's own enumeration.
    errc reason() const noexcept;

    /// What happened.
    const std::string& message() const noexcept;

    /// What to do about it, where coauth knows: "the clock of this machine is 412 s behind the provider's".
    const std::optional<std::string>& hint() const noexcept;

    /// The HTTP status of the response, if there was one.
    std::optional<int> http_status() const noexcept;

    /// The provider's own code, such as 89 for X's "invalid or expired token".
    std::optional<int> provider_code() const noexcept;

    /// OAuth 2's code for the refusal, such as "invalid_grant" (RFC 6749, section 5.2), shortened and without control
    /// characters. Empty if there was none.
    const std::string& provider_error() const noexcept;

    /// The provider's own words, shortened and without control characters.
    const std::string& provider_message() const noexcept;

    /// How long to wait before trying again, where that is known.
    std::optional<std::chrono::seconds> retry_after() const noexcept;

    /// True if the request that failed was never written: the provider has not seen it.
    bool not_sent() const noexcept;

    /// These return a copy of the error that says more.
    error with_hint(std::string hint) const;
    error with_http_status(int status) const;
    error with_provider(std::optional<int> code, std::string message) const;
    error with_provider_error(std::string code) const;
    error with_retry_after(std::chrono::seconds wait) const;
    error with_not_sent() const;

    const char* what() const noexcept override;

private:
    struct details;
    explicit error(std::shared_ptr<const details> d);
    std::shared_ptr<const details> details_;
};

/// True if the same call may well succeed later without a change: the network, a timeout, a rate
/// limit, a provider that is down. Does not say that it is safe to repeat: a POST whose response
/// was lost may have been carried out.
COAUTH_DECL bool is_transient(const error& e) noexcept;

/// The error in words for a user at a terminal, over one or more lines that each end with a line feed: code and
/// message, what the provider said, the hint, when to try again, and where to look. Holds no secret.
COAUTH_DECL std::string describe(const error& e);

/// A value or an error, for functions that do no I/O. `value()` throws the error.
template <class T>
using result = boost::system::result<T, error>;

/// Found by `result::value()`.
[[noreturn]] COAUTH_DECL void throw_exception_from_error(const error& e, const boost::source_location& location);

} // namespace coauth

template <>
struct boost::system::is_error_code_enum<coauth::errc> : std::true_type {};
