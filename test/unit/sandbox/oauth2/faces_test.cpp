// Each provider at its own paths, with its own bodies, quirks and errors.
#include "code_client.hpp"
#include "crypto/hmac.hpp"
#include "text/hex.hpp"

#include <doctest/doctest.h>

using namespace sandbox_test;

namespace {

const std::string default_secret = "sandbox-client-secret-not-a-real-one";

code_client default_client(const face_paths& paths, sandbox::options o = sandbox::options())
{
    return code_client(paths, std::move(o), "sandbox-client-id");
}

oauth2_fields with_secret(oauth2_fields fields)
{
    fields.emplace_back("client_secret", default_secret);
    return fields;
}

// The code of Facebook's error.
std::int64_t facebook_code(const server::response& r)
{
    return json_of(r).at("error").at("code").as_int64();
}

std::string app_proof(std::string_view token)
{
    const auto mac = coauth::crypto::hmac(coauth::crypto::hash_named("SHA256"), default_secret, token);
    return coauth::text::hex_encode({reinterpret_cast<const char*>(mac.view().data()), mac.view().size()});
}

} // namespace

TEST_CASE("sandbox github: a form by default, JSON by Accept, integer ids, mail by a second call")
{
    auto client = default_client(github_paths);
    client.scope = "read:user,user:email";
    const auto query = client.decide(changed(client.authorize_fields(), "response_type", std::nullopt));
    CHECK(value_in(query, "iss").empty());
    const auto fields =
        changed(changed(with_secret(client.token_fields(value_in(query, "code"))), "grant_type", std::nullopt),
            "redirect_uri", std::nullopt);
    const auto response = client.post(client.paths.token, fields);
    CHECK(response.status == 200);
    CHECK(response.headers.get("Content-Type").starts_with("application/x-www-form-urlencoded"));
    CHECK(value_in(response.body, "scope") == "read:user,user:email");
    CHECK(value_in(response.body, "token_type") == "bearer");
    CHECK(value_in(response.body, "expires_in").empty());
    const auto token = value_in(response.body, "access_token");
    CHECK(token.starts_with("gho_"));

    const auto user = client.get_with_token(client.paths.user, token);
    CHECK(user.headers.get("X-OAuth-Scopes") == "read:user, user:email");
    CHECK(json_of(user).at("id").is_int64());
    CHECK(json_of(user).at("login") == "user_1");
    CHECK(json_of(user).at("email").is_null());
    CHECK(text(json_of(user).at("avatar_url")).starts_with("https://127.0.0.1:4000/"));
    const auto emails = json_of(client.get_with_token("/github/api/user/emails", token)).as_array();
    REQUIRE(emails.size() == 2);
    CHECK(emails[0].at("primary") == false);
    CHECK(emails[1].at("email") == "user_1@example.com");
    CHECK(emails[1].at("verified") == true);
    auto old_scheme = client.bare("GET", "/github/api/user");
    old_scheme.headers.add("Authorization", "token " + token);
    old_scheme.headers.add("User-Agent", "x");
    CHECK(client.send(old_scheme).status == 200);

    const auto agentless = client.get_with_token(client.paths.user, token, "");
    CHECK(agentless.status == 403);
    CHECK(client.last_explanation() == "GitHub demands a User-Agent header");
    CHECK(client.get_with_token(client.paths.user, "").status == 401);
    CHECK(json_of(client.get_with_token(client.paths.user, "gho_wrong")).at("message") == "Bad credentials");

    client.scope = "read:user";
    const auto narrow = text(
        json_of(client.post(client.paths.token, with_secret(client.token_fields(client.code())), "application/json"))
            .at("access_token"));
    CHECK(client.get_with_token("/github/api/user/emails", narrow).status == 404);
}

