#include "http/host.hpp"

#include <coauth/http/origin.hpp>
#include <coauth/http/request.hpp>
#include <coauth/text/ascii.hpp>

#include <boost/url/ipv4_address.hpp>
#include <boost/url/ipv6_address.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

namespace coauth::http {

namespace {

namespace urls = boost::urls;

urls::string_view as_boost(std::string_view text) noexcept
{
    return {text.data(), text.size()};
}

constexpr bool in_dns_name(char c) noexcept
{
    return text::is_letter_or_digit(c) || c == '-' || c == '.' || c == '_';
}

constexpr std::uint16_t own_port(bool https) noexcept
{
    return https ? 443 : 80;
}

std::optional<std::uint16_t> read_port(std::string_view digits) noexcept
{
    std::uint16_t port = 0;
    const auto* end = digits.data() + digits.size();
    const auto [stopped, failed] = std::from_chars(digits.data(), end, port);
    if (failed != std::errc() || stopped != end || port == 0)
        return std::nullopt;
    return port;
}

// The host as the Host header and the certificate know it.
std::string host_of(const urls::url_view& url)
{
    if (url.host_type() == urls::host_type::ipv6)
        return url.host_ipv6_address().to_string();
    const std::string host = url.host(); // without percent-encoding, which `is_host` then judges
    return text::lowered(host);
}

void append_authority(const origin& to, std::string& out)
{
    if (to.host.find(':') == std::string::npos)
        out += to.host;
    else
        out.append("[").append(to.host).append("]");
    if (to.port != own_port(to.https))
        out.append(":").append(std::to_string(to.port));
}

error unusable(std::string why)
{
    return error(errc::invalid_argument, "the URL " + std::move(why));
}

} // namespace

bool is_ip_address(std::string_view host) noexcept
{
    return urls::parse_ipv4_address(as_boost(host)) || urls::parse_ipv6_address(as_boost(host));
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
    if (const auto address = urls::parse_ipv4_address(as_boost(host)))
        return address->is_loopback();
    if (const auto address = urls::parse_ipv6_address(as_boost(host)))
        return address->is_loopback();
    return text::equal_ignoring_case(host, "localhost");
}

std::string origin::authority() const
{
    std::string text;
    append_authority(*this, text);
    return text;
}

std::string origin::url() const
{
    std::string text;
    text.reserve(host.size() + 16);
    text += https ? "https://" : "http://";
    append_authority(*this, text);
    return text;
}

bool origin::is_named_by(std::string_view host_header) const
{
    if (host_header == authority())
        return true;
    if (host_header.ends_with(':')) // a port of no digits is the scheme's own
        host_header.remove_suffix(1);
    const auto other = read_setting_url((https ? "https://" : "http://") + std::string(host_header));
    if (!other || !other->path.empty())
        return false;
    const auto without_dot = [](std::string_view name) { return name.substr(0, name.size() - name.ends_with('.')); };
    return other->origin.port == port && without_dot(other->origin.host) == without_dot(host);
}

result<base_url> read_setting_url(std::string_view text)
{
    const auto parsed = urls::parse_uri(as_boost(text));
    if (!parsed)
        return unusable("is not an absolute http(s) URL")
            .with_hint("write it with its scheme, such as https://api.x.com");
    const urls::url_view& url = *parsed;

    base_url out;
    if (url.scheme_id() != urls::scheme::https && url.scheme_id() != urls::scheme::http)
        return unusable("is neither https nor http");
    out.origin.https = url.scheme_id() == urls::scheme::https;
    if (!url.has_authority())
        return unusable("names no host").with_hint("write two slashes after the scheme");
    if (url.has_userinfo())
        return unusable("has a user name or password")
            .with_hint("pass keys and tokens by their own settings, never in a URL");
    if (url.has_query() || url.has_fragment())
        return unusable("has a query or a fragment").with_hint("give the base only; calls append to it");

    out.origin.host = host_of(url);
    if (url.host_type() == urls::host_type::ipvfuture || !is_host(out.origin.host))
        return unusable("names no host that can be reached")
            .with_hint("write a DNS name (its ASCII form) or an address");
    out.origin.port = own_port(out.origin.https);
    if (url.has_port()) {
        const auto port = read_port(std::string_view(url.port().data(), url.port().size()));
        if (!port)
            return unusable("has a port that is not a number from 1 to 65535");
        out.origin.port = *port;
    }

    const auto path = url.encoded_path();
    // Boost.URL 1.81 takes "https://host:8o" for port 8 and a path "o".
    if (!path.empty() && path.front() != '/')
        return unusable("has something between its host and its path");
    out.path.assign(path.data(), path.size());
    while (!out.path.empty() && out.path.back() == '/')
        out.path.pop_back();
    return out;
}

result<base_url> parse_base_url(std::string_view text)
{
    auto url = read_setting_url(text);
    if (url && !url->origin.https && !is_loopback(url->origin.host))
        return unusable("is plain http").with_hint("use https; plain http is for loopback addresses only");
    return url;
}

request get(std::string_view url)
{
    const std::string_view whole = url.substr(0, url.find('#'));
    const auto scheme = whole.find("://");
    const auto end = scheme == whole.npos ? whole.npos : whole.find_first_of("/?", scheme + 3);

    request out;
    out.origin = parse_base_url(whole.substr(0, end)).value().origin;
    if (end != whole.npos)
        out.target = (whole[end] == '?' ? "/" : "") + std::string(whole.substr(end));
    return out;
}

} // namespace coauth::http
