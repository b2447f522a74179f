#include "oauth2/endpoint_response.hpp"

#include "oauth2/control_characters.hpp"

#include <coauth/oauth2/token_response.hpp>
#include <coauth/text/ascii.hpp>
#include <coauth/text/utf8.hpp>

#include <boost/json/serialize.hpp>

#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

namespace coauth::oauth2 {

namespace {

namespace json = boost::json;
using std::chrono::seconds;

constexpr std::size_t longest_token = 16 * 1024;

const char* subject_of(request_kind kind) noexcept
{
    switch (kind) {
    case request_kind::refresh:
        return "the request to renew a token";
    case request_kind::device_authorization:
        return "the request for a device's code";
    case request_kind::revocation:
        return "the request to revoke a token";
    default:
        return "the request for a token";
    }
}

bool is_success(int status) noexcept
{
    return status >= 200 && status < 300;
}

// Words in another charset must not hide what a refusal means; in a success they could be a token's.
std::string readable_body(int status, std::string_view body)
{
    const std::string_view text = text::trimmed(text::without_byte_order_mark(body));
    return is_success(status) ? std::string(text) : text::as_utf8(text);
}

// A whole number, or nothing.
std::optional<std::int64_t> whole_number(const json::value& value)
{
    if (const std::int64_t* number = value.if_int64())
        return *number;
    const double* number = value.if_double();
    // Written as 3600.0 or 36e2; above 2^53 it is not exact, and absurd.
    if (number && std::abs(*number) < 9e15 && std::trunc(*number) == *number)
        return static_cast<std::int64_t>(*number);
    return std::nullopt;
}

std::optional<std::int64_t> whole_number(std::string_view text)
{
    std::int64_t out = 0;
    const auto end = text.data() + text.size();
    const auto [stop, problem] = std::from_chars(text.data(), end, out);
    return !text.empty() && text::all_digits(text) && problem == std::errc() && stop == end ? std::optional(out)
                                                                                            : std::nullopt;
}

std::optional<error_response> facebook_refusal(const response_members& members)
{
    const json::value* value = members.json("error");
    const json::object* object = value ? value->if_object() : nullptr;
    if (!object)
        return std::nullopt;
    error_response out;
    out.code = text_of(object->if_contains("type")).value_or("");
    out.description = text_of(object->if_contains("message")).value_or("");
    const json::value* number = object->if_contains("code");
    const auto code = number ? whole_number(*number) : std::nullopt;
    if (code && *code >= 0 && *code <= std::numeric_limits<int>::max())
        out.number = static_cast<int>(*code);
    return out;
}

error unreadable(request_kind kind, int status, std::string_view body)
{
    error out = text::looks_like_markup(body)
                    ? error(errc::malformed_response, "the provider answered with a page instead of a token response")
                          .with_hint("check the address of the endpoint, and the proxy")
                    : malformed_response_to(kind, body.empty() ? "has no body" : "is neither JSON nor a form");
    if (status >= 500)
        out = error(errc::provider_unavailable);
    else if (status == 429)
        out = error(errc::rate_limited);
    return out.with_http_status(status);
}

std::optional<response_members> parse_members(const std::string& body, std::string_view form_member)
{
    if (body.starts_with('{')) {
        auto object = strict_object::parse(body);
        return object ? std::optional(response_members(std::move(*object))) : std::nullopt;
    }
    constexpr std::size_t most_fields = 100;
    auto fields = text::parse_form(body);
    if (!fields || fields->size() > most_fields)
        return std::nullopt;
    bool is_response = false;
    for (const auto& [name, value] : *fields) {
        if (text::count(*fields, name) != 1)
            return std::nullopt;
        is_response = is_response || name == form_member || name == "error";
    }
    return is_response ? std::optional(response_members(std::move(*fields))) : std::nullopt;
}

} // namespace

std::string_view response_members::text(std::string_view name) const noexcept
{
    if (object_)
        return text_of(object_->find(name)).value_or("");
    const std::string* value = text::find(fields_, name);
    return value ? std::string_view(*value) : std::string_view();
}

bool response_members::has(std::string_view name) const noexcept
{
    if (!object_)
        return text::find(fields_, name) != nullptr;
    const json::value* value = object_->find(name);
    return value && !value->is_null();
}

bool response_members::is_empty_text(std::string_view name) const noexcept
{
    const json::value* value = json(name);
    return has(name) && text(name).empty() && (!value || value->is_string());
}

const json::value* response_members::json(std::string_view name) const noexcept
{
    return object_ ? object_->find(name) : nullptr;
}

text::form response_members::all() const
{
    if (!object_)
        return fields_;
    text::form out;
    for (const auto& member : object_->members()) {
        const auto text = text_of(&member.value());
        out.emplace_back(std::string(member.key()), text ? std::string(*text) : json::serialize(member.value()));
    }
    return out;
}

error malformed_response_to(request_kind kind, const std::string& reason)
{
    return error(errc::malformed_response, std::string("the response to ") + subject_of(kind) + ' ' + reason);
}

std::optional<error_response> find_refusal(const response_members& members)
{
    if (auto refusal = facebook_refusal(members))
        return refusal;
    if (!members.has("error") || members.is_empty_text("error"))
        return std::nullopt;
    error_response out;
    out.code = members.text("error");
    out.description = members.text("error_description");
    return out;
}

result<response_members> read_endpoint_response(
    request_kind kind, int status, std::string_view body, std::string_view form_member, std::span<const secret> hidden)
{
    if (status >= 300 && status < 400)
        return error(errc::unexpected_redirect).with_http_status(status);
    if (body.size() > max_token_response)
        return error(errc::response_too_large, malformed_response_to(kind, "is larger than 64 KiB").message())
            .with_http_status(status);
    const std::string text = readable_body(status, body);
    auto members = parse_members(text, form_member);
    if (!members)
        return unreadable(kind, status, text);
    if (const auto refusal = find_refusal(*members))
        return to_error(*refusal, kind, status, hidden);
    if (!is_success(status))
        return unreadable(kind, status, text);
    return std::move(*members);
}

result<std::optional<seconds>> read_seconds(
    const response_members& members, request_kind kind, std::string_view name, seconds least)
{
    if (!members.has(name))
        return std::optional<seconds>();
    const json::value* value = members.json(name);
    const auto number = value && !value->is_string() ? whole_number(*value) : whole_number(members.text(name));
    if (!number || *number < least.count() || *number > longest_token_life.count())
        return malformed_response_to(kind, "has a `" + std::string(name) + "` that is not a number of seconds from " +
                                               std::to_string(least.count()) + " to " +
                                               std::to_string(longest_token_life.count()));
    return std::optional(seconds(*number));
}

result<secret> read_token(const response_members& members, request_kind kind, std::string_view name)
{
    if (!members.has(name) || members.is_empty_text(name))
        return secret();
    const std::string_view token = members.text(name);
    if (token.empty() || token.size() > longest_token || !is_graphic(token))
        return malformed_response_to(
            kind, "has a `" + std::string(name) + "` that is not a text of 1 to 16384 printable characters of ASCII");
    return secret(token);
}

} // namespace coauth::oauth2
