#include "providers/oauth2_login.hpp"

#include <coauth/oauth2/authorization_url.hpp>
#include <coauth/oauth2/pkce.hpp>
#include <coauth/oauth2/state.hpp>

#include <algorithm>
#include <utility>

namespace coauth::providers {

namespace {

constexpr std::string_view no_nonce = "-";

bool has_word(std::string_view words, std::string_view word)
{
    while (!words.empty()) {
        const std::size_t end = std::min(words.find(' '), words.size());
        if (words.substr(0, end) == word)
            return true;
        words.remove_prefix(std::min(end + 1, words.size()));
    }
    return false;
}

bool has_words(std::string_view all, std::string_view needed)
{
    while (!needed.empty()) {
        const std::size_t end = std::min(needed.find(' '), needed.size());
        if (end != 0 && !has_word(all, needed.substr(0, end)))
            return false;
        needed.remove_prefix(std::min(end + 1, needed.size()));
    }
    return true;
}

// A value of a name that is there already is one of several: `prompt=login consent`.
void merge(text::form& fields, const text::form& added)
{
    for (const auto& [name, value] : added) {
        const auto known = std::find_if(
            fields.begin(), fields.end(), [&name = name](const auto& field) { return field.first == name; });
        if (known == fields.end())
            fields.emplace_back(name, value);
        else if (!has_word(known->second, value))
            known->second += ' ' + value;
    }
}

void replace(text::form& fields, const text::form& added)
{
    for (const auto& [name, value] : added)
        std::erase_if(fields, [&name = name](const auto& field) { return field.first == name; });
    fields.insert(fields.end(), added.begin(), added.end());
}

text::form authorize_parameters(const oauth2_rules& rules, const login_request& request)
{
    text::form out = rules.authorize_parameters;
    if (request.ask_again)
        merge(out, rules.ask_again_parameters);
    if (request.force_login)
        merge(out, rules.force_login_parameters);
    if (!request.login_hint.empty() && !rules.login_hint_parameter.empty())
        replace(out, {{rules.login_hint_parameter, request.login_hint}});
    replace(out, request.parameters);
    return out;
}

std::string separated(std::string scope, char separator)
{
    std::replace(scope.begin(), scope.end(), ' ', separator);
    return scope;
}

// The issuer that the callback names, if it is one of the provider's; else its first.
std::string issuer_for(const oauth2_rules& rules, const oauth2::callback& response)
{
    const auto named = std::find(rules.issuers.begin(), rules.issuers.end(), response.issuer.value_or(""));
    if (named != rules.issuers.end())
        return *named;
    return rules.issuers.empty() ? std::string() : rules.issuers.front();
}

} // namespace

secret proof_text(const login_proof& proof)
{
    std::string out;
    out.reserve(proof.verifier.size() + proof.nonce.size() + proof.scope.size() + 3);
    out += proof.verifier.reveal();
    out += ' ';
    out += proof.nonce.empty() ? no_nonce : proof.nonce.reveal();
    out += ' ';
    out += proof.scope;
    return secret(std::move(out));
}

login_proof parse_proof(const secret& text)
{
    const std::string_view all = text.reveal();
    const std::size_t first = all.find(' ');
    const std::size_t second = first == all.npos ? all.npos : all.find(' ', first + 1);
    const std::string_view verifier = all.substr(0, first);
    if (second == all.npos || !oauth2::is_code_verifier(verifier))
        throw error(errc::invalid_argument, "the login did not begin at this provider by OAuth 2")
            .with_hint("let the user begin a new login");
    const std::string_view nonce = all.substr(first + 1, second - first - 1);
    return login_proof(
        secret(verifier), nonce == no_nonce ? secret() : secret(nonce), std::string(all.substr(second + 1)));
}

std::string scope_of(const oauth2_rules& rules, const login_request& request)
{
    std::string scope = request.scope.empty() ? rules.scope : request.scope;
    // Other software writes them with commas; a scope has none (RFC 6749, section 3.3).
    std::replace(scope.begin(), scope.end(), ',', ' ');
    if (rules.openid && !has_word(scope, "openid"))
        scope.insert(0, scope.empty() ? "openid" : "openid ");
    return scope;
}

begun_login begin_login(const oauth2_setup& setup, const std::string& callback, const login_request& request)
{
    const oauth2_rules& rules = setup.rules;
    login_proof proof(oauth2::random_code_verifier(), secret(), scope_of(rules, request));
    if (rules.openid)
        proof.nonce = secret(oauth2::random_nonce());
    oauth2::authorization_request authorization;
    authorization.redirect_uri = callback;
    authorization.scope = separated(proof.scope, rules.scope_separator);
    authorization.state = oauth2::random_state();
    authorization.nonce = proof.nonce.reveal();
    authorization.code_challenge = oauth2::code_challenge(proof.verifier.reveal());
    authorization.extra = authorize_parameters(rules, request);
    std::string url = oauth2::authorization_url(rules.authorize_url, setup.client, authorization);
    return begun_login(std::move(authorization.state), std::move(url), proof_text(proof));
}

oauth2::callback read_callback(const oauth2_rules& rules, const std::string& state, std::string_view query)
{
    oauth2::callback response = oauth2::parse_callback(query).value();
    if (!response.belongs_to(state))
        throw error(errc::invalid_argument, "the callback is of another login (state)");
    oauth2::check_issuer(response, issuer_for(rules, response), rules.announces_issuer).value();
    if (!response.error.empty())
        throw oauth2::refusal_of(response);
    return response;
}

text::form token_parameters(const oauth2_setup& setup)
{
    text::form out;
    if (setup.rules.sends_client_id && setup.client.authentication() == oauth2::client_authentication::basic)
        out.emplace_back("client_id", setup.client.client_id());
    return out;
}

credential credential_of(const oauth2::stored_credential& tokens, const std::optional<std::chrono::seconds>& expires_in,
    std::chrono::sys_seconds begun)
{
    std::optional<std::chrono::sys_seconds> expires_at;
    if (expires_in)
        expires_at = begun + *expires_in;
    return credential(oauth2::stored_text(tokens), begun, expires_at, !tokens.refresh_token.empty());
}

credential with_earlier_refresh_token(credential received, const credential& kept)
{
    if (received.renewable() || !received.expires_at())
        return received;
    auto tokens = oauth2::parse_stored_text(received.text().reveal());
    auto earlier = oauth2::parse_stored_text(kept.text().reveal());
    if (!tokens || !earlier || earlier->refresh_token.empty() || !has_words(earlier->scope, tokens->scope))
        return received;
    tokens->refresh_token = std::move(earlier->refresh_token);
    return credential(oauth2::stored_text(*tokens), received.issued_at(), received.expires_at(), true);
}

} // namespace coauth::providers
