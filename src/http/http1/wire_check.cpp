#include "http/http1/wire_check.hpp"

#include "http/duration_check.hpp"
#include "http/host.hpp"

#include <coauth/text/ascii.hpp>

#include <algorithm>
#include <array>
#include <string_view>

namespace coauth::http {

namespace {

// RFC 9110, section 5.6.2.
constexpr bool is_token_character(char c) noexcept
{
    return text::is_letter_or_digit(c) || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool is_token(std::string_view text) noexcept
{
    return !text.empty() && std::all_of(text.begin(), text.end(), is_token_character);
}

// Visible, tab, space, or obs-text, and so no CR, LF or NUL.
constexpr bool in_field_value(char c) noexcept
{
    const auto u = static_cast<unsigned char>(c);
    return u == '\t' || (u >= 0x20 && u != 0x7f);
}

// RFC 3986, sections 3.3 and 3.4, as lenient as the signer: brackets need not be encoded, nor several others in a query.
bool is_origin_form(std::string_view target) noexcept
{
    if (target.empty() || target.front() != '/')
        return false;
    bool in_query = false;
    for (std::size_t i = 0; i < target.size(); ++i) {
        const char c = target[i];
        if (c <= 0x20 || c >= 0x7f || c == '#')
            return false;
        if (c == '%' &&
            (i + 2 >= target.size() || !text::is_hex_digit(target[i + 1]) || !text::is_hex_digit(target[i + 2])))
            return false;
        if (c == '?')
            in_query = true;
        else if (!in_query && std::string_view("\"<>\\^`{|}").find(c) != std::string_view::npos)
            return false;
    }
    return true;
}

// These decide where a message ends, and whether the connection is kept.
bool is_set_by_transport(std::string_view name) noexcept
{
    constexpr std::array names = {std::string_view("Host"), std::string_view("Content-Length"),
        std::string_view("Transfer-Encoding"), std::string_view("Connection"), std::string_view("Keep-Alive"),
        std::string_view("Proxy-Connection"), std::string_view("Proxy-Authorization"), std::string_view("Upgrade"),
        std::string_view("TE"), std::string_view("Trailer"), std::string_view("Expect")};
    return std::any_of(names.begin(), names.end(), [name](std::string_view n) { return same_field_name(n, name); });
}

error unfit(std::string reason)
{
    return error(errc::invalid_argument, "the request can't be sent: " + std::move(reason));
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
            return unfit("the header " + name + " is set by the transport");
        if (!std::all_of(value.begin(), value.end(), in_field_value))
            return unfit("the header " + name + " holds a control character")
                .with_hint("a key or token read from a file often ends with a newline");
    }
    if (request.deadline.count() != 0 && !is_usable_duration(request.deadline))
        return unfit("its deadline is negative or beyond 30 days");
    return {};
}

} // namespace coauth::http
