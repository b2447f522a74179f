#include "server/loopback_url.hpp"

#include <boost/url/grammar/ci_string.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <charconv>
#include <optional>
#include <utility>

namespace coauth::server {

namespace urls = boost::urls;

namespace {

error refused(std::string message)
{
    return error(errc::invalid_argument, std::move(message))
        .with_hint("write it as http://127.0.0.1:0/callback; port 0 lets the system choose one");
}

std::optional<std::string> loopback_address(urls::url_view url)
{
    switch (url.host_type()) {
    case urls::host_type::ipv4:
        if (url.host_ipv4_address().is_loopback())
            return std::string(url.encoded_host());
        break;
    case urls::host_type::ipv6:
        if (url.host_ipv6_address().is_loopback())
            return "::1";
        break;
    case urls::host_type::name:
        // Browsers that try ::1 first come to this one next.
        if (urls::grammar::ci_is_equal(url.encoded_host(), "localhost"))
            return "127.0.0.1";
        break;
    default:
        break;
    }
    return std::nullopt;
}

// Boost.URL takes ports of any size.
std::optional<std::uint16_t> port_of(urls::url_view url)
{
    const std::string_view digits = url.port();
    std::uint16_t port = 0;
    const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (digits.empty() || failure != std::errc() || end != digits.data() + digits.size())
        return std::nullopt;
    return port;
}

} // namespace

std::string loopback_url::with_port(std::uint16_t actual_port) const
{
    return "http://" + host + ':' + std::to_string(actual_port) + path + query;
}

result<loopback_url> parse_loopback_url(std::string_view text)
{
    const auto parsed = urls::parse_uri(urls::string_view(text.data(), text.size()));
    if (!parsed)
        return refused("the callback URL is malformed");
    const urls::url_view url = *parsed;
    if (url.scheme_id() != urls::scheme::http || !url.has_authority())
        return refused("the callback URL of a listener must begin with http://");
    if (url.has_userinfo() || url.has_fragment())
        return refused("the callback URL has user information or a fragment");
    const auto address = loopback_address(url);
    if (!address)
        return refused("the callback URL is not on this machine's loopback");
    const auto port = port_of(url);
    if (!port)
        return refused("the callback URL has no port between 0 and 65535");
    if (url.encoded_path().empty())
        return refused("the callback URL has no path");

    loopback_url out;
    out.host = std::string(url.encoded_host());
    out.address = *address;
    out.port = *port;
    out.path = std::string(url.encoded_path());
    if (url.has_query())
        out.query = '?' + std::string(url.encoded_query());
    return out;
}

} // namespace coauth::server
