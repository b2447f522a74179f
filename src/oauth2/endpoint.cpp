#include "oauth2/endpoint.hpp"

#include "oauth2/control_characters.hpp"

#include <coauth/text/ascii.hpp>

#include <algorithm>

namespace coauth::oauth2 {

namespace {

bool is_port(std::string_view text) noexcept
{
    unsigned number = 0;
    for (const char c : text)
        number = number * 10 + static_cast<unsigned>(c - '0');
    return number >= 1 && number <= 65535;
}

// The port after a colon, or nothing at all.
bool is_port_part(std::string_view text) noexcept
{
    if (text.empty())
        return true;
    text.remove_prefix(1);
    return !text.empty() && text.size() <= 5 && text::all_digits(text) && is_port(text);
}

bool is_name(std::string_view host) noexcept
{
    return !host.empty() && host.size() <= 253 && host.front() != '.' && host.front() != '-' &&
           std::all_of(host.begin(), host.end(),
               [](char c) { return text::is_letter_or_digit(c) || c == '-' || c == '.' || c == '_'; });
}

bool is_address_in_brackets(std::string_view host) noexcept
{
    return host.size() > 4 && host.front() == '[' && host.back() == ']' &&
           std::all_of(
               host.begin() + 1, host.end() - 1, [](char c) { return text::is_hex_digit(c) || c == ':' || c == '.'; });
}

bool is_loopback(std::string_view host) noexcept
{
    const bool is_numbers = host.starts_with("127.") && host.find_first_not_of("0123456789.") == host.npos &&
                            std::count(host.begin(), host.end(), '.') == 3;
    return is_numbers || host == "[::1]" || text::equal_ignoring_case(host, "localhost");
}

} // namespace

bool is_endpoint(std::string_view url) noexcept
{
    constexpr std::size_t longest = 2048;
    constexpr std::string_view https = "https://";
    constexpr std::string_view http = "http://";
    const bool is_secure = url.starts_with(https);
    if (url.size() > longest || !is_graphic(url) || url.find_first_of("#\\\"<>^`{|}") != url.npos ||
        (!is_secure && !url.starts_with(http)))
        return false;
    url.remove_prefix(is_secure ? https.size() : http.size());
    const std::string_view authority = url.substr(0, url.find_first_of("/?"));
    const std::size_t bracket = authority.rfind(']');
    const std::size_t colon = authority.find(':', bracket == authority.npos ? 0 : bracket);
    const std::string_view host = authority.substr(0, colon);
    return (is_name(host) || is_address_in_brackets(host)) &&
           (colon == authority.npos || is_port_part(authority.substr(colon))) && (is_secure || is_loopback(host));
}

bool is_issuer(std::string_view url) noexcept
{
    return is_endpoint(url) && url.find('?') == url.npos;
}

} // namespace coauth::oauth2
