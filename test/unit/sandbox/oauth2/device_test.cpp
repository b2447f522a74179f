#include "code_client.hpp"

#include <coauth/text/ascii.hpp>

#include <doctest/doctest.h>

using namespace sandbox_test;
using std::chrono::seconds;

namespace {

const std::string id_of_second = std::to_string(sandbox::made_up_users::id_of(2)); // whom `decide_device` names

struct device_client : code_client {
    explicit device_client(const face_paths& new_paths = oidc_paths, sandbox::options o = oauth2_seed())
        : code_client(new_paths, std::move(o), "sandbox-public-client-id")
    {}

    boost::json::value begin()
    {
        return json_of(post(paths.device, {{"client_id", id}, {"scope", scope}}, "application/json"));
    }

    server::response poll(const boost::json::value& codes, std::string client_id = {})
    {
        return post(paths.token,
            {{"grant_type", "urn:ietf:params:oauth:grant-type:device_code"},
                {"device_code", text(codes.at("device_code"))}, {"client_id", client_id.empty() ? id : client_id}},
            "application/json");
    }

    server::response decide_device(const boost::json::value& codes, std::string_view decision = "allow")
    {
        return post(paths.device_page,
            {{"user_code", text(codes.at("user_code"))}, {"user", "user_2"}, {std::string(decision), "1"}});
    }
};

} // namespace

TEST_CASE("sandbox oauth2 device: pending, then tokens, once")
{
    for (const auto& paths : {oidc_paths, google_paths, github_paths}) {
        device_client client(paths);
        const auto codes = client.begin();
        CHECK(codes.at("interval") == 5);
        const auto page = client.get(std::string(paths.device_page) + "?user_code=" + text(codes.at("user_code")));
        CHECK(page.status == 200);
        CHECK(page.body.find("Sandbox Public App") != std::string::npos);
        CHECK(error_of(client.poll(codes)) == "authorization_pending");
        CHECK(client.last_entry().at("refused").is_null());
        client.now += seconds(5);
        CHECK(client.decide_device(codes).status == 200);
        const auto granted = client.poll(codes);
        REQUIRE(granted.status == 200);
        const auto token = text(json_of(granted).at("access_token"));
        CHECK(client.get_with_token(paths.user, token).body.find(id_of_second) != std::string::npos);
        client.now += seconds(5);
        CHECK(error_of(client.poll(codes)) ==
              (paths.token == github_paths.token ? "incorrect_device_code" : "invalid_grant"));
        CHECK(client.last_explanation().find("it works once") != std::string::npos);
        CHECK(client.get_with_token(paths.user, token).status == 200);
    }
}

TEST_CASE("sandbox oauth2 device: each provider's response")
{
    device_client client;
    client.scope = "openid";
    const auto codes = client.begin();
    CHECK(text(codes.at("user_code")).size() == 9);
    CHECK(codes.at("verification_uri") == "https://127.0.0.1:4000/oidc/device");
    CHECK(text(codes.at("verification_uri_complete")) ==
          "https://127.0.0.1:4000/oidc/device?user_code=" + text(codes.at("user_code")));
    CHECK(device_client(google_paths).begin().at("verification_url") == "https://127.0.0.1:4000/google/device");
    CHECK(device_client(github_paths).begin().at("expires_in") == 900);
    device_client github(github_paths);
    CHECK(value_in(github.post(github.paths.device, {{"client_id", github.id}}).body, "verification_uri") ==
          "https://127.0.0.1:4000/github/login/device");
}

TEST_CASE("sandbox oauth2 device: polling too early is slowed down for good")
{
    device_client client;
    const auto codes = client.begin();
    CHECK(error_of(client.poll(codes)) == "authorization_pending");
    client.now += seconds(4);
    CHECK(error_of(client.poll(codes)) == "slow_down");
    client.now += seconds(5);
    CHECK(error_of(client.poll(codes)) == "slow_down");
    client.now += seconds(15);
    CHECK(error_of(client.poll(codes)) == "authorization_pending");
    CHECK(client.decide_device(codes).status == 200);
    client.now += seconds(14);
    CHECK(error_of(client.poll(codes)) == "slow_down");
    client.now += seconds(20);
    CHECK(client.poll(codes).status == 200);
}

