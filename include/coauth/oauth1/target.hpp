// Splits the URL that is signed, strictly: what was signed must be what is sent.
#pragma once

#include <coauth/error.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace coauth::oauth1 {

/// The parts of an absolute http or https URL, as views into it.
///
/// Thread safety: a value. Lifetime: valid as long as the text that was split.
struct target {
    target() = default;
    target(bool new_https, std::string_view new_host, std::uint16_t new_port, std::string_view new_path,
        std::string_view new_query)
        : https(new_https), host(new_host), port(new_port), path(new_path), query(new_query)
    {}

    bool https = true;
    std::string_view host;  ///< As written; an IPv6 address with its brackets.
    std::uint16_t port = 0; ///< The scheme's own when the URL names none.
    std::string_view path;  ///< As written, still encoded; "/" when the URL has none.
    std::string_view query; ///< Without `?`; still encoded.
};

/// Splits `url`. Fails with `errc::invalid_argument` for a relative URL, another scheme, user
/// information, an empty or malformed host, a port that is not a number from 1 to 65535, and characters
/// that must be encoded on the wire: spaces, control characters and non-ASCII anywhere, and in the path
/// `"<>\^{|}`, the backtick and a `%` that no two hex digits follow. A bare `:` after the host is
/// dropped, and so is a fragment, which is never sent.
COAUTH_DECL result<target> split_target(std::string_view url);

/// True for 127.0.0.0/8, [::1] and "localhost": where plain http is allowed.
COAUTH_DECL bool is_loopback_host(std::string_view host) noexcept;

} // namespace coauth::oauth1
