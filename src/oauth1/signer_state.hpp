// What a signer keeps ready, and how a request becomes a base string and a header.
#pragma once

#include "oauth1/encoded_parameters.hpp"
#include "oauth1/scratch.hpp"

#include <coauth/oauth1/signer.hpp>
#include <coauth/oauth1/target.hpp>
#include <coauth/secret.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace coauth::oauth1 {

/// A protocol parameter that is the same in each request.
///
/// Lifetime: views into the texts of its state.
struct ready_parameter {
    ready_parameter() = default;

    std::string_view header; ///< name="value"
    encoded_parameter base;
};

/// A base string, with the nonce and the timestamp as they are written.
///
/// Lifetime: views into a `scratch` and the moment.
struct base_string {
    base_string() = default;

    /// `optional`: both may be left out.
    result<void> write_moment(const moment& at, bool optional, scratch& memory);

    std::string_view nonce;       ///< Encoded. Empty: none is sent.
    std::string_view nonce_again; ///< Encoded twice.
    std::string_view timestamp;   ///< Empty: none is sent.
    std::string_view text;        ///< Or what follows the beginning that its key has read.
};

result<void> check_method(std::string_view method);

/// PLAINTEXT goes over TLS only.
result<void> check_tls(const signature_algorithm& method, const target& url);

/// The method in upper case and the URI, encoded, and what separates them from the parameters; `opening_room`: the octets that
/// it needs at most.
char* write_opening(std::string_view method, const target& url, char* out) noexcept;
std::size_t opening_room(std::string_view method, const target& url) noexcept;

/// Everything about an app and its token that is the same in each request.
struct signer::state {
    /// `many`: signs many requests, so the key is made ready for them.
    state(const consumer& app, std::optional<std::string_view> token_text, const secret& token_secret,
        signature_method algorithm, bool many = true);

    /// Section 3.4.1, made of the request as it will be sent, and refused if it can't be. `sent`: false only explains it.
    result<base_string> write_base_string(const message& m, const moment& at, scratch& memory, bool sent = true) const;

    /// Appends the header with the signature that `by` makes of `base`, or nothing if it fails. `signature`: becomes it, not
    /// encoded, if that is wanted.
    result<void> append_header(const message& m, const base_string& base, const signing_key& by, scratch& memory,
        std::string& out, secret* signature = nullptr) const;

    const signing_key& signing() const noexcept { return ready_key ? *ready_key : *key; }

    bool has_token;
    std::size_t consumer_secret_size;
    std::size_t token_secret_size;
    signature_method method;
    std::unique_ptr<const signing_key> key;
    std::unique_ptr<const signing_key> ready_key; // null: signs once, or the method has none
    ready_parameter consumer_key;
    ready_parameter method_name;
    ready_parameter token;

private:
    std::unique_ptr<char[]> texts_; // of the three
};

} // namespace coauth::oauth1