TEST_CASE("sandbox github: errors of the token endpoint come with status 200")
{
    auto client = default_client(github_paths);
    const auto code = client.code();
    const auto refused = [&](const oauth2_fields& fields) {
        const auto as_form = client.post(client.paths.token, fields);
        const auto as_json = client.post(client.paths.token, fields, "application/json");
        CHECK(as_form.status == 200);
        CHECK(as_json.status == 200);
        CHECK(value_in(as_form.body, "error") == error_of(as_json));
        CHECK_FALSE(value_in(as_form.body, "error_uri").empty());
        CHECK(value_in(as_form.body, "access_token").empty());
        return error_of(as_json);
    };
    const auto good = with_secret(client.token_fields(code));
    CHECK(refused(changed(good, "code", "x")) == "bad_verification_code");
    CHECK(refused(changed(good, "code", std::nullopt)) == "bad_verification_code");
    CHECK(refused(changed(good, "client_secret", "x")) == "incorrect_client_credentials");
    CHECK(refused(changed(good, "client_secret", std::nullopt)) == "incorrect_client_credentials");
    CHECK(refused(changed(good, "client_id", "x")) == "incorrect_client_credentials");
    CHECK(refused(changed(good, "redirect_uri", "https://x.example/")) == "redirect_uri_mismatch");
    CHECK(refused(changed(good, "code_verifier", std::string(43, 'a'))) == "bad_verification_code");
    CHECK(refused(changed(good, "grant_type", "refresh_token")) == "unsupported_grant_type");
    CHECK(client.post(client.paths.token, good).status == 200);
}

TEST_CASE("sandbox github: an app deletes its tokens")
{
    auto client = default_client(github_paths);
    const auto token = text(
        json_of(client.post(client.paths.token, with_secret(client.token_fields(client.code())), "application/json"))
            .at("access_token"));
    auto r = client.bare("DELETE", "/github/api/applications/sandbox-client-id/token",
        R"({"access_token":")" + token + R"("})", "application/json");
    CHECK(client.send(r).status == 404);
    r.headers.add("Authorization", "Basic " + coauth::text::base64_encode("sandbox-client-id:" + default_secret));
    auto broken = r;
    broken.body = "{";
    CHECK(client.send(broken).status == 400);
    CHECK(client.send(r).status == 204);
    CHECK(client.send(r).status == 422);
    CHECK(client.get_with_token(client.paths.user, token).status == 401);
}

TEST_CASE("sandbox facebook: versioned paths, GET and POST, a picture object, #_=_")
{
    auto client = default_client(facebook_paths);
    client.scope = "public_profile,email";
    auto page = client.authorize_fields();
    page.emplace_back("allow", "1");
    const std::string location(client.post(client.paths.authorize, page).headers.get("Location"));
    CHECK(location.ends_with("#_=_"));
    const auto fields = with_secret(client.token_fields(value_in(location.substr(location.find('?') + 1), "code")));
    const auto by_get = client.get(std::string(client.paths.token) + '?' + oauth1::encode_form(fields));
    CHECK(by_get.status == 200);
    CHECK(client.last_entry().at("target").as_string().find(default_secret) == std::string::npos);
    const auto tokens = json_of(by_get);
    CHECK(tokens.at("token_type") == "bearer");
    CHECK(tokens.at("expires_in") == 5183976);
    CHECK_FALSE(tokens.as_object().contains("scope"));
    CHECK(client.post(client.paths.token, with_secret(client.token_fields(client.code()))).status == 200);

    const auto token = text(tokens.at("access_token"));
    const auto proof = "appsecret_proof=" + app_proof(token);
    const auto me = [&](const std::string& query) {
        return client.get_with_token(std::string(client.paths.user) + '?' + query, token);
    };
    const auto profile = json_of(me("fields=id,name,email,picture&" + proof));
    CHECK(profile.at("id").is_string());
    CHECK(profile.at("email") == "user_1@example.com");
    CHECK(profile.at("picture").at("data").at("is_silhouette") == false);
    CHECK(profile.at("picture").at("data").at("url").as_string().starts_with("https://"));
    CHECK(json_of(me(proof)).as_object().size() == 2);
    CHECK(client.get(std::string(client.paths.user) + "?access_token=" + token + '&' + proof).status == 200);
    CHECK(client.last_entry().at("target").as_string().find(token) == std::string::npos);

    CHECK(facebook_code(me("fields=id,username&" + proof)) == 100);
    CHECK(facebook_code(me("fields=id")) == 100);
    CHECK(client.last_explanation().find("appsecret_proof is missing") != std::string::npos);
    CHECK(facebook_code(me("appsecret_proof=" + app_proof("other"))) == 100);
    CHECK(client.last_explanation().find("not the HMAC-SHA256 of the access token") != std::string::npos);
    CHECK(facebook_code(client.get_with_token(client.paths.user, "")) == 2500);
    CHECK(facebook_code(client.get_with_token(client.paths.user, "EAAwrong")) == 190);
    CHECK(facebook_code(client.get_with_token("/facebook/graph/v1.0/me", token)) == 2500);
    CHECK(client.get("/facebook/v25/dialog/oauth?client_id=x").status == 400);
}

