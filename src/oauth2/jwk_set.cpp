#include "oauth2/json_object.hpp"
#include "oauth2/jws_scheme.hpp"
#include "text/base64url.hpp"

#include <coauth/oauth2/jwk_set.hpp>

#include <boost/json/array.hpp>

#include <algorithm>
#include <utility>

namespace coauth::oauth2 {

namespace {

namespace json = boost::json;

error refused_set(const char* reason)
{
    return error(errc::malformed_response, std::string("the provider's key set (JWKS) ") + reason)
        .with_hint("check the address of its keys (jwks_uri)");
}

std::string_view member_text(const json::object& jwk, const char* name)
{
    return text_of(jwk.if_contains(name)).value_or("");
}

// Empty for what is not base64url.
std::string member_octets(const json::object& jwk, const char* name)
{
    return text::decode_base64url(member_text(jwk, name)).value_or("");
}

std::optional<crypto::public_parts> parts_of(const json::object& jwk)
{
    crypto::public_parts out;
    const std::string_view kind = member_text(jwk, "kty");
    const std::string_view curve = member_text(jwk, "crv");
    if (kind == "RSA") {
        out.kind = crypto::key_kind::rsa;
        out.modulus = member_octets(jwk, "n");
        out.exponent = member_octets(jwk, "e");
    } else if (kind == "EC" && curve == "P-256") {
        out.kind = crypto::key_kind::p256;
        out.x = member_octets(jwk, "x");
        out.y = member_octets(jwk, "y");
    } else if (kind == "OKP" && curve == "Ed25519") {
        out.kind = crypto::key_kind::ed25519;
        out.x = member_octets(jwk, "x");
    } else {
        return std::nullopt;
    }
    return out;
}

// `use` and `key_ops` (RFC 7517, sections 4.2 and 4.3): signatures, or nothing said.
bool is_for_signatures(const json::object& jwk)
{
    const json::value* use = jwk.if_contains("use");
    if (use && text_of(use) != "sig")
        return false;
    const json::value* operations = jwk.if_contains("key_ops");
    if (!operations)
        return true;
    const json::array* list = operations->if_array();
    return list && std::any_of(list->begin(), list->end(),
                       [](const json::value& operation) { return text_of(&operation) == "verify"; });
}

} // namespace

struct jwk_set::reader {
    // Nothing for a key that can't be used.
    static std::optional<key> read(const json::value& value)
    {
        const json::object* jwk = value.if_object();
        if (!jwk || !is_for_signatures(*jwk))
            return std::nullopt;
        const json::value* id = jwk->if_contains("kid");
        const json::value* algorithm = jwk->if_contains("alg");
        const auto parts = parts_of(*jwk);
        if (!parts || (id && !text_of(id)))
            return std::nullopt;
        key out;
        out.id = text_of(id).value_or("");
        if (algorithm) {
            out.algorithm = jws_algorithm_named(text_of(algorithm).value_or(""));
            if (!out.algorithm || crypto::kind_of(scheme_of(*out.algorithm)) != parts->kind)
                return std::nullopt;
        }
        auto material = crypto::public_key::from_parts(*parts);
        if (!material)
            return std::nullopt;
        out.material = std::make_shared<const crypto::public_key>(std::move(*material));
        return out;
    }
};

result<jwk_set> jwk_set::parse(std::string_view body)
{
    if (body.size() > max_jwk_set)
        return error(errc::response_too_large, "the provider's key set (JWKS) is larger than 256 KiB");
    const auto document = strict_object::parse(body);
    if (!document)
        return refused_set("is not a JSON object");
    const json::value* keys = document->find("keys");
    const json::array* list = keys ? keys->if_array() : nullptr;
    if (!list)
        return refused_set("has no list of keys");
    if (list->size() > max_jwk_count)
        return refused_set("has more than 100 keys");
    jwk_set out;
    for (const json::value& value : *list)
        if (auto key = reader::read(value))
            out.keys_.push_back(std::move(*key));
    if (out.keys_.empty())
        return refused_set("has no key for RS256, PS256, ES256 or EdDSA signatures");
    return out;
}

signature_verdict jwk_set::verify(const jws& token) const
{
    const crypto::signature_scheme scheme = scheme_of(token.algorithm);
    bool named = false;
    for (const key& candidate : keys_) {
        if (!token.key_id.empty() && candidate.id != token.key_id)
            continue;
        if (candidate.material->kind() != crypto::kind_of(scheme) ||
            (candidate.algorithm && *candidate.algorithm != token.algorithm))
            continue;
        if (candidate.material->verify(scheme, token.signing_input, token.signature))
            return signature_verdict::valid;
        named = named || !token.key_id.empty();
    }
    // A token that names no key may be of one that is not in this set yet.
    return named ? signature_verdict::invalid : signature_verdict::unknown_key;
}

} // namespace coauth::oauth2
