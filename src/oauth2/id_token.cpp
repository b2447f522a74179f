#include "crypto/digest.hpp"
#include "oauth2/control_characters.hpp"
#include "oauth2/json_object.hpp"
#include "text/base64.hpp"

#include <coauth/oauth2/id_token.hpp>
#include <coauth/secret.hpp>

#include <boost/json/array.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace coauth::oauth2 {

namespace {

namespace json = boost::json;
using std::chrono::seconds;
using std::chrono::sys_seconds;
using fault = id_token_fault;
using maybe_fault = std::optional<id_token_fault>;

struct fault_text {
    fault value;
    std::string_view name;
    std::string_view text;
};

constexpr std::array fault_texts = {
    fault_text{fault::malformed, "malformed", "it is not a signed token"},
    fault_text{fault::unsupported_algorithm, "unsupported_algorithm",
        "it is signed with none of RS256, ES256, PS256 and EdDSA"},
    fault_text{fault::critical_extension, "critical_extension", "it demands an extension that is not known (crit)"},
    fault_text{
        fault::unexpected_algorithm, "unexpected_algorithm", "its algorithm is not one that the provider announces"},
    fault_text{fault::unknown_key, "unknown_key", "none of the provider's keys is its key"},
    fault_text{fault::wrong_signature, "wrong_signature", "its signature is not of the key that it names"},
    fault_text{fault::wrong_issuer, "wrong_issuer", "its iss is not this provider"},
    fault_text{fault::wrong_audience, "wrong_audience", "its aud is not this app"},
    fault_text{fault::wrong_authorized_party, "wrong_authorized_party", "its azp is not this app"},
    fault_text{fault::wrong_subject, "wrong_subject", "its sub is missing or not an id"},
    fault_text{fault::wrong_times, "wrong_times", "its exp, iat or nbf is missing or not a time"},
    fault_text{fault::expired, "expired", "its exp has passed"},
    fault_text{fault::issued_in_future, "issued_in_future", "its iat or nbf is in the future"},
    fault_text{fault::wrong_nonce, "wrong_nonce", "its nonce is not this login's"},
    fault_text{fault::wrong_access_token, "wrong_access_token", "its at_hash is not of the access token beside it"},
};

constexpr bool texts_in_order()
{
    for (std::size_t i = 0; i < fault_texts.size(); ++i)
        if (static_cast<std::size_t>(fault_texts[i].value) != i)
            return false;
    return true;
}
static_assert(texts_in_order());

fault to_fault(jws_fault problem) noexcept
{
    switch (problem) {
    case jws_fault::unsupported_algorithm:
        return fault::unsupported_algorithm;
    case jws_fault::critical_extension:
        return fault::critical_extension;
    default:
        return fault::malformed;
    }
}

maybe_fault check_signature(const jws& token, const jwk_set& keys, const id_token_rules& rules)
{
    const auto& announced = rules.algorithms;
    if (!announced.empty() && std::find(announced.begin(), announced.end(), token.algorithm) == announced.end())
        return fault::unexpected_algorithm;
    switch (keys.verify(token)) {
    case signature_verdict::valid:
        return std::nullopt;
    case signature_verdict::unknown_key:
        return fault::unknown_key;
    default:
        return fault::wrong_signature;
    }
}

// `aud` is a text or a list of texts that has this app.
maybe_fault check_audience(const strict_object& claims, const std::string& client_id)
{
    const json::value* audience = claims.find("aud");
    const json::array* list = audience ? audience->if_array() : nullptr;
    const auto is_app = [&](const json::value& value) { return text_of(&value) == client_id; };
    const bool all_texts =
        list && std::all_of(list->begin(), list->end(), [](const json::value& value) { return value.is_string(); });
    if (list ? !all_texts || std::none_of(list->begin(), list->end(), is_app) : !audience || !is_app(*audience))
        return fault::wrong_audience;
    const json::value* authorized = claims.find("azp");
    if (authorized ? !is_app(*authorized) : list && list->size() > 1)
        return fault::wrong_authorized_party;
    return std::nullopt;
}

// Seconds since 1970, perhaps with a fraction (RFC 7519, section 2), before the year 10000.
std::optional<sys_seconds> time_of(const json::value* value)
{
    constexpr std::int64_t latest = 253402300799;
    std::optional<std::int64_t> count;
    if (value && value->is_int64())
        count = value->get_int64();
    else if (value && value->is_double() && std::abs(value->get_double()) <= static_cast<double>(latest))
        count = static_cast<std::int64_t>(std::floor(value->get_double()));
    return count && *count >= 0 && *count <= latest ? std::optional(sys_seconds(seconds(*count))) : std::nullopt;
}

maybe_fault check_times(const strict_object& claims, seconds leeway, sys_seconds now, id_token& out)
{
    const auto expires_at = time_of(claims.find("exp"));
    const auto issued_at = time_of(claims.find("iat"));
    const auto not_before = claims.find("nbf") ? time_of(claims.find("nbf")) : issued_at;
    if (!expires_at || !issued_at || !not_before)
        return fault::wrong_times;
    if (now >= *expires_at + leeway)
        return fault::expired;
    if (*issued_at > now + leeway || *not_before > now + leeway)
        return fault::issued_in_future;
    out.expires_at = *expires_at;
    out.issued_at = *issued_at;
    return std::nullopt;
}

// The left half of the digest that the algorithm has (section 3.1.3.6); Ed25519's is SHA-512.
std::string token_hash(jws_algorithm algorithm, std::string_view access_token)
{
    const auto hash = crypto::hash_named(algorithm == jws_algorithm::eddsa ? "SHA512" : "SHA256");
    const crypto::digest digest = crypto::digest_of(hash, access_token);
    std::string out;
    text::base64url_encode(digest.view().first(digest.size / 2), out);
    return out;
}

maybe_fault check_binding(const strict_object& claims, const id_token_rules& rules, jws_algorithm algorithm)
{
    if (!rules.nonce.empty()) {
        const auto nonce = text_of(claims.find("nonce"));
        if (!nonce || !equal_in_constant_time(*nonce, rules.nonce))
            return fault::wrong_nonce;
    }
    const json::value* hash = claims.find("at_hash");
    if (hash && !rules.access_token.empty()) {
        const auto text = text_of(hash);
        if (!text || !equal_in_constant_time(*text, token_hash(algorithm, rules.access_token.reveal())))
            return fault::wrong_access_token;
    }
    return std::nullopt;
}

bool is_subject(std::string_view text) noexcept
{
    constexpr std::size_t longest = 255;
    return !text.empty() && text.size() <= longest && is_graphic(text);
}

} // namespace

