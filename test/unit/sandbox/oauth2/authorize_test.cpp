#include "code_client.hpp"

#include <doctest/doctest.h>

using namespace sandbox_test;

TEST_CASE("sandbox oauth2 authorize: a page, Allow, a code; Cancel, access_denied")
{
    code_client client;
    const auto page = client.open_authorize(client.authorize_fields());
    CHECK(page.status == 200);
    CHECK(page.headers.get("X-Frame-Options") == "DENY");
    CHECK(page.headers.get("Content-Security-Policy").find("frame-ancestors 'none'") != std::string_view::npos);
    for (const auto* part : {"name=\"user\"", "name=\"allow\"", "name=\"deny\"", "action=\"/oidc/authorize\"",
             "name=\"state\" value=\"st&amp;te\"", "name=\"code_challenge_method\" value=\"S256\""})
        CHECK(page.body.find(part) != std::string::npos);
    auto allowed = client.authorize_fields();
    allowed.emplace_back("allow", "1");
    const auto response = client.post(client.paths.authorize, allowed);
    CHECK(response.status == 303);
    const std::string location(response.headers.get("Location"));
    CHECK(location.starts_with("https://app.example/callback?code="));
    CHECK(value_in(location.substr(location.find('?') + 1), "state") == "st&te");
    CHECK(value_in(location.substr(location.find('?') + 1), "iss") == "https://127.0.0.1:4000/oidc");
    const auto denied = client.decide(client.authorize_fields(), "deny");
    CHECK(value_in(denied, "error") == "access_denied");
    CHECK(value_in(denied, "state") == "st&te");
    CHECK(value_in(denied, "code").empty());
    CHECK(value_in(denied, "iss") == "https://127.0.0.1:4000/oidc");
}

TEST_CASE("sandbox oauth2 authorize: a request whose client or redirect URI is not proven is redirected nowhere")
{
    struct row {
        const char* name;
        std::optional<std::string> value;
        int status;
        const char* explanation;
    };
    const row table[] = {
        {"client_id", std::nullopt, 400, "client_id is missing"},
        {"client_id", "", 400, "client_id is missing"},
        {"client_id", "absent", 401, "no client is registered as \"absent\""},
        {"client_id", "native ", 401, "no client is registered"},
        {"client_id", "NATIVE", 401, "no client is registered"},
        {"redirect_uri", std::nullopt, 400, "redirect_uri is missing"},
        {"redirect_uri", "https://evil.example/callback", 400, "is not registered"},
        {"redirect_uri", "https://app.example/callback/", 400, "differs by a slash at its end"},
        {"redirect_uri", "https://app.example/callback/../x", 400, "it only begins like"},
        {"redirect_uri", "https://app.example/Callback", 400, "case of a letter"},
        {"redirect_uri", "https://APP.example/callback", 400, "case of a letter"},
        {"redirect_uri", "https://app.example/callback?x=1", 400, "a query that the registered"},
        {"redirect_uri", "https://app.example/callback#x", 400, "without fragment"},
        {"redirect_uri", "https://app.example/callback%2f", 400, "it only begins like"},
        {"redirect_uri", "https://app.example:8443/callback", 400, "is not registered"},
        {"redirect_uri", "https://app.example@evil.example/callback", 400, "user information"},
        {"redirect_uri", "https://evil.example\\@app.example/callback", 400, "must be an absolute"},
        {"redirect_uri", "https://app.example.evil.example/callback", 400, "is not registered"},
        {"redirect_uri", "http://app.example/callback", 400, "must be an absolute https URL"},
        {"redirect_uri", "//app.example/callback", 400, "must be an absolute"},
        {"redirect_uri", "/callback", 400, "must be an absolute"},
        {"redirect_uri", "javascript:alert(1)", 400, "must be an absolute"},
        {"redirect_uri", "data:text/html,x", 400, "must be an absolute"},
        {"redirect_uri", "com.example.other:/callback", 400, "is not registered"},
        {"redirect_uri", "http://127.0.0.1:5000/callback2", 400, "is not registered"},
        {"redirect_uri", "http://127.0.0.2:5000/callback", 400, "is not registered"},
        {"redirect_uri", "http://127.0.0.1.evil.example/callback", 400, "must be an absolute"},
        {"redirect_uri", "http://localhost:5000/callback", 400, "is not registered"},
        {"redirect_uri", "https://127.0.0.1:5000/callback", 400, "is not registered"},
        {"redirect_uri", "http://127.0.0.1:5000@evil.example/callback", 400, "must be an absolute"},
        {"redirect_uri", "https://app.example/callback\r\nSet-Cookie: a=b", 400, "control character"},
        {"redirect_uri", std::string(3000, 'x'), 400, "must be an absolute"},
        {"state", std::string("a\0b", 3), 400, "control character"},
    };
    code_client client;
    for (const auto& t : table) {
        const auto shown = t.value.value_or("(none)");
        CAPTURE(shown);
        const auto fields = changed(client.authorize_fields(), t.name, t.value);
        const auto response = client.open_authorize(fields);
        CHECK(response.status == t.status);
        CHECK(response.headers.get("Location").empty());
        CHECK(client.last_explanation().find(t.explanation) != std::string::npos);
        // Allow does not help.
        auto form = fields;
        form.emplace_back("allow", "1");
        CHECK(client.post(client.paths.authorize, form).status == t.status);
    }
    for (const auto* repeated : {"&client_id=native", "&redirect_uri=https://evil.example/"}) {
        const auto target = "/oidc/authorize?" + oauth1::encode_form(client.authorize_fields()) + repeated;
        CHECK(client.get(target).status == 400);
        CHECK(client.last_explanation().find("more than once") != std::string::npos);
    }
    CHECK(client.get("/oidc/authorize?client_id=%zz").status == 400);
    CHECK(client.get("/oidc/authorize").status == 400);
}

