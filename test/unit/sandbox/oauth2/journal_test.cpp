// What the journal, the log and the pages say of OAuth 2: why, and no secrets.
#include "code_client.hpp"
#include "sandbox/oauth2/proof_key.hpp"

#include <coauth/text/utf8.hpp>

#include <doctest/doctest.h>

using namespace sandbox_test;

TEST_CASE("sandbox oauth2 journal: has what was sent, masked, and whose it was")
{
    code_client client(oidc_paths, oauth2_seed(), "sandbox-client-id");
    client.scope = "openid";
    const auto code = client.code();
    const auto target = text(client.last_entry().at("route"));
    CHECK(target == "/oidc/authorize");
    auto fields = client.token_fields(code);
    fields.emplace_back("client_secret", "sandbox-client-secret-not-a-real-one");
    const auto tokens = json_of(client.post(client.paths.token, fields));
    const auto entry = client.last_entry();
    CHECK(entry.at("consumer_key") == "sandbox-client-id");
    CHECK(entry.at("user") == "user_1");
    CHECK(entry.at("oauth").at("grant_type") == "authorization_code");
    for (const auto* name : {"code", "code_verifier", "client_secret"})
        CHECK(entry.at("oauth").at(name) == "***");
    const auto access = text(tokens.at("access_token")), refresh = text(tokens.at("refresh_token"));
    client.get_with_token(client.paths.user, access);
    CHECK(client.last_entry().at("user") == "user_1");
    CHECK(text(client.last_entry().at("token")) == access.substr(0, 4) + "...");
    client.post(client.paths.token, {{"grant_type", "refresh_token"}, {"refresh_token", refresh}});
    client.post(client.paths.revoke, {{"token", refresh}, {"client_id", "native"}});
    client.get("/oidc/userinfo?access_token=" + access);
    client.get("/oidc/authorize?id_token_hint=" + text(tokens.at("id_token")) + "&code=" + code);
    client.post(client.paths.token, changed(fields, "code_verifier", std::string(43, 'v')));
    const auto seen = client.engine.seen().requests() + client.get("/").body;
    for (const auto& hidden : {code, access, refresh, text(tokens.at("id_token")), std::string(proof_verifier),
             std::string(43, 'v'), std::string("sandbox-client-secret-not-a-real-one")})
        CHECK(seen.find(hidden) == std::string::npos);
}

TEST_CASE("sandbox oauth2 journal: texts of a client can't break the log, the journal or a page")
{
    code_client client;
    const std::string hostile = "<script>\xff\xc0 \x1b[2J\"\\";
    const auto fields = changed(client.authorize_fields(), "redirect_uri", hostile);
    const auto page = client.open_authorize(fields);
    CHECK(page.status == 400);
    CHECK(page.body.find("<script") == std::string::npos);
    for (const auto* name :
        {"client_id", "scope", "prompt", "response_type", "code_challenge", "nonce", "login_hint", "x"}) {
        const auto response = client.open_authorize(changed(client.authorize_fields(), name, "<script>\xff\"\\"));
        CHECK(response.status < 500);
        CHECK(response.body.find("<script") == std::string::npos);
        const auto line =
            client.engine.handle(client.bare("GET", "/oidc/authorize?" + oauth1::encode_form(fields)), client.now)
                .log_line;
        CHECK(line.find('\x1b') == std::string::npos);
    }
    client.post(client.paths.token, {{"grant_type", "\xff<script>"}, {"client_id", "native"}});
    client.get_with_token("/github/api/user", "\xff<script>");
    client.get("/facebook/%3Cscript%3E/dialog/oauth");
    client.get_with_token("/facebook/graph/v25.0/me?fields=%3Cscript%3E%FF", "x");
    CHECK_NOTHROW(boost::json::parse(client.engine.seen().requests()));
    CHECK(client.get("/").body.find("<script") == std::string::npos);
}

TEST_CASE("sandbox oauth2 journal: scripted faults strike the routes of OAuth 2, with a body of its kind")
{
    code_client client;
    client.engine.set_faults(R"([{"route":"/oidc/token","status":503},{"route":"/oidc/jwks","status":500},
        {"route":"/google/token","action":"drop"},{"route":"/github/api/user","status":401}])");
    CHECK(error_of(client.post("/oidc/token", std::string())) == "temporarily_unavailable");
    CHECK(error_of(client.get("/oidc/jwks")) == "server_error");
    CHECK(client.post("/google/token", std::string()).raw == "");
    CHECK(client.get("/github/api/user").status == 401);
    CHECK(client.get("/oidc/jwks").status == 200);
}

TEST_CASE("sandbox oauth2 journal: a verifier for a code without a challenge is refused as a downgrade")
{
    const auto refused = sandbox::proof_refusal("", std::string(proof_verifier));
    REQUIRE(refused.has_value());
    CHECK(refused->error == "invalid_grant");
    CHECK(refused->explanation.find("a downgrade") != std::string::npos);
    CHECK_FALSE(sandbox::proof_refusal("", std::nullopt).has_value());
    CHECK_FALSE(sandbox::proof_refusal(proof_challenge, std::string(proof_verifier)).has_value());
}

