#include "code_client.hpp"

#include <coauth/oauth2/discovery.hpp>
#include <coauth/oauth2/id_token.hpp>
#include <coauth/oauth2/jwk_set.hpp>

#include <doctest/doctest.h>

using namespace sandbox_test;
namespace oauth2 = coauth::oauth2;

namespace {

oauth2::jwk_set published_keys(code_client& client, const char* path = "/oidc/jwks")
{
    return oauth2::jwk_set::parse(client.get(path).body).value();
}

oauth2::id_token_rules rules_for(const code_client& client, std::string issuer, std::string_view access_token)
{
    oauth2::id_token_rules rules;
    rules.issuers.push_back(std::move(issuer));
    rules.client_id = client.id;
    rules.access_token = coauth::secret(access_token);
    return rules;
}

} // namespace

TEST_CASE("sandbox openid: discovery, keys and an ID token as a strict client reads them")
{
    code_client client;
    client.scope = "openid email";
    const auto found = oauth2::parse_discovery_document(
        "https://127.0.0.1:4000/oidc", client.get("/oidc/.well-known/openid-configuration").body);
    REQUIRE(found.has_value());
    CHECK(found->announces_issuer);
    CHECK(found->token_endpoint == "https://127.0.0.1:4000/oidc/token");
    CHECK(client.get("/.well-known/oauth-authorization-server/oidc").status == 200);
    for (const auto& url : {found->authorization_endpoint, found->userinfo_endpoint, found->revocation_endpoint,
             found->device_authorization_endpoint, found->jwks_uri})
        CHECK(sandbox::find_route(std::string_view(url).substr(22)).matched != nullptr);

    auto fields = client.authorize_fields();
    fields.emplace_back("nonce", "n-0S6_WzA2Mj");
    const auto tokens =
        json_of(client.post(client.paths.token, client.token_fields(value_in(client.decide(fields), "code"))));
    const auto token = text(tokens.at("id_token")), access = text(tokens.at("access_token"));
    auto rules = rules_for(client, "https://127.0.0.1:4000/oidc", access);
    rules.nonce = "n-0S6_WzA2Mj";
    const auto verified = oauth2::verify_id_token(token, published_keys(client), rules, client.now);
    REQUIRE(verified.has_value());
    CHECK(verified->subject == std::to_string(sandbox::made_up_users::id_of(1)));
    const auto claims = jwt_part(token, 1);
    CHECK(claims.at("aud") == "native");
    CHECK(claims.at("azp") == "native");
    CHECK(claims.at("email") == "user_1@example.com");
    CHECK(claims.at("email_verified") == true);
    CHECK_FALSE(claims.as_object().contains("name"));
    CHECK(jwt_part(token, 0).at("alg") == "RS256");
    // Signed for the other login's values, it does not pass.
    rules.nonce = "other";
    CHECK(oauth2::verify_id_token(token, published_keys(client), rules, client.now).error() ==
          oauth2::id_token_fault::wrong_nonce);
}

TEST_CASE("sandbox openid: scopes decide what userinfo says, and without openid there is neither it nor an ID token")
{
    code_client client(oidc_paths, oauth2_seed(), "sandbox-public-client-id");
    client.scope = "openid profile email";
    const auto tokens = client.log_in();
    const auto info = json_of(client.get_with_token(client.paths.user, text(tokens.at("access_token"))));
    for (const auto* name : {"sub", "name", "given_name", "picture", "locale", "preferred_username", "email"})
        CHECK(info.as_object().contains(name));
    CHECK(jwt_part(text(tokens.at("id_token")), 1).at("name") == info.at("name"));
    client.scope = "profile";
    const auto plain_tokens = client.log_in();
    CHECK_FALSE(plain_tokens.as_object().contains("id_token"));
    CHECK(client.get_with_token(client.paths.user, text(plain_tokens.at("access_token"))).status == 403);
    client.scope = "openid";
    const auto unverified = json_of(client.post(client.paths.token,
        client.token_fields(value_in(
            client.decide(changed(client.authorize_fields(), "scope", "openid email"), "allow", "user_5"), "code"))));
    CHECK(jwt_part(text(unverified.at("id_token")), 1).at("email_verified") == false);
}

TEST_CASE("sandbox openid: a key rotation signs anew, keeps the last key published and drops the one before")
{
    code_client client;
    const auto login = [&] { return client.log_in(); };
    const auto judge = [&](const boost::json::value& tokens) {
        const auto rules = rules_for(client, "https://127.0.0.1:4000/oidc", text(tokens.at("access_token")));
        return oauth2::verify_id_token(text(tokens.at("id_token")), published_keys(client), rules, client.now);
    };
    const auto first = login();
    CHECK(published_keys(client).size() == 1);
    client.engine.rotate_keys();
    const auto second = login();
    CHECK(published_keys(client).size() == 2);
    CHECK(jwt_part(text(first.at("id_token")), 0).at("kid") != jwt_part(text(second.at("id_token")), 0).at("kid"));
    CHECK(judge(first).has_value());
    CHECK(judge(second).has_value());
    client.engine.rotate_keys();
    CHECK(published_keys(client).size() == 2);
    CHECK(judge(first).error() == oauth2::id_token_fault::unknown_key);
    CHECK(judge(second).has_value());
    CHECK(client.get("/google/oauth2/v3/certs").body == client.get("/oidc/jwks").body);
}

