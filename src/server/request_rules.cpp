#include "server/request_rules.hpp"

#include <coauth/text/ascii.hpp>

#include <boost/asio/error.hpp>
#include <boost/beast/http/error.hpp>

#include <algorithm>
#include <string_view>

namespace coauth::server {

namespace {

// A host as it may stand in a URL, and perhaps a port: no user information, no path, no blank.
bool looks_like_authority(std::string_view host) noexcept
{
    return !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
        return text::is_letter_or_digit(c) || std::string_view("-._~%!$&'()*+;=:[]").find(c) != std::string_view::npos;
    });
}

// Visible ASCII only; a fragment is never sent.
bool is_origin_form(std::string_view target) noexcept
{
    return target.starts_with('/') &&
           std::all_of(target.begin(), target.end(), [](char c) { return c > 0x20 && c < 0x7f && c != '#'; });
}

// The authority and the rest of "http://host/path?query"; nothing for any other form.
std::optional<std::pair<std::string, std::string>> split_absolute(std::string_view target)
{
    const auto colon = std::min(target.find("://"), target.size());
    const std::string_view scheme = target.substr(0, colon);
    if (colon == target.size() || (!http::same_field_name(scheme, "http") && !http::same_field_name(scheme, "https")))
        return std::nullopt;
    target.remove_prefix(colon + 3);
    const auto end = std::min(target.find_first_of("/?#"), target.size());
    std::string rest(target.substr(end));
    if (!rest.starts_with('/'))
        rest.insert(0, 1, '/');
    return std::pair(std::string(target.substr(0, end)), std::move(rest));
}

// How many bytes of a header are cookies.
std::size_t size_of_cookies(std::string_view header)
{
    constexpr std::string_view name = "cookie:";
    std::size_t size = 0;
    while (!header.empty()) {
        const auto end = std::min(header.find('\n'), header.size());
        const auto line = header.substr(0, end);
        if (http::same_field_name(line.substr(0, name.size()), name))
            size += line.size();
        header.remove_prefix(std::min(end + 1, header.size()));
    }
    return size;
}

refusal header_too_large(std::string_view arrived)
{
    if (size_of_cookies(arrived) > arrived.size() / 2)
        return refusal(431, "The cookies that the browser sent are too large. Delete the cookies of this site, then "
                            "try again.");
    return refusal(431, "The header of the request is too large.");
}

std::optional<refusal> check_length(unsigned minor_version, const http::fields& headers)
{
    const std::size_t lengths = headers.count("Content-Length");
    const std::string_view length = headers.get("Content-Length");
    if (lengths > 1 || !text::all_digits(length))
        return refusal(400, "The request has no single Content-Length.");

    const std::size_t codings = headers.count("Transfer-Encoding");
    if (codings == 0)
        return std::nullopt;
    if (codings > 1 || lengths > 0 || minor_version == 0)
        return refusal(400, "The length of the request is ambiguous.");
    if (!http::same_field_name(headers.get("Transfer-Encoding"), "chunked"))
        return refusal(501, "The only transfer coding understood is chunked.");
    return std::nullopt;
}

} // namespace

response answer_to(const refusal& why)
{
    return response(why.status, "text/plain; charset=utf-8", why.reason + '\n');
}

std::optional<refusal> check_head(unsigned minor_version, request& head)
{
    const std::size_t hosts = head.headers.count("Host");
    if (hosts > 1 || (hosts == 0 && minor_version >= 1))
        return refusal(400, "The request needs exactly one Host.");
    if (hosts == 1 && !looks_like_authority(head.headers.get("Host")))
        return refusal(400, "The Host of the request is malformed.");
    if (auto absolute = split_absolute(head.target)) {
        if (!looks_like_authority(absolute->first))
            return refusal(400, "The host in the request target is malformed.");
        head.headers.set("Host", std::move(absolute->first));
        head.target = std::move(absolute->second);
    }
    if (!is_origin_form(head.target))
        return refusal(400, "The request target must be a path on this server, or a URL with http:// or https://.");

    auto length = check_length(minor_version, head.headers);
    if (length)
        return length;

    if (minor_version >= 1 && head.headers.count("Expect") > 0 &&
        !http::same_field_name(head.headers.get("Expect"), "100-continue"))
        return refusal(417, "The only expectation understood is 100-continue.");
    return std::nullopt;
}

std::optional<refusal> refusal_for(
    boost::system::error_code failure, part reading, bool too_slow, std::string_view arrived)
{
    namespace beast_http = boost::beast::http;
    if (failure == boost::asio::error::operation_aborted)
        return std::nullopt;
    if (too_slow)
        return refusal(408, "The request took too long to arrive.");
    if (failure == beast_http::error::header_limit)
        return header_too_large(arrived);
    if (failure == beast_http::error::body_limit)
        return refusal(413, "The body of the request is too large.");
    if (failure == beast_http::error::buffer_overflow)
        return reading == part::head ? header_too_large(arrived)
                                     : refusal(413, "The framing of the body is too large.");
    if (failure == beast_http::error::end_of_stream || failure == beast_http::error::partial_message)
        return std::nullopt;
    if (failure.category() == beast_http::make_error_code(beast_http::error::bad_method).category())
        return refusal(400, "The request is not HTTP/1.1 or HTTP/1.0.");
    return std::nullopt;
}

} // namespace coauth::server
