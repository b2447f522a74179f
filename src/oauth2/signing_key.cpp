#include "oauth2/signing_key.hpp"

#include "oauth2/jws_scheme.hpp"
#include "text/base64.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <utility>

namespace coauth::oauth2 {

signing_key::signing_key(jws_algorithm algorithm, std::string id, crypto::private_key key)
    : algorithm_(algorithm), id_(std::move(id)), key_(std::move(key))
{}

signing_key signing_key::generate(jws_algorithm algorithm, std::string id)
{
    return signing_key(algorithm, std::move(id), crypto::private_key::generate(crypto::kind_of(scheme_of(algorithm))));
}

std::string signing_key::jwk() const
{
    const crypto::public_parts parts = key_.parts();
    boost::json::object out;
    out["kid"] = id_;
    out["use"] = "sig";
    out["alg"] = std::string(name(algorithm_));
    if (parts.kind == crypto::key_kind::rsa) {
        out["kty"] = "RSA";
        out["n"] = text::base64url_encode(parts.modulus);
        out["e"] = text::base64url_encode(parts.exponent);
        return boost::json::serialize(out);
    }
    const bool is_curve = parts.kind == crypto::key_kind::p256;
    out["kty"] = is_curve ? "EC" : "OKP";
    out["crv"] = is_curve ? "P-256" : "Ed25519";
    out["x"] = text::base64url_encode(parts.x);
    if (is_curve)
        out["y"] = text::base64url_encode(parts.y);
    return boost::json::serialize(out);
}

std::string signing_key::sign(std::string_view payload, std::string_view type) const
{
    boost::json::object header;
    header["alg"] = std::string(name(algorithm_));
    header["kid"] = id_;
    header["typ"] = std::string(type);
    return sign_with_header(boost::json::serialize(header), payload);
}

std::string signing_key::sign_with_header(std::string_view header, std::string_view payload) const
{
    std::string out = text::base64url_encode(header) + '.' + text::base64url_encode(payload);
    const std::string signature = key_.sign(scheme_of(algorithm_), out).value();
    return out + '.' + text::base64url_encode(signature);
}

std::string jwk_set_text(std::span<const signing_key> keys)
{
    std::string out = R"({"keys":[)";
    for (const signing_key& key : keys)
        out += (out.back() == '[' ? "" : ",") + key.jwk();
    return out + "]}";
}

} // namespace coauth::oauth2
