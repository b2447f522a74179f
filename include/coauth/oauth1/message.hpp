// What one request signs.
#pragma once

#include <coauth/oauth1/parameters.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace coauth::oauth1 {

/// The parts of a request that its signature covers, as views.
///
/// Thread safety: a value. Lifetime: valid as long as the texts it points to; the signer copies nothing.
struct message {
    message() = default;
    message(std::string_view new_method, std::string_view new_url, std::string_view new_form = {})
        : method(new_method), url(new_url), form(new_form)
    {}

    std::string_view method; ///< In any case; it is signed in upper case.
    std::string_view url;    ///< Absolute and encoded as it will be sent, query included; see `split_target`.
    std::string_view
        form; ///< The raw body when it is `application/x-www-form-urlencoded`, else empty (section 3.4.1.3.1).

    /// Protocol parameters beside the usual ones: `oauth_callback`, `oauth_verifier`, `oauth_body_hash`.
    parameters oauth;

    /// Written into the header if set; never signed (section 3.5.1).
    std::optional<std::string_view> realm;
    bool version = true;      ///< Sends `oauth_version=1.0`, which is optional (section 3.1).
    bool empty_token = false; ///< Sends `oauth_token=` though there is none; some providers' two-legged calls want it.
};

/// The two values that make a request unique (section 3.3). PLAINTEXT, which has no use for them
/// (section 3.4.4), leaves out an empty nonce and a timestamp of 0; every other method needs both.
struct COAUTH_DECL moment {
    moment() = default;
    moment(std::string new_nonce, std::int64_t new_timestamp) : nonce(std::move(new_nonce)), timestamp(new_timestamp) {}

    /// Another timestamp, and a nonce as `random_nonce` makes it, in the memory of the last: allocates nothing from the second
    /// request on.
    void renew(std::int64_t new_timestamp);

    std::string
        nonce; ///< Unique among requests with the same timestamp, consumer and token; `random_nonce()` makes one.
    std::int64_t timestamp = 0; ///< Seconds since 1970, UTC; positive.
};

/// 128 random bits from OpenSSL's generator as 32 hex digits. Throws `errc::invalid_argument` if the
/// generator fails: a guessable nonce is not handed out.
///
/// Thread safety: safe. After fork() parent and child draw different values.
COAUTH_DECL std::string random_nonce();

} // namespace coauth::oauth1
