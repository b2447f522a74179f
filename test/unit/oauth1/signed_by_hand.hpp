// A provider's records, and requests signed for it piece by piece, so that each piece can be wrong.
#pragma once

#include <coauth/oauth1/authorization_header.hpp>
#include <coauth/oauth1/base_string.hpp>
#include <coauth/oauth1/target.hpp>
#include <coauth/oauth1/verifier.hpp>

#include <optional>
#include <string>
#include <vector>

namespace by_hand {

inline constexpr std::int64_t now = 1'700'000'000;

/// One consumer with one token; counts how often it is asked.
class records : public coauth::oauth1::credential_source {
public:
    records() = default;

    std::optional<coauth::oauth1::consumer_record> find_consumer(std::string_view key) const override
    {
        ++consumers_asked;
        if (key != consumer_key)
            return {};
        coauth::oauth1::consumer_record found;
        found.secret = coauth::secret(consumer_secret);
        found.rsa_public_key = rsa_public_key;
        return found;
    }

    std::optional<coauth::secret> find_token_secret(std::string_view key, std::string_view requested) const override
    {
        ++tokens_asked;
        if (key != consumer_key || requested != token)
            return {};
        return coauth::secret(token_secret);
    }

    std::string consumer_key = "app";
    std::string consumer_secret = "app secret/1";
    std::string token = "token-1";
    std::string token_secret = "token+secret";
    std::string rsa_public_key;
    mutable int consumers_asked = 0;
    mutable int tokens_asked = 0;
};

enum class place { header, form, query };

/// A request as a client would make it. Change what you like, then `arrive`.
class request {
public:
    request() = default;

    std::string method = "GET";
    std::string url = "https://api.example.com/1/lookup?name=jack";
    std::string content_type;
    std::string body;
    coauth::oauth1::parameters oauth = {{"oauth_consumer_key", "app"}, {"oauth_token", "token-1"},
        {"oauth_signature_method", "HMAC-SHA1"}, {"oauth_timestamp", std::to_string(now)}, {"oauth_nonce", "n-1"},
        {"oauth_version", "1.0"}};
    std::optional<std::string> realm;
    place location = place::header;
    std::string consumer_secret = "app secret/1";
    std::string token_secret = "token+secret";
    coauth::oauth1::signature_method algorithm = coauth::oauth1::hmac_sha1();
    bool form = false; ///< The body is a form.

    request& set(std::string name, std::string value)
    {
        drop(name);
        oauth.emplace_back(std::move(name), std::move(value));
        return *this;
    }

    request& drop(std::string_view name)
    {
        std::erase_if(oauth, [&](const auto& p) { return p.first == name; });
        return *this;
    }

    std::string base_string() const
    {
        auto all = oauth;
        const auto target = coauth::oauth1::split_target(url).value();
        for (auto& p : coauth::oauth1::parse_form(target.query).value())
            all.push_back(std::move(p));
        if (form)
            for (auto& p : coauth::oauth1::parse_form(body).value())
                all.push_back(std::move(p));
        return coauth::oauth1::signature_base_string(
            method, coauth::oauth1::base_string_uri(target), coauth::oauth1::normalize(all));
    }

    std::string sign(std::string_view base) const
    {
        const auto key = algorithm->make_key(coauth::secret(consumer_secret), coauth::secret(token_secret));
        std::string out;
        key->sign(base, out).value();
        return out;
    }

    request& sign_text(std::string_view base) { return put(sign(base)); }
    request& sign() { return put(sign(base_string())); }

    /// Puts `signature` and the rest where they travel.
    request& put(std::string signature)
    {
        if (form && content_type.empty())
            content_type = "application/x-www-form-urlencoded";
        oauth.emplace_back("oauth_signature", std::move(signature));
        if (location == place::header)
            authorization = {coauth::oauth1::write_authorization_header(oauth, realm)};
        else if (location == place::query)
            url += (url.find('?') == url.npos ? '?' : '&') + coauth::oauth1::encode_form(oauth);
        else
            body += (body.empty() ? "" : "&") + coauth::oauth1::encode_form(oauth);
        return *this;
    }

    coauth::oauth1::incoming_request arrive() const
    {
        coauth::oauth1::incoming_request arrived;
        arrived.method = method;
        arrived.url = url;
        arrived.authorization.assign(authorization.begin(), authorization.end());
        arrived.content_type = content_type;
        arrived.body = body;
        return arrived;
    }

    std::vector<std::string> authorization;
};

/// The name of the reason, or "genuine".
inline std::string outcome(const coauth::oauth1::verification& v)
{
    return v.refused ? std::string(name(*v.refused)) : "genuine";
}

/// The options of a verifier that takes what X takes.
inline coauth::oauth1::verifier_options lenient()
{
    coauth::oauth1::verifier_options o;
    o.lenient = true;
    return o;
}

inline std::string verify_once(const request& r, const records& known = records(),
    coauth::oauth1::verifier_options options = coauth::oauth1::verifier_options(), std::int64_t at = now)
{
    coauth::oauth1::verifier v(std::move(options));
    return outcome(v.verify(r.arrive(), known, at));
}

} // namespace by_hand
