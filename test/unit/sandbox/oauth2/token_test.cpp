#include "code_client.hpp"

#include <doctest/doctest.h>

using namespace sandbox_test;
using std::chrono::seconds;

namespace {

constexpr std::string_view wrong_proof_verifier = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

std::string basic_header(std::string_view pair)
{
    return "Basic " + coauth::text::base64_encode(pair);
}

} // namespace

TEST_CASE("sandbox oauth2 token: a request that differs in one parameter is refused with the RFC's error")
{
    struct row {
        const char* name;
        std::optional<std::string> value;
        int status;
        const char* error;
        const char* explanation;
    };
    const row table[] = {
        {"grant_type", std::nullopt, 400, "invalid_request", "grant_type is missing"},
        {"grant_type", "", 400, "invalid_request", "grant_type is missing"},
        {"grant_type", "password", 400, "unsupported_grant_type", "\"password\""},
        {"grant_type", "implicit", 400, "unsupported_grant_type", "\"implicit\""},
        {"grant_type", "AUTHORIZATION_CODE", 400, "unsupported_grant_type", "\"AUTHORIZATION_CODE\""},
        {"grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer", 400, "unsupported_grant_type", "jwt-bearer\""},
        {"grant_type", "client_credentials", 400, "unauthorized_client", "public client"},
        {"grant_type", "refresh_token", 400, "invalid_request", "refresh_token is missing"},
        {"grant_type", "urn:ietf:params:oauth:grant-type:device_code", 400, "invalid_request",
            "device_code is missing"},
        {"code", std::nullopt, 400, "invalid_request", "code is missing"},
        {"code", "wrong", 400, "invalid_grant", "no such code"},
        {"code", std::string(60000, 'c'), 400, "invalid_grant", "no such code"},
        {"code", std::string("a\nb"), 400, "invalid_request", "control character"},
        {"redirect_uri", std::nullopt, 400, "invalid_request", "redirect_uri is missing"},
        {"redirect_uri", "https://app.example/callback/", 400, "invalid_grant", "the authorization request had"},
        {"redirect_uri", "http://127.0.0.1/callback", 400, "invalid_grant", "the authorization request had"},
        {"code_verifier", std::nullopt, 400, "invalid_grant", "code_verifier is missing"},
        {"code_verifier", "", 400, "invalid_grant", "code_verifier is missing"},
        {"code_verifier", "short", 400, "invalid_grant", "43 to 128"},
        {"code_verifier", std::string(129, 'a'), 400, "invalid_grant", "43 to 128"},
        {"code_verifier", std::string(43, '!'), 400, "invalid_grant", "43 to 128"},
        {"code_verifier", std::string(wrong_proof_verifier), 400, "invalid_grant",
            "the challenge was E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"},
        {"code_verifier", std::string(proof_challenge), 400, "invalid_grant", "the challenge itself was sent"},
        {"client_id", std::nullopt, 401, "invalid_client", "client_id and HTTP Basic are both missing"},
        {"client_id", "unknown", 401, "invalid_client", "no client is registered"},
        {"client_id", "other", 400, "invalid_grant", "given to the client \"native\""},
        {"client_id", "app", 401, "invalid_client", "sent no secret"},
        {"client_id", "post", 401, "invalid_client", "sent no secret"},
        {"client_secret", "anything", 401, "invalid_client", "is public (none)"},
    };
    code_client client;
    const auto code = client.code();
    for (const auto& t : table) {
        const auto shown = std::string(t.name) + '=' + t.value.value_or("(none)").substr(0, 50);
        CAPTURE(shown);
        const auto response = client.post(client.paths.token, changed(client.token_fields(code), t.name, t.value));
        CHECK(response.status == t.status);
        CHECK(error_of(response) == t.error);
        CHECK(response.headers.get("Cache-Control") == "no-store");
        CHECK(client.last_explanation().find(t.explanation) != std::string::npos);
        CHECK(response.body.find(t.explanation) == std::string::npos); // For the operator alone.
    }
    // None of them used the code up.
    CHECK(client.post(client.paths.token, client.token_fields(code)).status == 200);
}