std::string_view name(id_token_fault fault) noexcept
{
    return fault_texts[static_cast<std::size_t>(fault)].name;
}

id_token_result verify_id_token(
    std::string_view token, const jwk_set& keys, const id_token_rules& rules, sys_seconds now)
{
    auto parsed = parse_jws(token);
    if (!parsed)
        return to_fault(parsed.error());
    if (const auto problem = check_signature(*parsed, keys, rules))
        return *problem;
    const auto claims = strict_object::parse(parsed->payload);
    if (!claims)
        return fault::malformed;

    id_token out;
    const auto issuer = text_of(claims->find("iss"));
    if (!issuer || std::find(rules.issuers.begin(), rules.issuers.end(), *issuer) == rules.issuers.end())
        return fault::wrong_issuer;
    out.issuer = *issuer;
    if (const auto problem = check_audience(*claims, rules.client_id))
        return *problem;
    out.subject = text_of(claims->find("sub")).value_or("");
    if (!is_subject(out.subject))
        return fault::wrong_subject;
    if (const auto problem = check_times(*claims, rules.leeway, now, out))
        return *problem;
    if (const auto problem = check_binding(*claims, rules, parsed->algorithm))
        return *problem;
    out.claims = std::move(parsed->payload);
    return out;
}

error id_token_error(id_token_fault fault)
{
    const fault_text& row = fault_texts[static_cast<std::size_t>(fault)];
    error out(
        errc::id_token_rejected, "the ID token was rejected: " + std::string(row.name) + ": " + std::string(row.text));
    if (fault == id_token_fault::expired || fault == id_token_fault::issued_in_future)
        return out.with_hint("check the clock of this machine");
    if (fault == id_token_fault::wrong_audience || fault == id_token_fault::wrong_authorized_party)
        return out.with_hint("check that client_id is the one of this provider");
    return out;
}

void throw_exception_from_error(id_token_fault fault, const boost::source_location&)
{
    throw id_token_error(fault);
}

} // namespace coauth::oauth2
