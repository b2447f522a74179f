// Drives the OAuth 2 providers of a sandbox engine as a client and a user's browser would, without sockets.
#pragma once

#include "crypto/digest.hpp"
#include "text/base64.hpp"
#include "unit/sandbox/signing_client.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sandbox_test {

/// A form or query whose fields are changed one by one.
using oauth2_fields = oauth1::parameters;

inline oauth2_fields changed(oauth2_fields fields, std::string_view name, std::optional<std::string> value)
{
    std::erase_if(fields, [&](const auto& field) { return field.first == name; });
    if (value)
        fields.emplace_back(std::string(name), std::move(*value));
    return fields;
}

inline std::string value_in(std::string_view encoded, std::string_view name)
{
    const auto fields = oauth1::parse_form(encoded.substr(0, encoded.find('#')));
    const auto* found = fields ? oauth1::find(*fields, name) : nullptr;
    return found ? *found : std::string();
}

/// Where one provider is.
struct face_paths {
    std::string_view authorize, token, revoke, device, device_page, user;
};

inline constexpr face_paths oidc_paths{
    "/oidc/authorize", "/oidc/token", "/oidc/revoke", "/oidc/device_authorization", "/oidc/device", "/oidc/userinfo"};
inline constexpr face_paths google_paths{"/google/o/oauth2/v2/auth", "/google/token", "/google/revoke",
    "/google/device/code", "/google/device", "/google/v1/userinfo"};
inline constexpr face_paths github_paths{"/github/login/oauth/authorize", "/github/login/oauth/access_token", "",
    "/github/login/device/code", "/github/login/device", "/github/api/user"};
inline constexpr face_paths facebook_paths{
    "/facebook/v25.0/dialog/oauth", "/facebook/graph/v25.0/oauth/access_token", "", "", "", "/facebook/graph/v25.0/me"};
inline constexpr face_paths x_paths{
    "/i/oauth2/authorize", "/2/oauth2/token", "/2/oauth2/revoke", "", "", "/2/users/me"};

inline constexpr std::string_view proof_verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"; // RFC 7636, app. B
inline constexpr std::string_view proof_challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
inline constexpr std::string_view app_redirect = "https://app.example/callback";

/// Clients of each kind: `app` with redirect URIs and a secret that needs encoding, `post`, `native` and `other`.
inline sandbox::options oauth2_seed()
{
    sandbox::options o;
    o.seed = R"({"oauth2_clients":[
        {"client_id":"app","client_secret":"s e:c+r&et%","auth":"client_secret_basic","redirect_uris":["https://app.example/callback"],"name":"App <1>"},
        {"client_id":"post","client_secret":"post-secret","auth":"client_secret_post","redirect_uris":["https://app.example/callback"]},
        {"client_id":"native","client_secret":null,"auth":"none",
         "redirect_uris":["http://127.0.0.1/callback","http://[::1]:1/callback","com.example.app:/callback","https://app.example/callback"],
         "scopes":["openid","email"]},
        {"client_id":"other","redirect_uris":["https://app.example/callback"]}]})";
    return o;
}

struct code_client : signing_client {
    explicit code_client(
        const face_paths& new_paths = oidc_paths, sandbox::options o = oauth2_seed(), std::string new_id = "native")
        : signing_client(std::move(o)), paths(new_paths), id(std::move(new_id))
    {}

    face_paths paths;
    std::string id;
    std::string scope;
    std::string basic; ///< "id:secret", both form-encoded; empty: the client is public.

    oauth2_fields authorize_fields() const
    {
        oauth2_fields f{{"response_type", "code"}, {"client_id", id}, {"redirect_uri", std::string(app_redirect)},
            {"state", "st&te"}, {"code_challenge", std::string(proof_challenge)}, {"code_challenge_method", "S256"}};
        if (!scope.empty())
            f.emplace_back("scope", scope);
        return f;
    }

    oauth2_fields token_fields(std::string code) const
    {
        return {{"grant_type", "authorization_code"}, {"code", std::move(code)},
            {"redirect_uri", std::string(app_redirect)}, {"code_verifier", std::string(proof_verifier)},
            {"client_id", id}};
    }

    /// POST of a form, with the client's HTTP Basic if it has one.
    server::response post(std::string_view path, std::string form, const std::string& accept = {})
    {
        auto r = bare("POST", std::string(path), std::move(form), "application/x-www-form-urlencoded");
        if (!basic.empty())
            r.headers.add("Authorization", "Basic " + coauth::text::base64_encode(std::string_view(basic)));
        if (!accept.empty())
            r.headers.add("Accept", accept);
        return send(r);
    }
    server::response post(std::string_view path, const oauth2_fields& fields, const std::string& accept = {})
    {
        return post(path, oauth1::encode_form(fields), accept);
    }

    server::response open_authorize(const oauth2_fields& fields)
    {
        return get(std::string(paths.authorize) + '?' + oauth1::encode_form(fields));
    }

    /// The query of the callback after Allow, or after what else the page was sent.
    std::string decide(oauth2_fields fields, std::string_view decision = "allow", std::string_view user = "user_1")
    {
        fields.emplace_back("user", std::string(user));
        fields.emplace_back(std::string(decision), "1");
        const auto response = post(paths.authorize, fields);
        const std::string location(response.headers.get("Location"));
        return location.empty() ? "" : location.substr(location.find('?') + 1);
    }

    std::string code() { return value_in(decide(authorize_fields()), "code"); }

    /// The tokens of a whole login.
    boost::json::value log_in() { return json_of(post(paths.token, token_fields(code()), "application/json")); }

    server::response get_with_token(std::string_view path, std::string_view token, std::string_view agent = "test")
    {
        auto r = bare("GET", std::string(path));
        if (!token.empty())
            r.headers.add("Authorization", "Bearer " + std::string(token));
        if (!agent.empty())
            r.headers.add("User-Agent", std::string(agent));
        return send(r);
    }

    std::string last_explanation() const
    {
        const auto entry = last_entry();
        return entry.at("explanation").is_string() ? text(entry.at("explanation")) : std::string();
    }
};

/// The error of a token response or of a callback's query; empty if there is none.
inline std::string error_of(const server::response& r)
{
    if (const auto location = std::string(r.headers.get("Location")); !location.empty())
        return value_in(location.substr(location.find('?') + 1), "error");
    if (!r.headers.get("Content-Type").starts_with("application/json"))
        return value_in(r.body, "error");
    const auto body = json_of(r);
    const auto* error = body.is_object() ? body.get_object().if_contains("error") : nullptr;
    return error && error->is_string() ? text(*error) : std::string();
}

/// The JSON between the dots of a JWT: 0 is the header, 1 the claims.
inline boost::json::value jwt_part(std::string_view token, int part)
{
    for (; part > 0; --part)
        token.remove_prefix(token.find('.') + 1);
    std::string coded(token.substr(0, token.find('.')));
    for (char& c : coded)
        c = c == '-' ? '+' : c == '_' ? '/' : c;
    coded.append((4 - coded.size() % 4) % 4, '=');
    const auto octets = coauth::text::base64_decode(coded).value();
    return boost::json::parse(std::string(octets.begin(), octets.end()));
}

} // namespace sandbox_test