TEST_CASE("sandbox oauth2 authorize: what a proven client asks wrongly is sent back to it")
{
    struct row {
        const char* name;
        std::optional<std::string> value;
        const char* error;
        const char* explanation;
    };
    const row table[] = {
        {"response_type", std::nullopt, "invalid_request", "response_type is missing"},
        {"response_type", "token", "unsupported_response_type", "only code"},
        {"response_type", "id_token token", "unsupported_response_type", "only code"},
        {"response_type", "code token", "unsupported_response_type", "only code"},
        {"response_mode", "fragment", "invalid_request", "only query"},
        {"response_mode", "web_message", "invalid_request", "only query"},
        {"request", "eyJhbGciOiJub25lIn0.e30.", "request_not_supported", "request objects"},
        {"request_uri", "https://evil.example/r", "request_uri_not_supported", "request objects"},
        {"scope", "openid admin", "invalid_scope", "the scope \"admin\""},
        {"scope", "openid profile", "invalid_scope", "may not ask for the scope \"profile\""},
        {"scope", "OPENID", "invalid_scope", "\"OPENID\""},
        {"code_challenge", std::nullopt, "invalid_request", "code_challenge is missing"},
        {"code_challenge", "", "invalid_request", "code_challenge is missing"},
        {"code_challenge", "short", "invalid_request", "43 characters"},
        {"code_challenge", std::string(proof_challenge) + "=", "invalid_request", "no padding"},
        {"code_challenge", std::string(42, 'a') + "+", "invalid_request", "43 characters"},
        {"code_challenge_method", std::nullopt, "invalid_request", "means plain"},
        {"code_challenge_method", "plain", "invalid_request", "is \"plain\": S256"},
        {"code_challenge_method", "s256", "invalid_request", "is \"s256\": S256"},
        {"code_challenge_method", "none", "invalid_request", "S256 is demanded"},
        {"prompt", "none login", "invalid_request", "none together"},
        {"prompt", "none", "login_required", "prompt=none"},
        {"state", std::string(3000, 's'), "invalid_request", "state has more than"},
        {"nonce", std::string(3000, 'n'), "invalid_request", "nonce has more than"},
        {"scope", std::string(2049, 'a'), "invalid_scope", "more than 2048 octets"},
        {"scope", "openid \xc3\xa9", "invalid_scope", "RFC 6749, section 3.3"},
        {"scope", "openid\nemail", "invalid_scope", "RFC 6749, section 3.3"},
        {"scope", "openid\xff", "invalid_scope", "RFC 6749, section 3.3"},
        {"scope", "openid\\email", "invalid_scope", "RFC 6749, section 3.3"},
        {"scope", "\"openid\"", "invalid_scope", "RFC 6749, section 3.3"},
        {"scope", "openid\x7f", "invalid_scope", "RFC 6749, section 3.3"},
        {"nonce", "n\xff", "invalid_request", "the parameter \"nonce\" is not UTF-8"},
        {"nonce", "\xed\xa0\x80", "invalid_request", "is not UTF-8"},
        {"state", "s\xc0\x80", "invalid_request", "the parameter \"state\" is not UTF-8"},
        {"login_hint", "\xf5", "invalid_request", "is not UTF-8"},
        {"x\xff", "1", "invalid_request", "is not UTF-8"},
    };
    code_client client;
    for (const auto& t : table) {
        const auto shown = std::string(t.name) + '=' + t.value.value_or("(none)").substr(0, 50);
        CAPTURE(shown);
        const auto response = client.open_authorize(changed(client.authorize_fields(), t.name, t.value));
        CHECK(response.status == 303);
        CHECK(response.headers.get("Location").starts_with("https://app.example/callback?error="));
        CHECK(error_of(response) == t.error);
        CHECK(client.last_explanation().find(t.explanation) != std::string::npos);
        CHECK(response.headers.get("Location").find("code=") == std::string_view::npos);
    }
    for (const auto* repeated : {"&state=other", "&code_challenge=x", "&prompt=login&prompt=login", "&x=1&x=2"}) {
        const auto response =
            client.get("/oidc/authorize?" + oauth1::encode_form(client.authorize_fields()) + repeated);
        CHECK(error_of(response) == "invalid_request");
    }
}

