// Who is at the other side of a proxy.
#pragma once

#include <coauth/error.hpp>
#include <coauth/export.hpp>
#include <coauth/server/http_server.hpp>

#include <string>

namespace coauth::server {

/// The address of the client of the proxy that sent `r`: the last element of `X-Forwarded-For` or `Forwarded`
/// (RFC 7239), which is what the proxy itself saw; what stands before it anybody may have written. Ask only if
/// `r.peer` is a proxy of yours.
///
/// Reads an IPv4 or IPv6 address, with a port, in brackets and in quotes or without: `192.0.2.7:50123`,
/// `"[2001:db8::1]:443"`, `for="[2001:db8::1]"`. Empty elements are skipped. The result is written as
/// `192.0.2.7` or `2001:db8::1`.
///
/// Fails with `errc::invalid_argument` if neither header is there, if the last element is not an address
/// (`unknown`, `_hidden`), or if both are there and name two addresses: then a client wrote one of them.
COAUTH_DECL result<std::string> forwarded_client(const request& r);

} // namespace coauth::server
