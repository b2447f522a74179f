#include <coauth/oauth2/discovery.hpp>

#include <doctest/doctest.h>

#include <string>
#include <utility>

namespace oauth2 = coauth::oauth2;
using coauth::errc;
using oauth2::client_authentication;
using oauth2::jws_algorithm;

namespace {

const std::string issuer_of_document = "https://op.example/realms/a";

// Shortened from Keycloak's.
const std::string discovery_document =
    R"({"issuer":"https://op.example/realms/a","authorization_endpoint":"https://op.example/auth","token_endpoint":"https://op.example/token",)"
    R"("userinfo_endpoint":"https://op.example/userinfo","jwks_uri":"https://op.example/certs","revocation_endpoint":"https://op.example/revoke",)"
    R"("device_authorization_endpoint":"https://op.example/device","id_token_signing_alg_values_supported":["PS384","RS384","EdDSA","ES384","HS256","ES256","RS256","none"],)"
    R"("token_endpoint_auth_methods_supported":["private_key_jwt","client_secret_basic","client_secret_post","tls_client_auth","none"],)"
    R"("scopes_supported":["openid","email",7],"authorization_response_iss_parameter_supported":true,"claims_supported":["sub"],"x":{"y":[null]}})";

std::string discovery_with(const std::string& part, const std::string& replacement)
{
    std::string out = discovery_document;
    REQUIRE(out.find(part) != std::string::npos);
    return out.replace(out.find(part), part.size(), replacement);
}

} // namespace

TEST_CASE("discovery: a document is read for what coauth uses")
{
    const auto provider = oauth2::parse_discovery_document(issuer_of_document, discovery_document).value();
    CHECK(provider.issuer == issuer_of_document);
    CHECK(provider.authorization_endpoint == "https://op.example/auth");
    CHECK(provider.token_endpoint == "https://op.example/token");
    CHECK(provider.userinfo_endpoint == "https://op.example/userinfo");
    CHECK(provider.jwks_uri == "https://op.example/certs");
    CHECK(provider.revocation_endpoint == "https://op.example/revoke");
    CHECK(provider.device_authorization_endpoint == "https://op.example/device");
    CHECK(provider.announces_issuer);
    CHECK(
        provider.id_token_algorithms == std::vector{jws_algorithm::eddsa, jws_algorithm::es256, jws_algorithm::rs256});
    CHECK(provider.client_authentications ==
          std::vector{client_authentication::basic, client_authentication::post, client_authentication::none});
    CHECK(provider.scopes == std::vector<std::string>{"openid", "email"});
}

