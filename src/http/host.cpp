#include "http/host.hpp"

#include <coauth/text/ascii.hpp>

#include <boost/asio/ip/address.hpp>

#include <algorithm>

namespace coauth::http {

namespace {

// 0 (any address) if `host` is none. Asio wants a terminated string, so the text is copied.
boost::asio::ip::address address_of(std::string_view host, bool& found) noexcept
{
    constexpr std::size_t longest = 45; // of an IPv6 address
    char text[longest + 1] = {};
    found = false;
    if (host.empty() || host.size() > longest || host.find('\0') != std::string_view::npos)
        return {};
    std::copy(host.begin(), host.end(), text);
    boost::system::error_code ec;
    auto address = boost::asio::ip::make_address(text, ec);
    // A scope ("fe80::1%eth0") is local to this machine and has no place in a URL.
    found = !ec && host.find('%') == std::string_view::npos;
    return address;
}

constexpr bool in_dns_name(char c) noexcept
{
    return text::is_letter_or_digit(c) || c == '-' || c == '.' || c == '_';
}

} // namespace

bool is_ip_address(std::string_view host) noexcept
{
    bool found = false;
    address_of(host, found);
    return found;
}

bool is_host(std::string_view host) noexcept
{
    constexpr std::size_t longest_dns_name = 253;
    if (host.empty() || host.size() > longest_dns_name)
        return false;
    if (std::all_of(host.begin(), host.end(), in_dns_name))
        return host.front() != '.' && host.find("..") == std::string_view::npos;
    return is_ip_address(host);
}

bool is_loopback(std::string_view host) noexcept
{
    bool found = false;
    const auto address = address_of(host, found);
    return found ? address.is_loopback() : text::equal_ignoring_case(host, "localhost");
}

} // namespace coauth::http
