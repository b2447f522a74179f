#include "sandbox/tools/broken_responses.hpp"

#include "sandbox/oauth2/responses.hpp"
#include "sandbox/x/error_bodies.hpp"

#include <coauth/text/ascii.hpp>

namespace coauth::sandbox {

namespace {

std::string guessed_type(std::string_view body)
{
    const auto first = body.find_first_not_of(text::white_space);
    if (first == std::string_view::npos)
        return "text/plain; charset=utf-8";
    if (body[first] == '{' || body[first] == '[')
        return "application/json; charset=utf-8";
    return "text/html;charset=utf-8";
}

server::response raw(std::string bytes)
{
    server::response response;
    response.raw = std::move(bytes);
    return response;
}

} // namespace

server::response canned(const scripted_fault& fault, const call& c)
{
    if (!fault.body && c.matched && c.matched->kind == family::oauth2)
        return oauth2_error_with_status(*fault.status);
    if (!fault.body)
        return refuse_with_status(c.matched ? c.matched->kind : family::v1_1, *fault.status);
    return server::response(fault.status.value_or(200), guessed_type(*fault.body), *fault.body);
}

void add_headers(const scripted_fault& fault, server::response& to)
{
    for (const auto& [name, value] : fault.headers)
        to.headers.set(name, value);
}

server::response dropped()
{
    return raw("");
}

server::response garbage()
{
    return raw("\x15\x03\x01 this is not HTTP \xff\xfe\r\n\r\n");
}

server::response truncated(const server::response& whole)
{
    auto bytes = "HTTP/1.1 " + std::to_string(whole.status) + " Truncated\r\n";
    for (const auto& [name, value] : whole.headers)
        bytes.append(name).append(": ").append(value).append("\r\n");
    bytes += "Content-Length: " + std::to_string(whole.body.size()) + "\r\n\r\n";
    if (whole.body.empty())
        return raw(bytes.substr(0, bytes.size() / 2));
    return raw(bytes + whole.body.substr(0, whole.body.size() / 2));
}

} // namespace coauth::sandbox