TEST_CASE("sandbox facebook: deleting the permissions needs the proof, and ends the user's consent")
{
    auto client = default_client(facebook_paths);
    const auto log_in = [&](const char* user = "user_1") {
        const auto code = value_in(client.decide(client.authorize_fields(), "allow", user), "code");
        return text(
            json_of(client.post(client.paths.token, with_secret(client.token_fields(code)))).at("access_token"));
    };
    const auto me = [&](const std::string& token) {
        return client.get_with_token(std::string(client.paths.user) + "?appsecret_proof=" + app_proof(token), token);
    };
    const auto first = log_in(), second = log_in(), of_another = log_in("user_2"), pending = client.code();
    const auto end = [&](const std::string& query, const std::string& authorization) {
        auto r = client.bare("DELETE", std::string(client.paths.user) + "/permissions" + query);
        if (!authorization.empty())
            r.headers.add("Authorization", authorization);
        return client.send(r);
    };
    const auto proof = "?appsecret_proof=" + app_proof(first);
    CHECK(facebook_code(end("", "Bearer " + first)) == 100);
    CHECK(facebook_code(end("?appsecret_proof=" + app_proof(second), "Bearer " + first)) == 100);
    CHECK(facebook_code(end(proof, "")) == 2500);
    CHECK(facebook_code(end(proof, "OAuth EAAwrong")) == 190);
    CHECK(me(first).status == 200);
    auto silent = client.bare("GET", std::string(client.paths.authorize) + '?' +
                                         oauth1::encode_form(changed(client.authorize_fields(), "prompt", "none")));
    silent.headers.add("Cookie", "__Host-coauth_sandbox_user=user_1");
    CHECK(error_of(client.send(silent)).empty());
    CHECK(json_of(end(proof, "OAuth " + first)).at("success") == true);
    for (const auto& token : {first, second})
        CHECK(facebook_code(me(token)) == 190);
    CHECK(me(of_another).status == 200);
    CHECK(error_of(client.send(silent)) == "login_required");
    CHECK(client.post(client.paths.token, with_secret(client.token_fields(pending))).status == 400);
    CHECK(client.last_explanation().find("the user's permissions were deleted") != std::string::npos);
    CHECK(me(log_in()).status == 200);
}

TEST_CASE("sandbox facebook: errors are numbered")
{
    auto client = default_client(facebook_paths);
    const auto good = with_secret(client.token_fields(client.code()));
    const auto refused = [&](const oauth2_fields& fields) {
        const auto response = client.post(client.paths.token, fields);
        CHECK(response.status == 400);
        CHECK(json_of(response).at("error").at("type") == "OAuthException");
        return facebook_code(response);
    };
    CHECK(refused(changed(good, "client_secret", "x")) == 1);
    CHECK(refused(changed(good, "client_id", "x")) == 101);
    CHECK(refused(changed(good, "code", "x")) == 100);
    CHECK(refused(changed(good, "code", std::nullopt)) == 191);
    CHECK(refused(changed(good, "redirect_uri", "https://x.example/")) == 100);
    CHECK(refused(changed(good, "code_verifier", std::nullopt)) == 191);
    CHECK(refused(changed(good, "code_verifier", std::string(43, 'a'))) == 100);
    CHECK(client.post(client.paths.token, good).status == 200);
    const auto used = client.post(client.paths.token, good);
    CHECK(json_of(used).at("error").at("error_subcode") == 36009);
    const auto denied = client.decide(client.authorize_fields(), "deny");
    CHECK(value_in(denied, "error_reason") == "user_denied");
    CHECK(value_in(denied, "error") == "access_denied");
    auto o = sandbox::options();
    o.mode = sandbox::mode::x;
    auto lenient = default_client(facebook_paths, o);
    const auto token =
        text(json_of(lenient.post(lenient.paths.token, with_secret(lenient.token_fields(lenient.code()))))
                 .at("access_token"));
    CHECK(lenient.get_with_token(lenient.paths.user, token).status == 200);
    CHECK(facebook_code(lenient.get_with_token(std::string(lenient.paths.user) + "?appsecret_proof=x", token)) == 100);
}

