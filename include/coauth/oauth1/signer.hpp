// Signs requests.
#pragma once

#include <coauth/oauth1/credentials.hpp>
#include <coauth/oauth1/message.hpp>
#include <coauth/oauth1/signature_method.hpp>

#include <memory>
#include <string>

namespace coauth::oauth1 {

/// Where the protocol parameters travel (RFC 5849, section 3.5).
enum class placement {
    header, ///< The Authorization header; what everyone should use.
    query,  ///< The URL's query.
    form,   ///< The form body.
};

/// A request with its signature in place: send exactly these bytes.
struct signed_request {
    signed_request() = default;

    std::string method;        ///< Upper case.
    std::string url;           ///< With the protocol parameters if they travel in the query.
    std::string authorization; ///< The header's value ("OAuth ..."), or empty.
    std::string form;          ///< The body, with the protocol parameters if they travel there.
    secret signature;          ///< Not percent-encoded. For whoever must hide it; for PLAINTEXT it is the key itself.
};

/// How a signature was made, part by part, to look for the part that differs.
struct explanation {
    explanation() = default;

    std::string method;      ///< As signed.
    std::string base_uri;    ///< Section 3.4.1.2.
    std::string normalized;  ///< Section 3.4.1.3.2, before it is encoded once more.
    std::string base_string; ///< Section 3.4.1.1.
    std::string masked_key;  ///< The key's form, with the length of each secret in its place.
    std::string signature;   ///< base64, not yet percent-encoded. For PLAINTEXT this is the key itself: don't print it.
    std::string authorization; ///< The whole header value.
};

/// Signs requests with one consumer and at most one token (RFC 5849, section 3.4).
///
/// Making a signer prepares the key; signing then costs about what the digest costs. Keep one per
/// app and user, and make a new one when the token changes. `twitter::user_client` does so.
///
/// The functions fail with `errc::invalid_argument` for a URL that `split_target` refuses, a method
/// that is not an HTTP token, a form or query that can't be decoded, a nonce that is empty or not
/// printable, a timestamp that is not positive, a request that already carries a protocol parameter
/// which the signer adds, protocol parameters in the form of a GET, and PLAINTEXT without https.
///
/// Thread safety: distinct objects are safe; a shared object is safe through its const functions.
/// Lifetime: copies what it needs and wipes it on destruction, or with the last `prepared_endpoint` that was made of it.
class COAUTH_DECL signer {
public:
    /// Without a token: leg 1, and two-legged requests.
    explicit signer(const consumer& app, signature_method method = hmac_sha1());
    /// Leg 3. Signs once: quicker to make, and each signature costs two blocks of the digest more.
    signer(const consumer& app, const request_token& login, signature_method method = hmac_sha1());
    /// Everything after the login.
    signer(const consumer& app, const access_token& user, signature_method method = hmac_sha1());

    signer(signer&&) noexcept;
    signer& operator=(signer&&) noexcept;
    ~signer();

    /// Appends the value of the Authorization header for `m` to `out`, or nothing if it fails. With a request of usual length, an
    /// HMAC, and room in `out` this allocates nothing but what OpenSSL does: for many requests use `out` and the moment again
    /// (see `moment::renew`).
    result<void> sign(const message& m, const moment& at, std::string& out) const;

    /// The whole request, with its protocol parameters at `location`.
    result<signed_request> sign_request(
        const message& m, const moment& at, placement location = placement::header) const;

    /// Signs and returns each step. Sends nothing, so PLAINTEXT is explained for http too.
    result<explanation> explain(const message& m, const moment& at) const;

    const signature_algorithm& method() const noexcept;

private:
    friend class prepared_endpoint;

    struct state;
    std::shared_ptr<const state> state_;
};

} // namespace coauth::oauth1