TEST_CASE("sandbox google: the issuer is spelled with its scheme, and in mode x without")
{
    for (const auto m : {sandbox::mode::strict, sandbox::mode::x}) {
        auto o = oauth2_seed();
        o.mode = m;
        code_client client(google_paths, o, "sandbox-public-client-id");
        client.scope = "openid";
        const auto claims = jwt_part(text(client.log_in().at("id_token")), 1);
        CHECK(claims.at("iss") == (m == sandbox::mode::x ? "127.0.0.1:4000/google" : "https://127.0.0.1:4000/google"));
    }
}

TEST_CASE("sandbox openid: an access token is sent once, in the header, and is its provider's")
{
    code_client client(oidc_paths, oauth2_seed(), "sandbox-public-client-id");
    const auto token = text(client.log_in().at("access_token"));
    const auto refused = [&](const server::request& r, int status) {
        const auto response = client.send(r);
        CHECK(response.status == status);
        CHECK(response.headers.get("WWW-Authenticate").starts_with("Bearer "));
        return error_of(response);
    };
    auto r = client.bare("GET", "/oidc/userinfo");
    CHECK(refused(r, 401).empty());
    CHECK(refused(client.bare("GET", "/oidc/userinfo?access_token=" + token), 400) == "invalid_request");
    CHECK(refused(client.bare("POST", "/oidc/userinfo", "access_token=" + token, "application/x-www-form-urlencoded"),
              400) == "invalid_request");
    r.headers.add("Authorization", "Basic " + token);
    CHECK(refused(r, 401).empty());
    r.headers.set("Authorization", "Bearer " + token + "x");
    CHECK(refused(r, 401) == "invalid_token");
    // RFC 6750, sections 2.1 and 3.1.
    for (const auto* malformed : {"Bearer", "Bearer ", "Bearer =", "Bearer a b", "Bearer a=b", "Bearer \"a\"",
             "Bearer a,b", "Bearer \xff", "bearer a;b"}) {
        CAPTURE(std::string(malformed));
        r.headers.set("Authorization", malformed);
        CHECK(refused(r, 400) == "invalid_request");
    }
    r.headers.set("Authorization", "Bearerx " + token);
    CHECK(refused(r, 401).empty());
    r.headers.set("Authorization", "Bearer " + token);
    CHECK(client.send(r).status == 200);
    r.headers.add("Authorization", "Bearer " + token);
    CHECK(refused(r, 400) == "invalid_request");
    for (const auto* query : {"?x=%zz", "?x=%00", "?x=%ff", "?x=1&x=2"}) {
        CAPTURE(std::string(query));
        CHECK(client.get_with_token(std::string("/oidc/userinfo") + query, token).status == 400);
        CHECK(client.get_with_token(std::string("/github/api/user") + query, token).status == 400);
        const auto me = client.get_with_token(std::string("/facebook/graph/v25.0/me") + query, token);
        CHECK(json_of(me).at("error").at("code") == 100);
    }
    // Of another provider.
    CHECK(client.get_with_token("/google/v1/userinfo", token).status == 401);
    CHECK(client.last_explanation().find("given by another provider: OpenID provider") != std::string::npos);
    CHECK(client.get_with_token("/github/api/user", token).status == 401);
    CHECK(client.get_with_token("/2/users/me", token).status == 401);
    CHECK(client.get_with_token("/facebook/graph/v25.0/me", token).status == 400);
    CHECK(client.send(client.bare("DELETE", "/oidc/userinfo")).status == 405);
    CHECK(client.send(client.bare("POST", "/oidc/.well-known/openid-configuration")).status == 405);
    CHECK(client.send(client.bare("POST", "/oidc/jwks")).status == 405);
    CHECK(client.send(client.bare("PUT", "/oidc/authorize")).status == 405);
}

TEST_CASE("sandbox openid: a narrowed refresh narrows the ID token and userinfo")
{
    code_client client(oidc_paths, oauth2_seed(), "sandbox-public-client-id");
    client.scope = "openid profile email";
    auto tokens = client.log_in();
    const auto refresh = [&](const char* scope) {
        tokens = json_of(client.post(
            client.paths.token, {{"grant_type", "refresh_token"}, {"refresh_token", text(tokens.at("refresh_token"))},
                                    {"client_id", client.id}, {"scope", scope}}));
        return tokens;
    };
    const auto narrow = refresh("openid");
    const auto claims = jwt_part(text(narrow.at("id_token")), 1);
    const auto info = json_of(client.get_with_token(client.paths.user, text(narrow.at("access_token"))));
    for (const auto* name : {"name", "email", "email_verified", "picture", "locale"}) {
        CHECK_FALSE(claims.as_object().contains(name));
        CHECK_FALSE(info.as_object().contains(name));
    }
    CHECK(claims.at("sub") == info.at("sub"));
    const auto by_mail = jwt_part(text(refresh("openid email").at("id_token")), 1);
    CHECK(by_mail.as_object().contains("email"));
    CHECK_FALSE(by_mail.as_object().contains("name"));
    CHECK_FALSE(refresh("profile").as_object().contains("id_token"));
    CHECK(error_of(client.post(client.paths.token,
              {{"grant_type", "refresh_token"}, {"refresh_token", text(tokens.at("refresh_token"))},
                  {"client_id", client.id}, {"scope", std::string(3000, 'a')}})) == "invalid_scope");
}