TEST_CASE("discovery: what the document does not say has the standard's default, or is empty")
{
    const auto least = oauth2::parse_discovery_document("http://127.0.0.1:9/",
        R"({"issuer":"http://127.0.0.1:9/","authorization_endpoint":"http://127.0.0.1:9/a","token_endpoint":"http://localhost:9/t","userinfo_endpoint":null})")
                           .value();
    CHECK(least.userinfo_endpoint.empty());
    CHECK(least.jwks_uri.empty());
    CHECK_FALSE(least.announces_issuer);
    CHECK(least.id_token_algorithms == std::vector{jws_algorithm::rs256});
    CHECK(least.client_authentications == std::vector{client_authentication::basic});
    CHECK(least.scopes.empty());
    CHECK_FALSE(
        oauth2::parse_discovery_document(issuer_of_document, discovery_with("supported\":true", "supported\":\"true\""))
            .value()
            .announces_issuer);
}

TEST_CASE("discovery: a document of another issuer, or with an endpoint that is not safe, is refused")
{
    const std::pair<std::string, std::string> table[] = {
        {"https://op.example/realms/a\"", "https://op.example/realms/b\""},
        {"https://op.example/realms/a\"", "https://op.example/realms/a/\""},
        {"https://op.example/realms/a\"", "https://OP.example/realms/a\""},
        {"https://op.example/realms/a\"", "https://op.example:443/realms/a\""},
        {"https://op.example/realms/a\"", "http://op.example/realms/a\""},
        {"https://op.example/realms/a\"", "\""},
        {"\"https://op.example/realms/a\"", "7"},
        {"\"https://op.example/realms/a\"", "null"},
        {"\"issuer\":", "\"x_issuer\":"},
        {"\"issuer\":", "\"issuer\":\"https://op.example/realms/a\",\"issuer\":"},
        {"https://op.example/auth", "http://op.example/auth"},
        {"https://op.example/auth", "javascript:alert(1)"},
        {"https://op.example/auth", "//op.example/auth"},
        {"https://op.example/auth", "/auth"},
        {"https://op.example/auth", "https://u:p@op.example/auth"},
        {"https://op.example/auth", "https://op.example/auth#f"},
        {"https://op.example/auth", "https://op.example/a b"},
        {"https://op.example/auth", ""},
        {"\"authorization_endpoint\":", "\"x\":"},
        {"\"https://op.example/auth\"", "null"},
        {"\"https://op.example/auth\"", "[\"https://op.example/auth\"]"},
        {"https://op.example/token", "http://op.example/token"},
        {"https://op.example/token", "file:///etc/passwd"},
        {"https://op.example/token", "http://169.254.169.254/latest"},
        {"https://op.example/token", "http://127.0.0.1.evil.example/"},
        {"\"token_endpoint\":", "\"x\":"},
        {"https://op.example/userinfo", "gopher://op.example/"},
        {"https://op.example/certs", "http://op.example/certs"},
        {"https://op.example/revoke", "ftp://op.example/"},
        {"https://op.example/device", "https://"},
        {R"(["PS384","RS384","EdDSA","ES384","HS256","ES256","RS256","none"])", R"(["HS256","none"])"},
        {R"(["PS384","RS384","EdDSA","ES384","HS256","ES256","RS256","none"])", "[]"},
        {"\"x\":{\"y\":[null]}", "\"x\":{\"y\":1,\"y\":1}"},
        {"\"x\":{\"y\":[null]}", "\"x\":" + std::string(60, '[') + std::string(60, ']')},
        {"\"x\":{\"y\":[null]}", "\"x\":"},
        {discovery_document, ""},
        {discovery_document, "null"},
        {discovery_document, "[" + discovery_document + "]"},
        {discovery_document, "<html>"},
        {discovery_document, "issuer=https%3A%2F%2Fop.example%2Frealms%2Fa"},
    };
    for (const auto& [each_part, each_replacement] : table) {
        const auto& part = each_part; // clang 14 can't capture a binding
        const auto& replacement = each_replacement;
        CAPTURE(part);
        CAPTURE(replacement);
        const auto refused = oauth2::parse_discovery_document(issuer_of_document, discovery_with(part, replacement));
        REQUIRE_FALSE(refused);
        CHECK(refused.error().reason() == errc::malformed_response);
        CHECK(refused.error().hint());
    }
    CHECK(oauth2::parse_discovery_document(issuer_of_document, discovery_document + std::string(5 * 1024 * 1024, ' '))
              .error()
              .reason() == errc::response_too_large);
}

TEST_CASE("discovery: a document of any tenant names the issuer to use in its hint")
{
    for (const char* issuer : {"https://op.example/{tenantid}/v2.0", "https://op.example/{tenantid}/"}) {
        CAPTURE(issuer);
        const auto refused = oauth2::parse_discovery_document(
            issuer_of_document, discovery_with("\"https://op.example/realms/a\"", '"' + std::string(issuer) + '"'));
        REQUIRE_FALSE(refused);
        CHECK(refused.error().reason() == errc::malformed_response);
        CHECK(refused.error().hint().value_or("").find("the tenant's own issuer URL") != std::string::npos);
        CHECK(refused.error().hint().value_or("").find("GUID") != std::string::npos);
    }
    const auto other = oauth2::parse_discovery_document("https://op.example/realms/b", discovery_document);
    CHECK(other.error().hint().value_or("").find("GUID") == std::string::npos);
}

TEST_CASE("discovery: where the documents of an issuer are, and which texts are no issuer")
{
    CHECK(oauth2::openid_configuration_url("https://h").value() == "https://h/.well-known/openid-configuration");
    CHECK(oauth2::openid_configuration_url("https://h/").value() == "https://h/.well-known/openid-configuration");
    CHECK(oauth2::openid_configuration_url("https://h:8443/a/b").value() ==
          "https://h:8443/a/b/.well-known/openid-configuration");
    CHECK(oauth2::authorization_server_metadata_url("https://h").value() ==
          "https://h/.well-known/oauth-authorization-server");
    CHECK(oauth2::authorization_server_metadata_url("https://h/").value() ==
          "https://h/.well-known/oauth-authorization-server");
    CHECK(oauth2::authorization_server_metadata_url("https://h:8443/a/b").value() ==
          "https://h:8443/.well-known/oauth-authorization-server/a/b");
    for (const char* bad :
        {"", "h", "http://h", "https://h?x", "https://h#x", "https://u@h", "https://h ", "ftp://h"}) {
        CAPTURE(bad);
        CHECK(oauth2::openid_configuration_url(bad).error().reason() == errc::invalid_argument);
        CHECK(oauth2::authorization_server_metadata_url(bad).error().reason() == errc::invalid_argument);
        CHECK(oauth2::parse_discovery_document(bad, discovery_document).error().reason() == errc::invalid_argument);
    }
}