TEST_CASE("sandbox x oauth2: client_id in every body, its own errors, rotation with offline.access, API 2")
{
    auto client = default_client(x_paths);
    client.basic = "sandbox-client-id:" + default_secret;
    client.scope = "tweet.read users.read users.email offline.access";
    const auto good = client.token_fields(client.code());
    const auto refused = [&](const oauth2_fields& fields, int status, std::string_view error, std::string_view words) {
        const auto response = client.post(client.paths.token, fields);
        CHECK(response.status == status);
        CHECK(error_of(response) == error);
        CHECK(text(json_of(response).at("error_description")) == words);
    };
    refused(
        changed(good, "grant_type", std::nullopt), 400, "invalid_request", "Missing required parameter [grant_type].");
    refused(
        changed(good, "client_id", std::nullopt), 400, "invalid_request", "Missing required parameter [client_id].");
    refused(changed(good, "code", "x"), 400, "invalid_request", "Value passed for the authorization code was invalid.");
    refused(changed(good, "code_verifier", std::string(43, 'a')), 400, "invalid_request",
        "Value passed for the code verifier did not match the code challenge.");
    client.basic = "sandbox-client-id:wrong";
    refused(good, 401, "unauthorized_client", "Missing valid authorization header");
    client.basic.clear();
    refused(good, 401, "unauthorized_client", "Missing valid authorization header");
    refused(with_secret(good), 401, "unauthorized_client", "Missing valid authorization header");
    client.basic = "sandbox-client-id:" + default_secret;
    const auto tokens = json_of(client.post(client.paths.token, good));
    CHECK(tokens.at("expires_in") == 7200);
    CHECK(tokens.at("token_type") == "bearer");
    const auto me = json_of(client.get_with_token(
        "/2/users/me?user.fields=confirmed_email,profile_image_url", text(tokens.at("access_token"))));
    CHECK(me.at("data").at("username") == "user_1");
    CHECK(me.at("data").at("confirmed_email") == "user_1@example.com");
    CHECK(client.last_entry().at("user") == "user_1");
    CHECK(client.get_with_token("/2/users/by/username/user_2", text(tokens.at("access_token"))).status == 200);
    CHECK(client.get_with_token("/1.1/account/verify_credentials.json", text(tokens.at("access_token"))).status == 401);
    CHECK(client.last_explanation() == "an OAuth 2 token is for API 2 only");
    auto tweet = client.bare("POST", "/2/tweets", R"({"text":"hello"})", "application/json");
    tweet.headers.add("Authorization", "Bearer " + text(tokens.at("access_token")));
    CHECK(client.send(tweet).status == 403);
    CHECK(client.last_explanation().find("needs the scope tweet.write") != std::string::npos);

    const oauth2_fields refresh{
        {"grant_type", "refresh_token"}, {"refresh_token", text(tokens.at("refresh_token"))}, {"client_id", client.id}};
    const auto rotated = json_of(client.post(client.paths.token, refresh));
    CHECK(rotated.at("refresh_token") != tokens.at("refresh_token"));
    refused(refresh, 400, "invalid_request", "Value passed for the token was invalid.");
    const auto revoked = client.post(client.paths.revoke, {{"token", "x"}, {"client_id", client.id}});
    CHECK(json_of(revoked).at("revoked") == true);
    client.scope = "tweet.read users.read";
    CHECK_FALSE(client.log_in().as_object().contains("refresh_token"));
    CHECK(error_of(client.open_authorize(changed(client.authorize_fields(), "state", std::string(501, 's')))) ==
          "invalid_request");
}

