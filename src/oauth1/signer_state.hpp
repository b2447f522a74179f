// What a signer keeps ready, and how a request becomes a base string and a header.
#pragma once

#include "oauth1/encoded_parameters.hpp"
#include "oauth1/scratch.hpp"

#include <coauth/oauth1/signer.hpp>
#include <coauth/oauth1/target.hpp>
#include <coauth/text/percent_encoding.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace coauth::oauth1 {

/// A protocol parameter that is the same in each request, with a name that needs no encoding.
struct ready_parameter {
    ready_parameter(std::string_view parameter_name, std::string_view value)
        : name_size(parameter_name.size()), header(parameter_name), base(parameter_name)
    {
        const std::string encoded = text::percent_encode(value);
        header += "=\"" + encoded + '"';
        base += encoded_parameter::separator;
        text::percent_encode(encoded, base);
    }

    std::size_t name_size;
    std::string header; ///< name="value"
    std::string base;   ///< See `encoded_parameter`.
};

/// Lifetime: views into a `scratch` and the URL.
struct base_string {
    base_string() = default;

    std::string_view text;
    target url;
};

/// Everything about an app and its token that is the same in each request.
struct signer::state {
    state(const consumer& app, std::optional<std::string_view> token_text, const secret& token_secret,
        signature_method algorithm)
        : consumer_key("oauth_consumer_key", app.key()), method_name("oauth_signature_method", algorithm->name()),
          token("oauth_token", token_text.value_or(std::string_view())), has_token(token_text.has_value()),
          consumer_secret_size(app.secret().size()), token_secret_size(token_secret.size()),
          method(std::move(algorithm)), key(method->make_key(app.secret(), token_secret))
    {}

    /// Section 3.4.1, made of the request as it will be sent, and refused if it can't be.
    result<base_string> base_string_of(const message& m, const moment& at, scratch& memory) const;

    /// Appends the header, or nothing if it fails, and gives the signature, not encoded.
    result<std::string_view> append_header(const message& m, const moment& at, std::optional<std::string_view> realm,
        const base_string& base, scratch& memory, std::string& out) const;

    ready_parameter consumer_key;
    ready_parameter method_name;
    ready_parameter token;
    bool has_token;
    std::size_t consumer_secret_size;
    std::size_t token_secret_size;
    signature_method method;
    std::unique_ptr<const signing_key> key;

private:
    void add_protocol(const message& m, const moment& at, encoded_parameters& all) const;
};

} // namespace coauth::oauth1
