#include "sandbox/openid/id_token.hpp"

#include "crypto/digest.hpp"
#include "sandbox/oauth2/parameters.hpp"
#include "sandbox/oauth2/responses.hpp"
#include "sandbox/x/views.hpp"
#include "text/base64.hpp"

#include <span>

namespace coauth::sandbox {

namespace json = boost::json;

namespace {

constexpr std::chrono::seconds id_token_lifetime{3600};

// The left half of the access token's SHA-256 (OpenID Connect Core 1.0, section 3.1.3.6).
std::string access_token_hash(std::string_view access_token)
{
    const auto octets = crypto::sha256(access_token);
    std::string out;
    text::base64url_encode(std::span(octets).first(octets.size() / 2), out);
    return out;
}

void set_if_there(json::object& claims, std::string_view name, std::string_view value)
{
    if (!value.empty())
        set_member(claims, name, value);
}

} // namespace

std::string issuer_of(const face_rules& rules, std::string_view base_url)
{
    return std::string(base_url).append(rules.prefix);
}

std::string hosted_domain_of(const user& subject)
{
    const auto at = subject.email.rfind('@');
    const auto domain = at == subject.email.npos ? std::string() : subject.email.substr(at + 1);
    return domain == "gmail.com" || domain == "googlemail.com" ? std::string() : domain;
}

json::object user_claims(
    const face_rules& rules, const user& subject, const std::vector<std::string>& scope, std::string_view base_url)
{
    json::object claims;
    set_member(claims, "sub", std::to_string(subject.id));
    if (has_word(scope, "profile")) {
        set_member(claims, "name", subject.name);
        const auto space = subject.name.find(' ');
        set_if_there(claims, "given_name", std::string_view(subject.name).substr(0, space));
        if (space != subject.name.npos)
            set_if_there(claims, "family_name", std::string_view(subject.name).substr(space + 1));
        if (rules.played == face::oidc)
            set_member(claims, "preferred_username", subject.username);
        if (!subject.picture.empty())
            set_member(claims, "picture", absolute_url(subject.picture, base_url));
        set_if_there(claims, "locale", subject.locale);
    }
    if (has_word(scope, "email") && !subject.email.empty()) {
        set_member(claims, "email", subject.email);
        claims["email_verified"] = subject.email_verified;
    }
    if (rules.played == face::google)
        set_if_there(claims, "hd", hosted_domain_of(subject));
    return claims;
}

json::object id_token_claims(const face_rules& rules, const login_terms& terms, const user& subject,
    std::string_view issuer, std::string_view base_url, std::string_view access_token, bool with_nonce,
    std::chrono::sys_seconds now)
{
    json::object claims;
    set_member(claims, "iss", issuer);
    set_member(claims, "aud", terms.client_id);
    set_member(claims, "azp", terms.client_id);
    claims["iat"] = now.time_since_epoch().count();
    claims["exp"] = (now + id_token_lifetime).time_since_epoch().count();
    claims["auth_time"] = terms.allowed_at.time_since_epoch().count();
    if (with_nonce)
        set_if_there(claims, "nonce", terms.nonce);
    set_member(claims, "at_hash", access_token_hash(access_token));
    for (const auto& member : user_claims(rules, subject, terms.scope, base_url))
        claims.insert_or_assign(member.key(), member.value());
    return claims;
}

} // namespace coauth::sandbox
