#include "http/http1/request_text.hpp"

#include "http/host.hpp"
#include "http/limit.hpp"

#include <coauth/text/ascii.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace coauth::http {

using namespace std::string_view_literals;

namespace {

enum character_class : unsigned char {
    of_token = 1, // RFC 9110, section 5.6.2
    of_path = 2   // of those that a query has
};

// A path is as lenient as the signer: brackets need not be encoded (RFC 3986, section 3.3).
constexpr unsigned char classes_of(char c) noexcept
{
    unsigned char classes = 0;
    if (text::is_letter_or_digit(c) || "!#$%&'*+-.^_`|~"sv.find(c) != std::string_view::npos)
        classes |= of_token;
    if ("\"<>\\^`{|}"sv.find(c) == std::string_view::npos)
        classes |= of_path;
    return classes;
}

constexpr auto classes = [] {
    std::array<unsigned char, 256> table{};
    for (std::size_t i = 0; i < table.size(); ++i)
        table[i] = classes_of(static_cast<char>(i));
    return table;
}();

bool all_are(character_class wanted, std::string_view text) noexcept
{
    return std::all_of(
        text.begin(), text.end(), [wanted](char c) { return (classes[static_cast<unsigned char>(c)] & wanted) != 0; });
}

// Looks at all octets, so that a compiler takes many at once: queries and values are long.
template <class Predicate>
bool none_is(std::string_view text, Predicate refused) noexcept
{
    unsigned char found = 0;
    for (const char c : text)
        found |= static_cast<unsigned char>(refused(static_cast<unsigned char>(c)));
    return found == 0;
}

// Visible, tab, space, or obs-text, and so no CR, LF or NUL (RFC 9110, section 5.5).
bool is_field_value(std::string_view text) noexcept
{
    return none_is(text, [](unsigned char u) { return (u < 0x20 && u != '\t') || u == 0x7f; });
}

bool is_token(std::string_view text) noexcept
{
    return !text.empty() && all_are(of_token, text);
}

// The `%XX` in a target are whole.
bool is_percent_encoded(std::string_view text) noexcept
{
    for (auto at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 1))
        if (at + 2 >= text.size() || !text::is_hex_digit(text[at + 1]) || !text::is_hex_digit(text[at + 2]))
            return false;
    return true;
}

// RFC 9112, section 3.2.1. A query may have more characters than RFC 3986 allows, as far as the signer takes them.
bool is_origin_form(std::string_view target) noexcept
{
    return target.starts_with('/') &&
           none_is(target, [](unsigned char u) { return u <= 0x20 || u >= 0x7f || u == '#'; }) &&
           all_are(of_path, target.substr(0, target.find('?'))) && is_percent_encoded(target);
}

// These decide where a message ends, and whether the connection is kept.
bool is_set_by_transport(std::string_view name) noexcept
{
    const auto is = [name](std::string_view other) { return same_field_name(name, other); };
    return is("Host") || is("Content-Length") || is("Transfer-Encoding") || is("Connection") || is("Keep-Alive") ||
           is("Proxy-Connection") || is("Proxy-Authorization") || is("Upgrade") || is("TE") || is("Trailer") ||
           is("Expect");
}

error unfit(std::string reason)
{
    return error(errc::invalid_argument, "the request can't be sent: " + std::move(reason));
}

// RFC 9110, section 8.6: a method that expects a body has a length, even without a body.
bool has_length(const request& request) noexcept
{
    return !request.body.empty() || request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
}

} // namespace

result<void> check_for_the_wire(const request& request)
{
    if (!is_host(request.origin.host))
        return unfit("its host is not a DNS name or address");
    if (request.origin.port == 0)
        return unfit("its port is 0");
    if (!request.origin.https && !is_loopback(request.origin.host))
        return unfit("it is plain http").with_hint("use https; plain http is for loopback addresses only");

    if (!is_token(request.method))
        return unfit("its method is not a token");
    if (request.method == "CONNECT")
        return unfit("its method is CONNECT: tunnels are opened by the transport");
    if (!is_origin_form(request.target))
        return unfit("its target is not an encoded path that begins with a slash")
            .with_hint("percent-encode what is not allowed in a path or query");

    // Names may be shown; values may be secret.
    for (const auto& [name, value] : request.headers) {
        if (!is_token(name))
            return unfit("the name of a header is not a token");
        if (is_set_by_transport(name))
            return unfit("the header " + std::string(name) + " is set by the transport");
        if (!is_field_value(value))
            return unfit("the header " + std::string(name) + " holds a control character")
                .with_hint("a key or token read from a file often ends with a newline");
    }
    if (request.deadline.count() != 0 && !is_usable_duration(request.deadline))
        return unfit("its deadline is negative or beyond 30 days");
    return {};
}

void append_request_text(const request& request, std::string& out)
{
    const std::string authority = request.origin.authority();
    const std::string length = has_length(request) ? std::to_string(request.body.size()) : std::string();
    std::size_t size = request.method.size() + request.target.size() + authority.size() + request.body.size() + 64;
    for (const auto& [name, value] : request.headers)
        size += name.size() + value.size() + 4;

    out.reserve(out.size() + size);
    out.append(request.method).append(" "sv).append(request.target).append(" HTTP/1.1\r\nHost: "sv).append(authority);
    for (const auto& [name, value] : request.headers)
        out.append("\r\n"sv).append(name).append(": "sv).append(value);
    if (!length.empty())
        out.append("\r\nContent-Length: "sv).append(length);
    out.append("\r\n\r\n"sv).append(request.body);
}

std::string connect_text(const origin& to)
{
    const bool ipv6 = to.host.find(':') != std::string::npos;
    const std::string authority = (ipv6 ? '[' + to.host + ']' : to.host) + ':' + std::to_string(to.port);
    return "CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n\r\n";
}

} // namespace coauth::http
