#include "server/response_head.hpp"

#include <coauth/text/ascii.hpp>

#include <boost/beast/http/status.hpp>

#include <algorithm>

namespace coauth::server {

namespace {

bool is_token(std::string_view name) noexcept
{
    return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
        return text::is_letter_or_digit(c) || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
    });
}

bool is_field_value(std::string_view value) noexcept
{
    return std::all_of(value.begin(), value.end(), [](char c) {
        const auto octet = static_cast<unsigned char>(c);
        return octet == '\t' || (octet >= 0x20 && octet != 0x7f);
    });
}

bool is_framing(std::string_view name) noexcept
{
    return http::same_field_name(name, "Connection") || http::same_field_name(name, "Content-Length") ||
           http::same_field_name(name, "Transfer-Encoding") || http::same_field_name(name, "Keep-Alive");
}

void append_field(std::string& out, std::string_view name, std::string_view value)
{
    out += name;
    out += ": ";
    out += value;
    out += "\r\n";
}

} // namespace

bool well_formed(const response& answer) noexcept
{
    return answer.status >= 200 && answer.status <= 599 &&
           std::all_of(answer.headers.begin(), answer.headers.end(),
               [](const auto& field) { return is_token(field.first) && is_field_value(field.second); });
}

bool wants_close(const response& answer) noexcept
{
    return http::same_field_name(answer.headers.get("Connection"), "close");
}

bool bodiless(int status) noexcept
{
    return status == 204 || status == 304;
}

std::string response_head(const response& answer, bool keep_alive, std::string_view date)
{
    std::string out;
    out.reserve(256);
    out += "HTTP/1.1 ";
    out += std::to_string(answer.status);
    out += ' ';
    const std::string_view reason =
        boost::beast::http::obsolete_reason(boost::beast::http::int_to_status(static_cast<unsigned>(answer.status)));
    out += reason == "<unknown-status>" ? std::string_view() : reason;
    out += "\r\n";
    for (const auto& [name, value] : answer.headers)
        if (!is_framing(name))
            append_field(out, name, value);
    if (answer.headers.count("Date") == 0)
        append_field(out, "Date", date);
    if (!bodiless(answer.status))
        append_field(out, "Content-Length", std::to_string(answer.body.size()));
    append_field(out, "Connection", keep_alive ? "keep-alive" : "close");
    out += "\r\n";
    return out;
}

} // namespace coauth::server
