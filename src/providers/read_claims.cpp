#include "providers/read_claims.hpp"

#include "api/json_members.hpp"
#include "text/json_body.hpp"

#include <coauth/error.hpp>
#include <coauth/text/utf8.hpp>

#include <algorithm>

namespace coauth::providers {

namespace json = boost::json;

namespace {

bool is_printable_ascii(std::string_view text)
{
    return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

std::optional<std::string> find_url(const json::object& object, std::string_view name, bool http_too)
{
    const auto url = api::find_raw_text(object, name);
    if (!url || !is_printable_ascii(*url) || url->find_first_of("\"<>\\") != url->npos)
        return std::nullopt;
    if (!url->starts_with("https://") && !(http_too && url->starts_with("http://")))
        return std::nullopt;
    return std::string(*url);
}

// Some send it as a text.
std::optional<bool> find_truth(const json::object& object, std::string_view name)
{
    if (const auto value = api::find_bool(object, name))
        return value;
    const auto text = api::find_raw_text(object, name);
    if (text == "true" || text == "false")
        return text == "true";
    return std::nullopt;
}

} // namespace

std::string required_id(const json::object& object, std::string_view name)
{
    constexpr std::size_t longest = 255;
    const json::value* value = api::find_member(object, name);
    if (!value)
        api::refuse_member(name, "missing");
    const json::string* text = value->if_string();
    if (!text || text->empty() || text->size() > longest ||
        !std::all_of(text->begin(), text->end(), [](char c) { return c >= 0x20 && c < 0x7f; }))
        api::refuse_member(name, "not an id");
    return std::string(text->data(), text->size());
}

std::optional<std::string> find_https_url(const json::object& object, std::string_view name)
{
    return find_url(object, name, false);
}

std::optional<std::string> find_web_url(const json::object& object, std::string_view name)
{
    return find_url(object, name, true);
}

std::optional<std::string> find_email_address(const json::object& object, std::string_view name)
{
    auto email = api::find_line(object, name);
    const bool is_usable = email && email == api::find_raw_text(object, name) && email->find('@') != email->npos &&
                           email->find(text::replacement_character) == email->npos;
    return is_usable ? std::move(email) : std::nullopt;
}

profile read_claims(std::string_view body)
{
    const text::json_body parsed = text::read_json(body);
    const json::object& claims = api::as_object(parsed.root(), "the profile");
    profile user;
    user.id = required_id(claims, "sub");
    user.username = api::find_line(claims, "preferred_username").value_or("");
    user.name = api::find_line(claims, "name").value_or(user.username.empty() ? user.id : user.username);
    user.picture = find_https_url(claims, "picture");
    user.url = find_web_url(claims, "website");
    user.email = find_email_address(claims, "email");
    if (user.email)
        user.email_verified = find_truth(claims, "email_verified");
    return user;
}

} // namespace coauth::providers
