#include "oauth2/control_characters.hpp"
#include "oauth2/endpoint_response.hpp"

#include <coauth/oauth2/token_response.hpp>
#include <coauth/text/ascii.hpp>

#include <boost/json/array.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace coauth::oauth2 {

namespace {

namespace json = boost::json;

constexpr std::array<std::string_view, 6> known_members = {
    "access_token", "refresh_token", "id_token", "expires_in", "scope", "token_type"};

void append_scopes(std::string_view text, std::string& out)
{
    while (!text.empty()) {
        const std::size_t end = std::min(text.find_first_of(", "), text.size());
        if (end != 0 && !out.empty())
            out += ' ';
        out += text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
}

result<std::optional<std::string>> read_scope(const response_members& members, request_kind kind)
{
    if (!members.has("scope"))
        return std::optional<std::string>();
    std::string out;
    const json::value* value = members.json("scope");
    if (const json::array* list = value ? value->if_array() : nullptr) {
        for (const json::value& scope : *list)
            append_scopes(text_of(&scope).value_or("\n"), out);
    } else {
        append_scopes(value && !value->is_string() ? "\n" : members.text("scope"), out);
    }
    if (has_control_character(out))
        return malformed_response_to(kind, "has a `scope` that is not a list of scopes");
    return std::optional(std::move(out));
}

} // namespace

result<token_response> parse_token_response(
    request_kind kind, int status, std::string_view body, std::span<const secret> hidden)
{
    auto members = read_endpoint_response(kind, status, body, "access_token", hidden);
    if (!members)
        return members.error();
    auto access_token = read_token(*members, kind, "access_token");
    auto refresh_token = read_token(*members, kind, "refresh_token");
    auto id_token = read_token(*members, kind, "id_token");
    auto expires_in = read_seconds(*members, kind, "expires_in", std::chrono::seconds(1));
    auto scope = read_scope(*members, kind);
    for (const result<secret>* token : {&access_token, &refresh_token, &id_token})
        if (!*token)
            return token->error();
    if (!expires_in)
        return expires_in.error();
    if (!scope)
        return scope.error();
    if (access_token->empty())
        return malformed_response_to(kind, "has no `access_token`");
    if (!text::equal_ignoring_case(members->text("token_type"), "bearer"))
        return malformed_response_to(kind, "has a `token_type` that is not bearer, or none");

    token_response out;
    out.access_token = std::move(*access_token);
    out.refresh_token = std::move(*refresh_token);
    out.id_token = std::move(*id_token);
    out.expires_in = *expires_in;
    out.scope = std::move(*scope);
    for (auto& [name, value] : members->all())
        if (std::find(known_members.begin(), known_members.end(), name) == known_members.end())
            out.extra.emplace_back(std::move(name), std::move(value));
    return out;
}

} // namespace coauth::oauth2