TEST_CASE("sandbox oauth2 journal: logins of suspended users and their tokens are refused")
{
    auto o = oauth2_seed();
    o.seed.insert(
        1, R"("users":[{"id":"11","username":"ada","email":"ada@gmail.com","email_verified":false,"locale":"fr"},
        {"id":"12","username":"bob","suspended":true}],)");
    code_client client(oidc_paths, o, "sandbox-public-client-id");
    client.scope = "openid profile email";
    CHECK(client.decide(client.authorize_fields(), "allow", "bob").empty());
    const auto query = client.decide(client.authorize_fields(), "allow", "ada");
    const auto tokens = json_of(client.post(client.paths.token, client.token_fields(value_in(query, "code"))));
    const auto info = json_of(client.get_with_token(client.paths.user, text(tokens.at("access_token"))));
    CHECK(info.at("email_verified") == false);
    CHECK(info.at("locale") == "fr");
    CHECK_FALSE(info.as_object().contains("picture"));
    CHECK_FALSE(info.as_object().contains("family_name"));
}

TEST_CASE("sandbox oauth2 journal: responses and ID tokens are UTF-8 for any text of a client")
{
    code_client client(oidc_paths, oauth2_seed(), "sandbox-public-client-id");
    for (const auto* target : {"/facebook/%ff/dialog/oauth", "/facebook/graph/v%c3.0/me", "/2/users/by/username/%ff",
             "/%ff", "/oidc/%c0%80", "/oauth/authorize?oauth_token=%ff", "/oidc/device?user_code=%ff",
             "/oidc/authorize?client_id=%ff", "/google/device?user=%ff", "/github/api/user?x=%ff", "/"}) {
        CAPTURE(std::string(target));
        const auto outcome = client.engine.handle(client.bare("GET", target), client.now);
        CHECK(outcome.response.status < 500);
        CHECK(coauth::text::is_utf8(outcome.response.body));
        CHECK(coauth::text::is_utf8(outcome.log_line));
    }
    const auto login = client.begin("https://app.example/callback");
    const auto page = client.get("/oauth/authorize?screen_name=%ff&oauth_token=" + login.token());
    CHECK(coauth::text::is_utf8(page.body));
    CHECK(
        coauth::text::is_utf8(client.submit("/oauth/authorize", "allow=1&user=%ff&oauth_token=" + login.token()).body));
    CHECK(error_of(client.post(client.paths.token,
              std::string("grant_type=refresh_token&refresh_token=%ff&client_id=") + client.id)) == "invalid_request");
    client.scope = "openid";
    const auto nonce = changed(client.authorize_fields(), "nonce", "\xc3\xa9");
    const auto tokens =
        json_of(client.post(client.paths.token, client.token_fields(value_in(client.decide(nonce), "code"))));
    CHECK(jwt_part(text(tokens.at("id_token")), 1).at("nonce") == "\xc3\xa9");
}

TEST_CASE("sandbox oauth2 journal: values are cut short, and tokens in a path or behind a second ? are masked")
{
    code_client client;
    const std::string secret_part = "LEAKLEAKLEAKLEAK";
    for (const auto& target : {"/github/api/user/gho_" + secret_part, "/facebook/graph/v25.0/EAA" + secret_part,
             "/google/v1/userinfo/ya29." + secret_part, "/github/api/applications/x/tokens/" + secret_part,
             "/github/api/applications/x/token/" + secret_part, "/oidc/userinfo?x=1?access_token=" + secret_part,
             "/oidc/userinfo??token=" + secret_part, "/oidc/userinfo;access_token=" + secret_part,
             "/oidc/userinfo?x=1;code=" + secret_part, "/oidc/userinfo%3Faccess_token%3D" + secret_part,
             "/oidc/authorize?client_id=native&redirect_uri=https://evil.example/?code=" + secret_part,
             "/oidc/authorize?client_id=native&redirect_uri=https%3A%2F%2Fevil.example%2F%3Fcode%3D" + secret_part,
             "/oidc/authorize?client_id=native&x=https%253A%252F%252Fevil.example%252F%253Fcode%253D" + secret_part,
             "/oidc/userinfo?gho_" + secret_part, "/oidc/userinfo?x=ya29%2e" + secret_part,
             "/oidc/userinfo/" + secret_part + secret_part + secret_part}) {
        CAPTURE(target);
        const auto line = client.engine.handle(client.bare("GET", target), client.now).log_line;
        CHECK(line.find("LEAK") == std::string::npos);
        CHECK(client.engine.seen().requests().find("LEAK") == std::string::npos);
        CHECK(client.get("/").body.find("LEAK") == std::string::npos);
    }
    client.post(client.paths.token, {{"grant_type", std::string(5000, 'g')}, {"client_id", std::string(5000, 'i')}});
    const auto entry = client.last_entry();
    CHECK(text(entry.at("oauth").at("grant_type")) == std::string(4096, 'g') + "...");
    CHECK(text(entry.at("consumer_key")) == std::string(4096, 'i') + "...");
    client.open_authorize(changed(client.authorize_fields(), "scope", std::string(5000, 's')));
    CHECK(text(client.last_entry().at("target")).find(std::string(4097, 's')) == std::string::npos);
}