TEST_CASE("sandbox google: a refresh token for access_type=offline at the first consent, which does not rotate; hd")
{
    auto client = default_client(google_paths);
    client.scope = "openid email profile";
    client.basic = "sandbox-client-id:" + default_secret;
    CHECK_FALSE(client.log_in().as_object().contains("refresh_token"));
    const auto offline = [&](const char* user, const char* prompt) {
        auto fields = client.authorize_fields();
        fields.emplace_back("access_type", "offline");
        if (*prompt)
            fields.emplace_back("prompt", prompt);
        return json_of(client.post(
            client.paths.token, client.token_fields(value_in(client.decide(fields, "allow", user), "code"))));
    };
    CHECK(offline("user_2", "").as_object().contains("refresh_token"));
    CHECK_FALSE(offline("user_2", "").as_object().contains("refresh_token"));
    const auto tokens = offline("user_2", "consent");
    const auto access = text(tokens.at("access_token"));
    CHECK(access.starts_with("ya29."));
    const oauth2_fields refresh{{"grant_type", "refresh_token"}, {"refresh_token", text(tokens.at("refresh_token"))}};
    for (int i = 0; i < 2; ++i) {
        const auto renewed = json_of(client.post(client.paths.token, refresh));
        CHECK_FALSE(renewed.as_object().contains("refresh_token"));
        CHECK(renewed.as_object().contains("id_token"));
    }
    const auto info = json_of(client.get_with_token(client.paths.user, access));
    CHECK(info.at("hd") == "example.com");
    CHECK(info.at("email_verified") == true);
    CHECK_FALSE(info.as_object().contains("preferred_username"));
    CHECK(client.post(client.paths.revoke, {{"token", access}}).status == 200);
    CHECK(error_of(client.post(client.paths.revoke, {{"token", access}})) == "invalid_token");
    CHECK(error_of(client.post(client.paths.token, refresh)) == "invalid_grant");

    auto other_domain = client.authorize_fields();
    other_domain.emplace_back("hd", "other.example");
    CHECK(client.decide(other_domain).empty());
}

TEST_CASE("sandbox google: a revocation ends the user's consent: the next login asks, and has a refresh token again")
{
    auto client = default_client(google_paths);
    client.basic = "sandbox-client-id:" + default_secret;
    const auto offline = changed(client.authorize_fields(), "access_type", "offline");
    const auto log_in = [&](const char* user = "user_2") {
        const auto code = value_in(client.decide(offline, "allow", user), "code");
        return json_of(client.post(client.paths.token, client.token_fields(code))).as_object();
    };
    const auto first = log_in(), second = log_in(), of_another = log_in("user_3");
    CHECK(first.contains("refresh_token"));
    CHECK_FALSE(second.contains("refresh_token"));
    const auto pending = value_in(client.decide(offline, "allow", "user_2"), "code");
    auto silent = client.bare(
        "GET", std::string(client.paths.authorize) + '?' + oauth1::encode_form(changed(offline, "prompt", "none")));
    silent.headers.add("Cookie", "__Host-coauth_sandbox_user=user_2");
    CHECK(error_of(client.send(silent)).empty());
    CHECK(client.post(client.paths.revoke, {{"token", text(second.at("access_token"))}}).status == 200);
    CHECK(error_of(client.send(silent)) == "login_required");
    CHECK(client.get_with_token(client.paths.user, text(first.at("access_token"))).status == 401);
    CHECK(client.get_with_token(client.paths.user, text(of_another.at("access_token"))).status == 200);
    CHECK(error_of(client.post(client.paths.token, client.token_fields(pending))) == "invalid_grant");
    CHECK(log_in().contains("refresh_token"));
}
