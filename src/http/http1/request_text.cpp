#include "http/http1/request_text.hpp"

namespace coauth::http {

namespace {

// RFC 9110, section 8.6: a method that expects a body says its length even when there is none.
bool says_length(const request& what) noexcept
{
    return !what.body.empty() || what.method == "POST" || what.method == "PUT" || what.method == "PATCH";
}

std::string host_and_port(const origin& to)
{
    const bool ipv6 = to.host.find(':') != std::string::npos;
    return (ipv6 ? '[' + to.host + ']' : to.host) + ':' + std::to_string(to.port);
}

} // namespace

std::string request_text(const request& what)
{
    const std::string authority = what.origin.authority();
    std::size_t size = what.method.size() + what.target.size() + authority.size() + what.body.size() + 64;
    for (const auto& [name, value] : what.headers)
        size += name.size() + value.size() + 4;

    std::string text;
    text.reserve(size);
    text.append(what.method).append(" ").append(what.target).append(" HTTP/1.1\r\nHost: ").append(authority);
    for (const auto& [name, value] : what.headers)
        text.append("\r\n").append(name).append(": ").append(value);
    if (says_length(what))
        text.append("\r\nContent-Length: ").append(std::to_string(what.body.size()));
    text.append("\r\n\r\n").append(what.body);
    return text;
}

std::string connect_text(const origin& to)
{
    const std::string where = host_and_port(to);
    return "CONNECT " + where + " HTTP/1.1\r\nHost: " + where + "\r\n\r\n";
}

} // namespace coauth::http
