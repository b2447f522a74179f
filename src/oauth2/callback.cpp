#include "oauth2/control_characters.hpp"

#include <coauth/oauth2/callback.hpp>
#include <coauth/oauth2/error_response.hpp>

#include <utility>

namespace coauth::oauth2 {

namespace {

coauth::error refused_query(std::string reason)
{
    return coauth::error(errc::invalid_argument, "the callback " + std::move(reason));
}

// Where a parameter that every callback may have is kept; null for the others.
std::optional<std::string>* known_parameter(std::string_view name, std::optional<std::string> (&values)[6])
{
    constexpr std::string_view names[] = {"state", "code", "error", "error_description", "error_uri", "iss"};
    for (std::size_t i = 0; i < std::size(names); ++i)
        if (name == names[i])
            return &values[i];
    return nullptr;
}

} // namespace

bool callback::belongs_to(std::string_view pending_state) const noexcept
{
    return !state.empty() && equal_in_constant_time(state, pending_state);
}

namespace {

std::string without_control_characters(std::string words)
{
    for (char& c : words)
        if (has_control_character(std::string_view(&c, 1)))
            c = ' ';
    return words;
}

// What is not the user's refusal has a number instead, such as that of an app which is not active.
void take_facebook_refusal(
    const text::form& parameters, std::optional<std::string>& error, std::optional<std::string>& description)
{
    const std::string* number = text::find(parameters, "error_code");
    const std::string* message = text::find(parameters, "error_message");
    if (!number || number->empty())
        return;
    error = *number;
    description = message ? *message : std::string();
}

} // namespace

result<callback> parse_callback(std::string_view query)
{
    if (query.size() > max_callback_query)
        return refused_query("is longer than 4 KiB");
    auto fields = text::parse_form(query);
    if (!fields)
        return refused_query("is not percent-encoded");

    std::optional<std::string> values[6];
    auto& [state, code, error, description, uri, issuer] = values;
    callback out;
    for (auto& [name, value] : *fields) {
        if (name == "error_description" || name == "error_message") // Entra's has line breaks, and it is only shown
            value = without_control_characters(std::move(value));
        if (has_control_character(name) || has_control_character(value))
            return refused_query("holds control characters");
        std::optional<std::string>* known = known_parameter(name, values);
        if (!known)
            out.extra.emplace_back(std::move(name), std::move(value));
        else if (*known)
            return refused_query("has a parameter twice");
        else if (value.empty() && !name.starts_with("error_"))
            return refused_query("has an empty parameter");
        else
            *known = std::move(value);
    }
    if (!state)
        return refused_query("has no state");
    if (!code && !error)
        take_facebook_refusal(out.extra, error, description);
    if (code.has_value() == error.has_value())
        return refused_query(code ? "is both a code and a refusal" : "is neither a code nor a refusal");
    // Empty words are sent by some, and are none.
    if (code && (description || uri))
        return refused_query("is both a code and a refusal");
    out.state = std::move(*state);
    if (code)
        out.code = secret(std::move(*code));
    out.error = std::move(error).value_or("");
    out.error_description = std::move(description).value_or("");
    out.error_uri = std::move(uri).value_or("");
    out.issuer = std::move(issuer);
    return out;
}

result<void> check_issuer(const callback& response, std::string_view issuer, bool announced)
{
    if (!response.issuer) {
        if (!announced)
            return {};
        return refused_query("does not say which provider it is of (iss), and this provider always does");
    }
    if (issuer.empty() || *response.issuer != issuer)
        return refused_query("is of another provider than this login (iss)");
    return {};
}

coauth::error refusal_of(const callback& response)
{
    error_response refusal;
    refusal.code = response.error;
    refusal.description = response.error_description;
    return to_error(refusal, request_kind::authorization, 0);
}

} // namespace coauth::oauth2
