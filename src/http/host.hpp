// The form of host names, which ones are this machine, and the URLs of settings.
#pragma once

#include <coauth/http/origin.hpp>

#include <string_view>

namespace coauth::http {

/// True for a DNS name, an IPv4 address, or an IPv6 address without brackets: nothing that could end
/// a line or smuggle a port, a user or a path into the Host header.
bool is_host(std::string_view host) noexcept;

/// True for an IPv4 or IPv6 address.
bool is_ip_address(std::string_view host) noexcept;

/// True for 127.0.0.0/8, ::1 and "localhost".
bool is_loopback(std::string_view host) noexcept;

/// An absolute http or https URL without user information, query or fragment. Unlike `parse_base_url`, takes plain http to
/// any host.
result<base_url> read_setting_url(std::string_view url);

} // namespace coauth::http
