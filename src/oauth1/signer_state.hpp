// What a signer keeps ready, and how a request becomes a base string and a header.
#pragma once

#include "oauth1/encoded_parameters.hpp"
#include "oauth1/protocol_texts.hpp"
#include "oauth1/scratch.hpp"

#include <coauth/oauth1/signer.hpp>
#include <coauth/oauth1/target.hpp>
#include <coauth/secret.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace coauth::oauth1 {

/// Lifetime: views into a `scratch` and the URL.
struct base_string {
    base_string(const target& split, const moment_text& time) : url(split), at(time) {}

    std::string_view text;
    target url;
    moment_text at;
};

/// RFC 9110, section 9.1: a method is a token.
result<void> check_method(std::string_view method);

/// `optional`: both may be left out.
result<moment_text> checked(const moment& at, bool optional, scratch& memory);

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

    /// Section 3.4.1, made of the request as it will be sent, and refused if it can't be.
    result<base_string> base_string_of(const message& m, const moment& at, scratch& memory) const;

    /// Appends the header with the signature that `signing` makes of `base`, or nothing if it fails. `signature`: becomes it,
    /// not encoded, if that is wanted.
    result<void> append_header(const message& m, const moment_text& at, std::optional<std::string_view> realm,
        const signing_key& signing, std::string_view base, scratch& memory, std::string& out,
        secret* signature = nullptr) const;

    const signing_key& signing() const noexcept { return ready_key ? *ready_key : *key; }

    ready_parameter consumer_key;
    ready_parameter method_name;
    ready_parameter token;
    bool has_token;
    std::size_t consumer_secret_size;
    std::size_t token_secret_size;
    signature_method method;
    std::unique_ptr<const signing_key> key;
    std::unique_ptr<const signing_key> ready_key; // null: signs once, or the method has none
    protocol_texts usual_base; // before its nonce it is an `encoded_parameter`
    protocol_texts usual_header;

private:
    bool is_usual(const message& m, const moment_text& at) const;
    result<void> collect(const message& m, const moment_text& at, std::string_view query, bool usual, scratch& memory,
        encoded_parameters& all) const;
    void add_protocol(const message& m, const moment_text& at, encoded_parameters& all) const;
    char* write_protocol(const message& m, const moment_text& at, char* out) const;
};

} // namespace coauth::oauth1
