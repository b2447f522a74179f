#include "http/http1/request_text.hpp"

#include <string_view>

namespace coauth::http {

using namespace std::string_view_literals;

namespace {

// RFC 9110, section 8.6: a method that expects a body has a length, even without a body.
bool has_length(const request& request) noexcept
{
    return !request.body.empty() || request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
}

std::string host_and_port(const origin& to)
{
    const bool ipv6 = to.host.find(':') != std::string::npos;
    return (ipv6 ? '[' + to.host + ']' : to.host) + ':' + std::to_string(to.port);
}

} // namespace

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
    const std::string authority = host_and_port(to);
    return "CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n\r\n";
}

} // namespace coauth::http
