#include "sandbox/oauth2/authorization_request.hpp"

#include "sandbox/oauth2/proof_key.hpp"
#include "sandbox/oauth2/redirect_rules.hpp"

#include <coauth/text/utf8.hpp>

#include <algorithm>
#include <utility>

namespace coauth::sandbox {

namespace {

constexpr std::size_t longest_nonce = 1024;

refusal bad_request(std::string_view reason, std::string explanation)
{
    return refusal("invalid_request", reason, std::move(explanation));
}

// What must be proven before the user may be redirected anywhere.
std::optional<refusal> read_target(
    const parameter_reading& sent, const client_registry& known, authorization_request& request)
{
    if (sent.malformed)
        return bad_request("malformed", *sent.malformed);
    for (const auto* name : {"client_id", "redirect_uri"})
        if (sent.repeats(name))
            return bad_request("duplicate_parameter", std::string(name) + " was sent more than once");
    const auto* id = sent.find("client_id");
    if (!id)
        return missing_parameter("client_id", "RFC 6749, section 4.1.1");
    request.client = known.find(*id);
    if (!request.client)
        return refusal("invalid_client", "unknown_client", "no client is registered as " + printable(*id), 401);
    const auto* uri = sent.find("redirect_uri");
    const auto& registered = request.client->redirect_uris;
    if (!uri) {
        if (!registered || registered->size() != 1)
            return missing_parameter("redirect_uri", "it may be left out if the client has registered exactly one");
        request.redirect_uri = registered->front();
        request.redirect_uri_sent = false;
        return std::nullopt;
    }
    if (auto why = redirect_refusal(*uri, registered))
        return bad_request("bad_redirect_uri", std::move(*why));
    request.redirect_uri = *uri;
    return std::nullopt;
}

std::optional<refusal> read_prompt(const parameter_reading& sent, authorization_request& request)
{
    request.prompt = split_words(sent.value("prompt"));
    if (has_word(request.prompt, "none") && request.prompt.size() > 1)
        return bad_request("bad_parameter", "prompt has none together with another value");
    return std::nullopt;
}

// What is refused by a redirect, for the client is proven.
std::optional<refusal> read_wishes(
    const parameter_reading& sent, const face_rules& rules, authorization_request& request)
{
    if (!sent.repeated.empty())
        return bad_request("duplicate_parameter", printable(sent.repeated.front()) + " was sent more than once");
    if (auto problem = encoding_problem(sent)) {
        if (!text::is_utf8(request.state))
            request.state.clear();
        return bad_request("malformed", std::move(*problem));
    }
    if (request.state.size() > rules.longest_state) {
        request.state.clear();
        return bad_request("bad_parameter", "state has more than " + std::to_string(rules.longest_state) + " octets");
    }
    const auto* type = sent.find("response_type");
    if (!type && rules.names_response_type)
        return missing_parameter("response_type", "RFC 6749, section 4.1.1");
    if (type && *type != "code")
        return refusal("unsupported_response_type", "bad_parameter",
            "response_type is " + printable(*type) + ": only code is supported");
    if (const auto* mode = sent.find("response_mode"); mode && *mode != "query")
        return bad_request("bad_parameter", "response_mode is " + printable(*mode) + ": only query is supported");
    if (sent.find("request"))
        return refusal("request_not_supported", "bad_parameter", "request objects are not supported");
    if (sent.find("request_uri"))
        return refusal("request_uri_not_supported", "bad_parameter", "request objects are not supported");
    if (auto refused = read_scope(sent.value("scope"), rules, *request.client, request.scope))
        return refused;
    if (auto refused = challenge_refusal(sent.value("code_challenge"), sent.value("code_challenge_method")))
        return refused;
    if (request.nonce.size() > longest_nonce)
        return bad_request("bad_parameter", "nonce has more than " + std::to_string(longest_nonce) + " octets");
    return read_prompt(sent, request);
}

} // namespace

std::optional<refusal> scope_refusal(std::string_view requested)
{
    constexpr std::size_t longest_scope = 2048;
    if (requested.size() > longest_scope)
        return refusal(
            "invalid_scope", "bad_scope", "the scope has more than " + std::to_string(longest_scope) + " octets");
    const bool allowed = std::all_of(
        requested.begin(), requested.end(), [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; });
    if (!allowed)
        return refusal("invalid_scope", "bad_scope",
            "the scope " + printable(requested) + " has an octet that no scope may have (RFC 6749, section 3.3)");
    return std::nullopt;
}

std::optional<refusal> read_scope(
    std::string_view requested, const face_rules& rules, const oauth2_client& client, std::vector<std::string>& scope)
{
    if (auto refused = scope_refusal(requested))
        return refused;
    scope = split_words(requested.empty() ? rules.default_scope : requested, rules.asked_separators);
    for (const auto& word : scope) {
        const bool allowed = client.scopes ? has_word(*client.scopes, word) : knows_scope(rules, word);
        if (!allowed && (client.scopes || !requested.empty()))
            return refusal("invalid_scope", "bad_scope",
                client.scopes ? "the client may not ask for the scope " + printable(word)
                              : std::string(rules.name) + " has no scope " + printable(word));
    }
    return std::nullopt;
}

authorization_request read_authorization_request(
    const parameter_reading& sent, const face_rules& rules, const client_registry& known)
{
    authorization_request request;
    request.refused = read_target(sent, known, request);
    if (request.refused)
        return request;
    request.may_redirect = true;
    if (!sent.repeats("state"))
        request.state = sent.value("state");
    request.challenge = sent.value("code_challenge");
    request.nonce = sent.value("nonce");
    request.login_hint = sent.value(rules.played == face::github ? "login" : "login_hint");
    if (rules.played == face::google) {
        request.hosted_domain = sent.value("hd");
        request.offline = sent.value("access_type") == "offline";
    }
    request.refused = read_wishes(sent, rules, request);
    return request;
}

} // namespace coauth::sandbox