TEST_CASE("sandbox oauth2 device: denied, expired, another client's, mistyped")
{
    device_client client;
    const auto denied = client.begin();
    client.decide_device(denied, "deny");
    CHECK(error_of(client.poll(denied)) == "access_denied");
    CHECK(client.decide_device(denied).body.find("decided before") != std::string::npos);

    const auto stolen = client.begin();
    client.decide_device(stolen);
    CHECK(error_of(client.poll(stolen, "native")) == "invalid_grant");
    CHECK(client.last_explanation().find("given to the client") != std::string::npos);
    CHECK(error_of(client.post("/google/token",
              {{"grant_type", "urn:ietf:params:oauth:grant-type:device_code"},
                  {"device_code", text(stolen.at("device_code"))}, {"client_id", client.id}})) == "invalid_grant");
    CHECK(client.poll(stolen).status == 200);

    const auto late = client.begin();
    client.now += seconds(600);
    CHECK(client.decide_device(late).body.find("too old") != std::string::npos);
    CHECK(error_of(client.poll(late)) == "expired_token");

    CHECK(client.post(client.paths.device_page, {{"user_code", "BBBB-BBBB"}, {"allow", "1"}})
              .body.find("No device shows this code") != std::string::npos);
    auto unknown = client.begin();
    unknown.as_object()["device_code"] = "x";
    CHECK(error_of(client.poll(unknown)) == "invalid_grant");
    CHECK(client.post(client.paths.device_page, {{"user_code", text(unknown.at("user_code"))}}).status == 400);
    CHECK(client.post(client.paths.device_page, std::string("user_code=a&user_code=b&allow=1")).status == 400);
    CHECK(client.get("/oidc/device").status == 200);
    // As a user types it.
    std::string typed = coauth::text::lowered(text(unknown.at("user_code")));
    typed.replace(4, 1, " ");
    CHECK(client.post(client.paths.device_page, {{"user_code", typed}, {"allow", "1"}}).body.find("You allowed") !=
          std::string::npos);
    // Codes of one provider are unknown to another.
    const auto own = client.begin();
    CHECK(client.post("/google/device", {{"user_code", text(own.at("user_code"))}, {"allow", "1"}})
              .body.find("No device shows") != std::string::npos);
    auto foreign = client.bare("POST", "/oidc/device", "user_code=" + text(own.at("user_code")) + "&allow=1",
        "application/x-www-form-urlencoded");
    foreign.headers.add("Origin", "https://evil.example");
    CHECK(client.send(foreign).status == 400);
    CHECK(error_of(client.poll(own)) == "authorization_pending");
}

TEST_CASE("sandbox oauth2 device: clients are checked, and --auto-approve allows at a GET")
{
    device_client client;
    CHECK(error_of(client.post(client.paths.device, {{"client_id", "unknown"}})) == "invalid_client");
    CHECK(error_of(client.post(client.paths.device, {{"client_id", "app"}})) == "invalid_client");
    CHECK(error_of(client.post(client.paths.device, {{"client_id", client.id}, {"scope", "nonsense"}})) ==
          "invalid_scope");
    CHECK(
        error_of(client.post(client.paths.device, std::string("client_id=native&client_id=app"))) == "invalid_request");
    CHECK(error_of(client.post("/2/oauth2/token", {{"grant_type", "urn:ietf:params:oauth:grant-type:device_code"},
                                                      {"device_code", "x"}, {"client_id", client.id}})) ==
          "unsupported_grant_type");
    const auto asking = client.begin();
    client.get("/oidc/device?auto=1&allow=1&user_code=" + text(asking.at("user_code")));
    CHECK(error_of(client.poll(asking)) == "authorization_pending");

    auto o = oauth2_seed();
    o.auto_approve = "";
    device_client approving(oidc_paths, o);
    const auto codes = approving.begin();
    CHECK(approving.get("/oidc/device?user_code=" + text(codes.at("user_code"))).body.find("You allowed") !=
          std::string::npos);
    CHECK(approving.poll(codes).status == 200);
}

TEST_CASE("sandbox oauth2 device: Google and GitHub demand client_id in the body, beside HTTP Basic, too")
{
    for (const auto& paths : {google_paths, github_paths}) {
        device_client client(paths);
        client.basic = "sandbox-client-id:sandbox-client-secret-not-a-real-one";
        const auto refused = client.post(paths.device, {{"scope", ""}}, "application/json");
        CHECK(error_of(refused) == "invalid_request");
        CHECK(client.last_explanation().find("client_id is missing") != std::string::npos);
        CHECK(error_of(client.post(paths.device, {{"client_id", "sandbox-client-id"}}, "application/json")).empty());
    }
    device_client client;
    client.basic = "sandbox-client-id:sandbox-client-secret-not-a-real-one";
    CHECK(client.post(client.paths.device, {{"scope", "openid"}}).status == 200);
}

TEST_CASE(
    "sandbox oauth2 device: what the user allowed on the page is allowed in the browser, too, until it is revoked")
{
    device_client client(google_paths);
    client.scope = "openid email";
    const auto silent = [&](const std::string& scope) {
        const auto fields = changed(changed(client.authorize_fields(), "prompt", "none"), "scope", scope);
        auto r = client.bare("GET", std::string(client.paths.authorize) + '?' + oauth1::encode_form(fields));
        r.headers.add("Cookie", "__Host-coauth_sandbox_user=user_2");
        return error_of(client.send(r));
    };
    CHECK(silent("openid") == "login_required");
    const auto codes = client.begin();
    client.decide_device(codes);
    CHECK(silent("openid email").empty());
    CHECK(silent("openid profile") == "consent_required");
    // What was allowed and not yet fetched ends with the consent.
    const auto other = client.begin();
    client.decide_device(other);
    const auto token = text(json_of(client.poll(codes)).at("access_token"));
    CHECK(client.post(client.paths.revoke, {{"token", token}}).status == 200);
    CHECK(error_of(client.poll(other)) == "access_denied");
    CHECK(silent("openid") == "login_required");
}
