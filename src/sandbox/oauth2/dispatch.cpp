// Which function handles which route of a provider of OAuth 2.
#include "sandbox/facebook/graph_api.hpp"
#include "sandbox/github/user_api.hpp"
#include "sandbox/oauth2/endpoints.hpp"
#include "sandbox/oauth2/responses.hpp"
#include "sandbox/openid/documents.hpp"

#include <utility>

namespace coauth::sandbox {

namespace {

// A client can ask for new words again and again: of more than these only the last login's are remembered.
constexpr std::size_t most_consent_words = 1000;

// "GET, POST" for "GET POST".
std::string methods_allowed(std::string_view methods)
{
    std::string out;
    for (const char c : methods)
        out += c == ' ' ? std::string(", ") : std::string(1, c);
    return out;
}

} // namespace

oauth2_endpoints::oauth2_endpoints(mode m, std::optional<std::string> auto_approve, random_source random)
    : mode_(m), auto_approve_(std::move(auto_approve)), random_(random), keys_(std::move(random))
{}

server::response oauth2_endpoints::handle(call& c, const world& w, refusal_note& note)
{
    const auto& rules = rules_of(c.matched->played);
    if (!allows(*c.matched, c.http->method)) {
        const refusal refused(
            "invalid_request", "method_not_allowed", "this route takes " + methods_allowed(c.matched->methods), 405);
        explain(note, refused);
        auto response = refused_response(rules, refused, *c.http);
        response.headers.set("Allow", methods_allowed(c.matched->methods));
        return response;
    }
    const bool versioned = rules.played == face::facebook;
    if (versioned && !is_graph_version(c.path_values.front())) {
        explain(
            note, refusal("", "unknown_version", "the version in the path must be from v19.0 to v26.0, such as v25.0"));
        return facebook_error(400, "Unknown path components: /" + c.path_values.front(), 2500);
    }
    return dispatch(c, w, note);
}

server::response oauth2_endpoints::dispatch(call& c, const world& w, refusal_note& note)
{
    const auto& rules = rules_of(c.matched->played);
    switch (c.matched->id) {
    case endpoint::oauth2_authorize:
        return authorize(c, w, note);
    case endpoint::oauth2_token:
    case endpoint::oauth2_revoke:
    case endpoint::oauth2_device_authorization:
        return serve_form(c, w, note);
    case endpoint::oauth2_device_page:
        return device_page(c, w, note);
    case endpoint::oauth2_discovery:
        return discovery_document(rules, c.base_url);
    case endpoint::oauth2_keys:
        return server::response(200, "application/json; charset=utf-8", keys_.public_keys());
    case endpoint::oauth2_userinfo:
        return userinfo(c, w, grants_, note);
    case endpoint::github_user:
    case endpoint::github_emails:
        return github_user(c, w, grants_, note);
    case endpoint::github_revoke:
        return revoke_at_github(c, w, note);
    case endpoint::facebook_revoke:
        return revoke_at_facebook(c, w, note);
    default:
        return facebook_me(c, w, grants_, mode_, note);
    }
}

server::response oauth2_endpoints::serve_form(call& c, const world& w, refusal_note& note)
{
    const auto& rules = rules_of(c.matched->played);
    auto request = read_token_request(c, rules, w.clients());
    form_result result = request.refused                            ? form_result(std::move(*request.refused))
                         : c.matched->id == endpoint::oauth2_token  ? token(c, w, request)
                         : c.matched->id == endpoint::oauth2_revoke ? revoke(c, request)
                                                                    : begin_device(c, request);
    const auto* refused = std::get_if<refusal>(&result);
    if (!refused)
        return std::move(std::get<server::response>(result));
    explain(note, *refused);
    return refused_response(rules, *refused, *c.http);
}

bool oauth2_endpoints::remember_consent(const consent& given, const std::vector<std::string>& scope)
{
    const auto remembered = allowed_.try_emplace(given);
    auto& words = remembered.first->second;
    if (words.size() + scope.size() > most_consent_words)
        words.clear();
    words.insert(scope.begin(), scope.end());
    return remembered.second;
}

void oauth2_endpoints::end_consent(const consent& ended, std::string_view reason)
{
    allowed_.erase(ended);
    grants_.end_logins(ended, reason);
    devices_.end_logins(ended);
}

void oauth2_endpoints::clear()
{
    grants_.clear_codes();
    devices_.clear();
    allowed_.clear();
}

} // namespace coauth::sandbox