TEST_CASE("sandbox oauth2 authorize: on loopback any port is as good as the registered one")
{
    code_client client;
    for (const auto* uri : {"http://127.0.0.1:53211/callback", "http://127.0.0.1/callback", "http://[::1]:2/callback",
             "com.example.app:/callback"}) {
        CAPTURE(std::string(uri));
        const auto query = client.decide(changed(client.authorize_fields(), "redirect_uri", uri));
        const auto form = changed(client.token_fields(value_in(query, "code")), "redirect_uri", uri);
        CHECK(client.post(client.paths.token, form).status == 200);
    }
    // The default clients may use any.
    code_client by_default(oidc_paths, sandbox::options(), "sandbox-public-client-id");
    CHECK_FALSE(by_default.code().empty());
}

TEST_CASE("sandbox oauth2 authorize: nothing but Allow on the page approves, and auto=1 never does")
{
    code_client client;
    for (const auto* more : {"&auto=1", "&auto=true", "&allow=1", "&allow=1&user=user_1", "&approve=1"}) {
        const auto page = client.get("/oidc/authorize?" + oauth1::encode_form(client.authorize_fields()) + more);
        CHECK(page.status == 200);
        CHECK(page.headers.get("Location").empty());
    }
    auto form = client.authorize_fields();
    CHECK(client.post(client.paths.authorize, form).status == 400);
    form.emplace_back("allow", "1");
    form.emplace_back("deny", "1");
    CHECK(client.post(client.paths.authorize, form).status == 400);
    CHECK(client.decide(client.authorize_fields(), "allow", "user_99").empty());
    auto foreign = client.bare("POST", "/oidc/authorize", oauth1::encode_form(client.authorize_fields()) + "&allow=1",
        "application/x-www-form-urlencoded");
    foreign.headers.add("Origin", "https://evil.example");
    CHECK(client.send(foreign).status == 400);
    CHECK(client.last_explanation().find("another site") != std::string::npos);
    auto ahead = client.bare("GET", "/oidc/authorize?" + oauth1::encode_form(client.authorize_fields()));
    ahead.headers.add("Sec-Purpose", "prefetch");
    CHECK(client.send(ahead).status == 503);

    auto o = oauth2_seed();
    o.auto_approve = "user_2";
    code_client approving(oidc_paths, o);
    CHECK(approving.open_authorize(approving.authorize_fields()).status == 303);
}

TEST_CASE("sandbox oauth2 authorize: prompt=none gives a code to a browser whose user allowed the client before")
{
    code_client client;
    auto r = client.bare("GET", "/oidc/authorize?" + oauth1::encode_form(client.authorize_fields()) + "&prompt=none");
    r.headers.add("Cookie", "__Host-coauth_sandbox_user=user_3");
    CHECK(error_of(client.send(r)) == "login_required");
    client.decide(client.authorize_fields(), "allow", "user_3");
    CHECK(error_of(client.send(r)).empty());
    CHECK(client.send(r).headers.get("Location").find("code=") != std::string_view::npos);
    auto wider = r, hinted = r;
    wider.target += "&scope=openid%20email";
    CHECK(error_of(client.send(wider)) == "consent_required");
    client.decide(changed(client.authorize_fields(), "scope", "openid email"), "allow", "user_3");
    CHECK(error_of(client.send(wider)).empty());
    hinted.target += "&login_hint=user_2";
    CHECK(error_of(client.send(hinted)) == "login_required");
    client.engine.reset();
    CHECK(error_of(client.send(r)) == "login_required");
}

