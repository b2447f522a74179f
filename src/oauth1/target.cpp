#include "oauth1/control_characters.hpp"
#include "text/encoding_table.hpp"

#include <coauth/oauth1/target.hpp>
#include <coauth/text/ascii.hpp>

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <charconv>
#include <utility>

namespace coauth::oauth1 {

namespace {

error refuse(std::string why)
{
    return error(errc::invalid_argument, "the URL can't be signed: " + std::move(why));
}

bool valid_host(std::string_view host)
{
    if (host.empty())
        return false;
    if (host.front() == '[') {
        in6_addr address;
        return host.back() == ']' &&
               inet_pton(AF_INET6, std::string(host.substr(1, host.size() - 2)).c_str(), &address) == 1;
    }
    return std::all_of(host.begin(), host.end(), text::is_unreserved) &&
           std::any_of(host.begin(), host.end(), text::is_letter_or_digit);
}

// Neither those that are never in a path, nor % before it is looked at.
constexpr auto plain_in_path = [] {
    std::array<bool, 256> table{};
    table.fill(true);
    for (const char c : std::string_view("\"<>\\^`{|}%"))
        table[static_cast<unsigned char>(c)] = false;
    return table;
}();

bool valid_path(std::string_view path)
{
    for (std::size_t i = 0; i < path.size(); ++i)
        if (!plain_in_path[static_cast<unsigned char>(path[i])] && text::escaped_octet(path.substr(i)) < 0)
            return false;
    return true;
}

} // namespace

result<target> split_target(std::string_view url)
{
    if (!is_graphic(url))
        return refuse("it holds a space, a control character or a character that is not ASCII; percent-encode it");

    const bool https = text::equal_ignoring_case(url.substr(0, 8), "https://");
    if (!https && !text::equal_ignoring_case(url.substr(0, 7), "http://"))
        return refuse("it is not absolute, or neither https nor http");
    url.remove_prefix(https ? 8 : 7);
    url = url.substr(0, url.find('#'));

    const auto authority_end = std::find_if(url.begin(), url.end(), [](char c) { return c == '/' || c == '?'; });
    const auto authority = url.substr(0, static_cast<std::size_t>(authority_end - url.begin()));
    url.remove_prefix(authority.size());
    if (authority.find('@') != authority.npos)
        return refuse("it holds a user name or password");

    const auto bracket = authority.starts_with('[') ? authority.rfind(']') : authority.npos;
    const auto colon = authority.find(':', bracket == authority.npos ? 0 : bracket);
    const auto host = authority.substr(0, colon);
    if (!valid_host(host))
        return refuse("its host is missing or malformed");
    unsigned port = https ? 443 : 80;
    if (colon != authority.npos && colon + 1 < authority.size()) {
        const auto digits = authority.substr(colon + 1);
        const auto [end, ec] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
        if (ec != std::errc() || end != digits.data() + digits.size() || port == 0 || port > 65535)
            return refuse("its port is not a number from 1 to 65535");
    }

    const auto mark = std::min(url.find('?'), url.size());
    const auto path = url.substr(0, mark);
    if (!valid_path(path))
        return refuse("its path is not percent-encoded");
    const auto query = mark < url.size() ? url.substr(mark + 1) : std::string_view();
    return result<target>(
        boost::system::in_place_value, https, host, static_cast<std::uint16_t>(port), path.empty() ? "/" : path, query);
}

bool is_loopback_host(std::string_view host) noexcept
{
    if (host == "[::1]" || host == "::1" || text::equal_ignoring_case(host, "localhost"))
        return true;
    // "127.evil.example" is a name, not an address.
    in_addr address;
    return host.starts_with("127.") && host.size() < INET_ADDRSTRLEN && is_graphic(host) &&
           inet_pton(AF_INET, std::string(host).c_str(), &address) == 1;
}

} // namespace coauth::oauth1
