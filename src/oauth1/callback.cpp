#include "oauth1/control_characters.hpp"

#include <coauth/oauth1/callback.hpp>

#include <utility>

namespace coauth::oauth1 {

namespace {

error refused_callback(std::string why)
{
    return error(errc::invalid_argument, "the callback " + std::move(why));
}

} // namespace

bool callback::belongs_to(const request_token& login) const noexcept
{
    return equal_in_constant_time(token, login.token());
}

result<callback> parse_callback(std::string_view query)
{
    if (query.size() > max_callback_query)
        return refused_callback("is too long");
    auto fields = parse_form(query);
    if (!fields)
        return refused_callback("is not percent-encoded");

    callback out;
    bool token_seen = false;
    bool verifier_seen = false;
    for (auto& [name, value] : *fields) {
        if (has_control_character(name) || has_control_character(value))
            return refused_callback("holds control characters");
        if (name == "oauth_token" && !std::exchange(token_seen, true)) {
            out.token = std::move(value);
        } else if (name == "oauth_verifier" && !std::exchange(verifier_seen, true)) {
            out.verifier = secret(std::move(value));
        } else if (name == "denied" && !std::exchange(out.denied, true)) {
            out.token = std::move(value);
        } else if (name.starts_with("oauth_") || name == "denied") {
            return refused_callback("has a parameter twice or one that no callback has");
        } else {
            out.extra.emplace_back(std::move(name), std::move(value));
        }
    }
    if (out.denied ? token_seen || verifier_seen : !token_seen || !verifier_seen)
        return refused_callback("is neither a token with a verifier nor a refusal");
    if (out.token.empty() || (!out.denied && out.verifier.empty()))
        return refused_callback("has an empty token or verifier");
    return out;
}

result<std::string> callback_token(std::string_view query)
{
    auto parsed = parse_callback(query);
    if (!parsed)
        return parsed.error();
    return std::move(parsed->token);
}

result<secret> callback_verifier(std::string_view query, const request_token& login)
{
    auto parsed = parse_callback(query);
    if (!parsed)
        return parsed.error();
    if (!parsed->belongs_to(login))
        return error(errc::invalid_argument, "the callback is of another login");
    if (parsed->denied)
        return error(errc::denied);
    return std::move(parsed->verifier);
}

} // namespace coauth::oauth1