TEST_CASE("sandbox oauth2 authorize: a consent remembers a bounded number of words")
{
    code_client client(google_paths, oauth2_seed(), "other");
    const auto is_remembered = [&client] {
        auto r = client.bare("GET", std::string(google_paths.authorize) + '?' +
                                        oauth1::encode_form(client.authorize_fields()) + "&prompt=none");
        r.headers.add("Cookie", "__Host-coauth_sandbox_user=user_1");
        return error_of(client.send(r)).empty();
    };
    const auto allow = [&client](int number) {
        client.scope = "openid https://www.googleapis.com/auth/word_" + std::to_string(number);
        REQUIRE_FALSE(client.code().empty());
    };
    for (int number = 0; number < 900; ++number)
        allow(number);
    client.scope = "openid https://www.googleapis.com/auth/word_0";
    CHECK(is_remembered());
    for (int number = 900; number < 1100; ++number)
        allow(number);
    CHECK(is_remembered());
    client.scope = "openid https://www.googleapis.com/auth/word_0";
    CHECK_FALSE(is_remembered());
}

TEST_CASE("sandbox oauth2 authorize: --auto-approve without a name takes the first user who is not suspended")
{
    const auto seeded_with = [](const char* users) {
        auto o = oauth2_seed();
        o.seed.insert(1, std::string(R"("users":[)") + users + "],");
        o.auto_approve = "";
        return o;
    };
    const auto* two = R"({"id":"11","username":"bob","suspended":true},{"id":"12","username":"ada"})";
    code_client client(oidc_paths, seeded_with(two));
    const std::string location(client.open_authorize(client.authorize_fields()).headers.get("Location"));
    const auto code = value_in(location.substr(location.find('?') + 1), "code");
    CHECK(client.post(client.paths.token, client.token_fields(code)).status == 200);
    CHECK(client.last_entry().at("user") == "ada");
    const auto codes = json_of(client.post(client.paths.device, {{"client_id", client.id}}));
    const auto page = client.get("/oidc/device?user_code=" + text(codes.at("user_code")));
    CHECK(page.headers.get("Set-Cookie").empty());
    const oauth2_fields poll{{"grant_type", "urn:ietf:params:oauth:grant-type:device_code"},
        {"device_code", text(codes.at("device_code"))}, {"client_id", client.id}};
    CHECK(client.post(client.paths.token, poll).status == 200);
    CHECK(client.last_entry().at("user") == "ada");
    const auto login = client.begin("https://app.example/callback");
    const auto legacy = client.get("/oauth/authorize?oauth_token=" + login.token());
    CHECK(legacy.headers.get("Set-Cookie").find("=ada;") != std::string_view::npos);
    CHECK_THROWS_AS(
        code_client(oidc_paths, seeded_with(R"({"id":"11","username":"bob","suspended":true})")), coauth::error);
    // Who is proposed on a page is not suspended, either.
    auto asking = seeded_with(two);
    asking.auto_approve.reset();
    code_client with_page(oidc_paths, asking);
    CHECK(with_page.open_authorize(with_page.authorize_fields()).body.find("value=\"ada\">") != std::string::npos);
    auto form = with_page.authorize_fields();
    form.emplace_back("allow", "1");
    CHECK(with_page.post(with_page.paths.authorize, form).status == 303);
}

TEST_CASE("sandbox google: --auto-approve and prompt=none keep to the domain that hd names")
{
    auto o = oauth2_seed();
    o.auto_approve = "user_2";
    code_client approving(google_paths, o, "sandbox-public-client-id");
    const auto fields = approving.authorize_fields();
    CHECK(approving.open_authorize(changed(fields, "hd", "example.com")).status == 303);
    const auto page = approving.open_authorize(changed(fields, "hd", "other.example"));
    CHECK(page.status == 200);
    CHECK(page.headers.get("Location").empty());
    CHECK(approving.last_explanation().find("other.example") != std::string::npos);
    const auto silent = changed(changed(fields, "hd", "other.example"), "prompt", "none");
    CHECK(error_of(approving.open_authorize(silent)) == "login_required");

    code_client client(google_paths, oauth2_seed(), "sandbox-public-client-id");
    client.decide(client.authorize_fields(), "allow", "user_3");
    auto r = client.bare("GET", "/google/o/oauth2/v2/auth?" + oauth1::encode_form(silent));
    r.headers.add("Cookie", "__Host-coauth_sandbox_user=user_3");
    CHECK(error_of(client.send(r)) == "login_required");
}
