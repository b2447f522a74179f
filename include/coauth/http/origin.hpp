// Where a request goes.
#pragma once

#include <coauth/error.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace coauth::http {

/// Scheme, host and port (RFC 9110, section 4.3.1).
///
/// Thread safety: a value. Lifetime: owns its host.
struct COAUTH_DECL origin {
    origin() = default;

    bool https = true;
    std::string host; ///< Lower case; an IPv6 address without brackets.
    std::uint16_t port = 443;

    bool operator==(const origin&) const = default;

    /// The value of the Host header: brackets around IPv6, the port unless it is the scheme's own.
    std::string authority() const;

    /// "https://api.x.com".
    std::string url() const;

    /// True if a Host header with this value means this origin (RFC 9110, section 4.2.3): in either case, with the
    /// scheme's own port or without, with a dot after the name or without.
    bool is_named_by(std::string_view host_header) const;
};

/// An origin and what follows it.
struct COAUTH_DECL base_url {
    base_url() = default;

    http::origin origin;
    std::string path; ///< Encoded, without a trailing slash; empty for the root.

    std::string url() const { return origin.url() + path; }
};

/// Reads a setting such as `https://api.x.com` or `http://127.0.0.1:8080/prefix`. Fails with
/// `errc::invalid_argument` for a relative or malformed URL, user information, a query or fragment,
/// a port of 0, and for http to a host that is not loopback: credentials never travel in the open.
COAUTH_DECL result<base_url> parse_base_url(std::string_view url);

} // namespace coauth::http