TEST_CASE("sandbox oauth2 token: parameters twice, in the query, or in another form are refused")
{
    code_client client;
    const auto code = client.code();
    const auto form = oauth1::encode_form(client.token_fields(code));
    for (const auto* repeated : {"&grant_type=authorization_code", "&client_id=native", "&code=x",
             "&code_verifier=", "&redirect_uri=https://evil.example", "&x=1&x=1"}) {
        CAPTURE(std::string(repeated));
        const auto response = client.post(client.paths.token, form + repeated);
        CHECK(response.status == 400);
        CHECK(error_of(response) == "invalid_request");
    }
    for (const auto* query : {"?client_id=native", "?code=x", "?client_secret=s", "?x"}) {
        const auto response = client.post(std::string(client.paths.token) + query, form);
        CHECK(response.status == 400);
        CHECK(error_of(response) == "invalid_request");
    }
    for (const auto* type : {"application/json", "text/plain", "multipart/form-data; boundary=x", ""}) {
        const auto response = client.send(client.bare("POST", "/oidc/token", form, type));
        CHECK(response.status == 400);
        CHECK(error_of(response) == "invalid_request");
        CHECK(client.last_explanation().find("Content-Type") != std::string::npos);
    }
    auto ambiguous = client.bare("POST", "/oidc/token", form, "application/x-www-form-urlencoded");
    ambiguous.headers.add("Content-Type", "application/json");
    CHECK(error_of(client.send(ambiguous)) == "invalid_request");
    for (const auto* coding : {"gzip", "identity, br", "x"}) {
        auto coded = client.bare("POST", "/oidc/token", form, "application/x-www-form-urlencoded");
        coded.headers.add("Content-Encoding", coding);
        CHECK(error_of(client.send(coded)) == "invalid_request");
        CHECK(client.last_explanation().find("Content-Encoding") != std::string::npos);
        coded.target = "/oidc/authorize";
        coded.body = oauth1::encode_form(client.authorize_fields()) + "&allow=1";
        CHECK(client.send(coded).status == 400);
    }
    auto many = form;
    for (int i = 0; i < 100; ++i)
        many += "&p" + std::to_string(i) + "=1";
    CHECK(error_of(client.post(client.paths.token, many)) == "invalid_request");
    CHECK(client.last_explanation().find("more than 100 parameters") != std::string::npos);
    CHECK(error_of(client.post(client.paths.token, std::string("grant_type=%zz"))) == "invalid_request");
    CHECK(error_of(client.post(client.paths.token, std::string())) == "invalid_request");
    for (const auto* method : {"GET", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS"})
        for (const auto* path : {"/oidc/token", "/google/token", "/2/oauth2/token", "/github/login/oauth/access_token",
                 "/oidc/revoke", "/oidc/device_authorization"}) {
            const auto response = client.send(client.bare(method, path, form, "application/x-www-form-urlencoded"));
            CHECK(response.status == 405);
            CHECK(response.headers.get("Allow") == "POST");
        }
    CHECK(client.send(client.bare("POST", "/oidc/token", form, "application/x-www-form-urlencoded; charset=utf-8"))
              .status == 200);
}

TEST_CASE("sandbox oauth2 token: a client authenticates as it is registered, once")
{
    struct row {
        const char* id;
        std::optional<std::string> header, secret;
        int status;
        const char* error;
    };
    const auto app = basic_header("app:s+e%3Ac%2Br%26et%25");
    const row table[] = {
        {"app", app, std::nullopt, 200, ""},
        {"app", basic_header("app:s%20e%3Ac%2Br%26et%25"), std::nullopt, 200, ""},
        {"app", basic_header("app:s e:c+r&et%"), std::nullopt, 401, "invalid_client"},
        {"app", basic_header("app:"), std::nullopt, 401, "invalid_client"},
        {"app", basic_header("app"), std::nullopt, 401, "invalid_client"},
        {"app", basic_header(":s"), std::nullopt, 400, "invalid_request"},
        {"app", basic_header("app:wrong"), std::nullopt, 401, "invalid_client"},
        {"app", basic_header("native:"), std::nullopt, 400, "invalid_request"},
        {"app", "Basic !!!", std::nullopt, 401, "invalid_client"},
        {"app", "Basic", std::nullopt, 401, "invalid_client"},
        {"app", "Bearer x", std::nullopt, 401, "invalid_client"},
        {"app", std::nullopt, "s e:c+r&et%", 401, "invalid_client"},
        {"app", app, "s e:c+r&et%", 400, "invalid_request"},
        {"app", std::nullopt, std::nullopt, 401, "invalid_client"},
        {"post", std::nullopt, "post-secret", 200, ""},
        {"post", std::nullopt, "post-secret ", 401, "invalid_client"},
        {"post", std::nullopt, "POST-SECRET", 401, "invalid_client"},
        {"post", basic_header("post:post-secret"), std::nullopt, 401, "invalid_client"},
        {"native", std::nullopt, std::nullopt, 200, ""},
        {"native", basic_header("native:"), std::nullopt, 401, "invalid_client"},
        {"native", std::nullopt, "x", 401, "invalid_client"},
        {"sandbox-client-id", std::nullopt, "sandbox-client-secret-not-a-real-one", 200, ""},
        {"sandbox-client-id", basic_header("sandbox-client-id:sandbox-client-secret-not-a-real-one"), std::nullopt, 200,
            ""},
        {"sandbox-public-client-id", std::nullopt, std::nullopt, 200, ""},
    };
    for (const auto& t : table) {
        code_client client(oidc_paths, oauth2_seed(), t.id);
        auto fields = client.token_fields(client.code());
        if (t.secret)
            fields.emplace_back("client_secret", *t.secret);
        auto r = client.bare("POST", "/oidc/token", oauth1::encode_form(fields), "application/x-www-form-urlencoded");
        if (t.header)
            r.headers.add("Authorization", *t.header);
        const auto shown = std::string(t.id) + ' ' + t.header.value_or("-") + ' ' + t.secret.value_or("-");
        CAPTURE(shown);
        const auto response = client.send(r);
        CHECK(response.status == t.status);
        CHECK(error_of(response) == t.error);
        if (t.status == 401)
            CHECK(response.headers.get("WWW-Authenticate").starts_with("Basic ") == t.header.has_value());
        r.headers.add("Authorization", app);
        if (t.header)
            CHECK(error_of(client.send(r)) == "invalid_request");
    }
}

TEST_CASE("sandbox oauth2 token: a second use of a code ends the tokens of the first")
{
    code_client client;
    const auto code = client.code();
    const auto tokens = json_of(client.post(client.paths.token, client.token_fields(code)));
    const auto access = text(tokens.at("access_token")), refresh = text(tokens.at("refresh_token"));
    CHECK(client.get_with_token(client.paths.user, access).status == 200);
    const auto repeated = client.post(client.paths.token, client.token_fields(code));
    CHECK(repeated.status == 400);
    CHECK(error_of(repeated) == "invalid_grant");
    CHECK(client.last_explanation().find("revoked now") != std::string::npos);
    CHECK(client.get_with_token(client.paths.user, access).status == 401);
    CHECK(client.last_explanation().find("its code was used twice") != std::string::npos);
    const oauth2_fields form{{"grant_type", "refresh_token"}, {"refresh_token", refresh}, {"client_id", client.id}};
    CHECK(error_of(client.post(client.paths.token, form)) == "invalid_grant");
    // Another client's second use ends them, too.
    const auto stolen = client.code();
    const auto mine = text(json_of(client.post(client.paths.token, client.token_fields(stolen))).at("access_token"));
    const auto theirs = changed(client.token_fields(stolen), "client_id", "sandbox-public-client-id");
    CHECK(error_of(client.post(client.paths.token, theirs)) == "invalid_grant");
    CHECK(client.get_with_token(client.paths.user, mine).status == 401);
}

TEST_CASE("sandbox oauth2 token: codes live ten minutes, X's thirty seconds")
{
    for (const auto& [paths, lifetime] :
        {std::pair(oidc_paths, 600), std::pair(google_paths, 600), std::pair(x_paths, 30)}) {
        code_client client(paths, oauth2_seed(), "sandbox-public-client-id");
        const auto early = client.code();
        client.now += seconds(lifetime - 1);
        CHECK(client.post(client.paths.token, client.token_fields(early)).status == 200);
        const auto late = client.code();
        client.now += seconds(lifetime);
        CHECK(client.post(client.paths.token, client.token_fields(late)).status == 400);
        CHECK(client.last_explanation().find("this code is too old: it was good for " + std::to_string(lifetime)) !=
              std::string::npos);
    }
}

TEST_CASE("sandbox oauth2 token: refresh tokens rotate, and a second use of one ends the login's tokens")
{
    code_client client;
    client.scope = "openid email";
    const auto first = client.log_in();
    const auto refresh = [&](const boost::json::value& tokens, oauth2_fields further = {}) {
        oauth2_fields form{{"grant_type", "refresh_token"}, {"refresh_token", text(tokens.at("refresh_token"))},
            {"client_id", client.id}};
        form.insert(form.end(), further.begin(), further.end());
        return client.post(client.paths.token, form);
    };
    const auto wider = refresh(first, {{"scope", "openid profile"}});
    CHECK(error_of(wider) == "invalid_scope");
    const auto second = json_of(refresh(first, {{"scope", "openid"}}));
    CHECK(second.at("refresh_token") != first.at("refresh_token"));
    CHECK(second.at("scope") == "openid");
    CHECK_FALSE(json_of(client.get_with_token(client.paths.user, text(second.at("access_token"))))
                    .as_object()
                    .contains("email"));
    const auto third = json_of(refresh(second));
    CHECK(third.at("scope") == "openid email");
    CHECK(client.get_with_token(client.paths.user, text(third.at("access_token"))).status == 200);
    // A thief, or a client that lost a response, uses an old one.
    const auto reused = refresh(second);
    CHECK(reused.status == 400);
    CHECK(error_of(reused) == "invalid_grant");
    CHECK(client.last_explanation().find("was used before, and each works once") != std::string::npos);
    CHECK(error_of(refresh(third)) == "invalid_grant");
    CHECK(client.get_with_token(client.paths.user, text(third.at("access_token"))).status == 401);
    CHECK(client.last_explanation().find("a refresh token was used twice") != std::string::npos);
}

TEST_CASE("sandbox oauth2 token: a refresh token is its client's, and no access token")
{
    code_client client;
    const auto tokens = client.log_in();
    const auto refresh = [&](const std::string& token, const std::string& id, std::string_view path = "/oidc/token") {
        return error_of(
            client.post(path, {{"grant_type", "refresh_token"}, {"refresh_token", token}, {"client_id", id}}));
    };
    const auto mine = text(tokens.at("refresh_token"));
    CHECK(refresh(mine, "sandbox-public-client-id") == "invalid_grant");
    CHECK(client.last_explanation().find("given to the client \"native\"") != std::string::npos);
    CHECK(refresh(text(tokens.at("access_token")), "native") == "invalid_grant");
    CHECK(client.last_explanation().find("this is an access token") != std::string::npos);
    CHECK(refresh(mine, "native", "/google/token") == "invalid_grant");
    CHECK(refresh(mine.substr(1), "native") == "invalid_grant");
    CHECK(refresh(mine + "x", "native") == "invalid_grant");
    CHECK(refresh(mine, "app") == "invalid_client");
    CHECK(refresh(mine, "native").empty());
    CHECK(client.get_with_token(client.paths.user, mine).status == 401);
    CHECK(client.last_explanation().find("this is a refresh token") != std::string::npos);
}

TEST_CASE("sandbox oauth2 token: a code of one provider is refused by the others")
{
    code_client client(oidc_paths, oauth2_seed(), "sandbox-public-client-id");
    const auto code = client.code();
    for (const auto* path : {"/google/token", "/2/oauth2/token"})
        CHECK(client.post(path, client.token_fields(code)).status == 400);
    CHECK(error_of(client.post(github_paths.token, client.token_fields(code))) == "bad_verification_code");
    CHECK(client.post(facebook_paths.token, client.token_fields(code)).status == 400);
    CHECK(client.post(client.paths.token, client.token_fields(code)).status == 200);
}

TEST_CASE("sandbox oauth2 revocation: ends the token, its family for a refresh token, and nothing of others")
{
    code_client client;
    const auto revoke = [&](const std::string& token, const std::string& id = "native", const char* further = "") {
        return client.post(client.paths.revoke, "token=" + token + "&client_id=" + id + further);
    };
    const auto tokens = client.log_in();
    const auto access = text(tokens.at("access_token")), refresh = text(tokens.at("refresh_token"));
    CHECK(error_of(revoke(access, "sandbox-public-client-id")) == "invalid_grant");
    CHECK(error_of(revoke(access, "app")) == "invalid_client");
    CHECK(error_of(client.post(client.paths.revoke, std::string("client_id=native"))) == "invalid_request");
    CHECK(error_of(revoke(access, "native", "&token=x")) == "invalid_request");
    CHECK(client.get_with_token(client.paths.user, access).status == 200);
    CHECK(revoke("unknown").status == 200);
    CHECK(revoke(access, "native", "&token_type_hint=nonsense").status == 200);
    CHECK(client.get_with_token(client.paths.user, access).status == 401);
    const auto next = json_of(client.post(
        client.paths.token, {{"grant_type", "refresh_token"}, {"refresh_token", refresh}, {"client_id", "native"}}));
    CHECK(revoke(text(next.at("refresh_token")), "native", "&token_type_hint=access_token").status == 200);
    CHECK(client.get_with_token(client.paths.user, text(next.at("access_token"))).status == 401);
    CHECK(client.last_explanation().find("its client revoked it") != std::string::npos);
}

TEST_CASE("sandbox oauth2 token: a client with a secret gets a token of its own, which belongs to no user")
{
    code_client client(oidc_paths, oauth2_seed(), "app");
    client.basic = "app:s+e%3Ac%2Br%26et%25";
    const auto tokens = json_of(client.post(client.paths.token, {{"grant_type", "client_credentials"}}));
    CHECK_FALSE(tokens.as_object().contains("refresh_token"));
    CHECK_FALSE(tokens.as_object().contains("id_token"));
    CHECK(client.get_with_token(client.paths.user, text(tokens.at("access_token"))).status == 403);
    CHECK(error_of(client.post("/google/token", {{"grant_type", "client_credentials"}})) == "unsupported_grant_type");
}

TEST_CASE("sandbox oauth2 token: expired on command, and by the clock")
{
    code_client client;
    const auto access = text(client.log_in().at("access_token"));
    CHECK(client.engine.expire_tokens("user_2", client.now) == 0);
    CHECK(client.get_with_token(client.paths.user, access).status == 200);
    CHECK(client.engine.expire_tokens("user_1", client.now) == 1);
    CHECK(client.engine.expire_tokens("user_1", client.now) == 0);
    const auto expired = client.get_with_token(client.paths.user, access);
    CHECK(expired.status == 401);
    CHECK(expired.headers.get("WWW-Authenticate").find("error=\"invalid_token\"") != std::string_view::npos);
    CHECK(client.last_explanation() == "this access token has expired");
    CHECK_THROWS_AS(client.engine.expire_tokens("absent", client.now), coauth::error);

    const auto later = text(client.log_in().at("access_token"));
    client.now += seconds(3600);
    CHECK(client.get_with_token(client.paths.user, later).status == 401);
}
