#include <coauth/oauth2/device.hpp>
#include <coauth/oauth2/revocation.hpp>

#include <doctest/doctest.h>

#include <string>
#include <utility>

namespace oauth2 = coauth::oauth2;
using coauth::errc;
using coauth::secret;
using std::chrono::seconds;

namespace {

// RFC 8628, section 3.2.
const std::string device_example =
    R"({"device_code":"GmRhmhcxhwAzkoEqiMEg_DnyEysNkuNhszIySk9eS","user_code":"WDJB-MJHT","verification_uri":"https://example.com/device",)"
    R"("verification_uri_complete":"https://example.com/device?user_code=WDJB-MJHT","expires_in":1800,"interval":5})";

std::string device_example_with(const std::string& part, const std::string& replacement)
{
    std::string out = device_example;
    REQUIRE(out.find(part) != std::string::npos);
    return out.replace(out.find(part), part.size(), replacement);
}

coauth::result<oauth2::token_response> polled(const std::string& body, int status = 400)
{
    return oauth2::parse_token_response(oauth2::request_kind::device_token, status, body);
}

const std::string pending = R"({"error":"authorization_pending"})";
const std::string slow_down = R"({"error":"slow_down"})";

} // namespace

TEST_CASE("device: the example of RFC 8628 is read, and Google's and GitHub's spellings")
{
    const auto prompt = oauth2::parse_device_authorization(200, device_example).value();
    CHECK(prompt.device_code.matches("GmRhmhcxhwAzkoEqiMEg_DnyEysNkuNhszIySk9eS"));
    CHECK(prompt.user_code == "WDJB-MJHT");
    CHECK(prompt.verification_uri == "https://example.com/device");
    CHECK(prompt.verification_uri_complete == "https://example.com/device?user_code=WDJB-MJHT");
    CHECK(prompt.expires_in == seconds(1800));
    CHECK(prompt.interval == seconds(5));
    const auto google = oauth2::parse_device_authorization(200,
        R"({"device_code":"d","user_code":"GQVQ-JKEC","verification_url":"https://www.google.com/device","expires_in":1800})")
                            .value();
    CHECK(google.verification_uri == "https://www.google.com/device");
    CHECK(google.verification_uri_complete.empty());
    CHECK(google.interval == seconds(5));
    const auto github =
        oauth2::parse_device_authorization(200, "device_code=d&expires_in=900&interval=5&user_code=WDJB-MJHT&"
                                                "verification_uri=https%3A%2F%2Fgithub.com%2Flogin%2Fdevice")
            .value();
    CHECK(github.verification_uri == "https://github.com/login/device");
    CHECK(github.expires_in == seconds(900));
    CHECK(oauth2::parse_device_authorization(200, device_example_with("\"interval\":5", "\"interval\":0"))
              .value()
              .interval == seconds(1));
    CHECK(oauth2::parse_device_authorization(
        200, device_example_with("https://example.com/device\"", "http://127.0.0.1:8/d\""))
              .has_value());
}

TEST_CASE("device: a prompt that cannot be shown or followed safely is refused")
{
    const std::pair<std::string, std::string> table[] = {
        {"\"device_code\":", "\"x\":"},
        {"GmRhmhcxhwAzkoEqiMEg_DnyEysNkuNhszIySk9eS", ""},
        {"GmRhmhcxhwAzkoEqiMEg_DnyEysNkuNhszIySk9eS", "a b"},
        {"\"GmRhmhcxhwAzkoEqiMEg_DnyEysNkuNhszIySk9eS\"", "7"},
        {"\"user_code\":", "\"x\":"},
        {"\"WDJB-MJHT\",", "\"\","},
        {"\"WDJB-MJHT\",", "\"WDJB\\u001b[2J\","},
        {"\"WDJB-MJHT\",", "\"WDJB\\nMJHT\","},
        {"\"WDJB-MJHT\",", "\" WDJB\","},
        {"\"WDJB-MJHT\",", "\"caf\\u00e9\","},
        {"\"WDJB-MJHT\",", "7,"},
        {"\"WDJB-MJHT\",", '"' + std::string(65, 'A') + "\","},
        {"\"verification_uri\":", "\"x\":"},
        {"https://example.com/device\"", "\""},
        {"https://example.com/device\"", "http://example.com/device\""},
        {"https://example.com/device\"", "javascript:alert(1)\""},
        {"https://example.com/device\"", "https://u@example.com/\""},
        {"https://example.com/device?", "http://example.com/device?"},
        {"https://example.com/device?", "file:///device?"},
        {"\"expires_in\":1800,", ""},
        {"1800", "0"},
        {"1800", "-1"},
        {"1800", "1e30"},
        {"1800", "\"soon\""},
        {"\"interval\":5", "\"interval\":-5"},
        {"\"interval\":5", "\"interval\":1e30"},
        {"\"interval\":5", "\"interval\":5,\"interval\":5"},
        {device_example, "<html>"},
        {device_example, ""},
        {device_example, "[]"},
    };
    for (const auto& [each_part, each_replacement] : table) {
        const auto& part = each_part; // clang 14 can't capture a binding
        const auto& replacement = each_replacement;
        CAPTURE(part);
        CAPTURE(replacement);
        const auto refused = oauth2::parse_device_authorization(200, device_example_with(part, replacement));
        REQUIRE_FALSE(refused);
        CHECK(refused.error().reason() == errc::malformed_response);
    }
    CHECK(oauth2::parse_device_authorization(302, "").error().reason() == errc::unexpected_redirect);
    CHECK(oauth2::parse_device_authorization(400, R"({"error":"invalid_scope"})").error().reason() ==
          errc::invalid_scope);
    CHECK(oauth2::parse_device_authorization(401, R"({"error":"invalid_client"})").error().reason() ==
          errc::invalid_credentials);
    CHECK(oauth2::parse_device_authorization(200, "error=device_flow_disabled").error().provider_error() ==
          "device_flow_disabled");
    const oauth2::app client("id");
    CHECK(oauth2::device_authorization_request(client, "a b").body.reveal() == "scope=a%20b&client_id=id");
    CHECK(oauth2::device_authorization_request(client).body.reveal() == "client_id=id");
}

TEST_CASE("device polling: it asks again while the user decides, and more slowly for good when told to")
{
    oauth2::device_polling polling(seconds(5), seconds(1800));
    CHECK(polling.interval() == seconds(5));
    const auto go_on = [&](const coauth::result<oauth2::token_response>& response, int elapsed) {
        const auto judged = polling.take(response, seconds(elapsed));
        REQUIRE(judged);
        CHECK_FALSE(judged->has_value());
    };
    go_on(polled(pending), 5);
    CHECK(polling.interval() == seconds(5));
    go_on(polled(slow_down), 10);
    CHECK(polling.interval() == seconds(10));
    go_on(polled(pending), 20);
    CHECK(polling.interval() == seconds(10));
    go_on(polled(slow_down), 30);
    CHECK(polling.interval() == seconds(15));
    go_on(polled("error=authorization_pending", 200), 45); // GitHub
    go_on(coauth::error(errc::timeout), 60);
    CHECK(polling.interval() == seconds(30));
    go_on(coauth::error(errc::connection_lost), 90);
    go_on(polled("", 503), 120);
    CHECK(polling.interval() == seconds(60));
    go_on(polled(slow_down), 180);
    CHECK(polling.interval() == seconds(65));
    go_on(coauth::error(errc::timeout), 240);
    CHECK(polling.interval() == seconds(65));

    const auto done = polling.take(polled(R"({"access_token":"t","token_type":"bearer"})", 200), seconds(300));
    REQUIRE(done);
    REQUIRE(done->has_value());
    CHECK((*done)->access_token.matches("t"));
    CHECK(oauth2::device_polling(seconds(0), seconds(60)).interval() == seconds(1));
    CHECK(oauth2::device_polling(seconds(-9), seconds(60)).interval() == seconds(1));
}

TEST_CASE("device polling: it ends with what the provider decided, or when the code has expired")
{
    const std::pair<std::string, errc> table[] = {
        {R"({"error":"access_denied"})", errc::denied},
        {R"({"error":"expired_token"})", errc::expired},
        {R"({"error":"invalid_grant"})", errc::invalid_verifier},
        {R"({"error":"invalid_client"})", errc::invalid_credentials},
        {R"({"error":"unsupported_grant_type"})", errc::provider_error},
        {R"({"error":"Authorization_Pending"})", errc::provider_error},
        {"{}", errc::malformed_response},
        {"<html>", errc::malformed_response},
    };
    for (const auto& [each_body, expected] : table) {
        const auto& body = each_body; // clang 14 can't capture a binding
        CAPTURE(body);
        oauth2::device_polling polling(seconds(5), seconds(1800));
        const auto judged = polling.take(polled(body), seconds(5));
        REQUIRE_FALSE(judged);
        CHECK(judged.error().reason() == expected);
    }
    oauth2::device_polling polling(seconds(5), seconds(60));
    CHECK(polling.take(polled(pending), seconds(54)).has_value());
    CHECK(polling.take(polled(pending), seconds(55)).error().reason() == errc::expired);
    CHECK(polling.take(polled(slow_down), seconds(50)).error().reason() == errc::expired);
    CHECK(polling.take(coauth::error(errc::timeout), seconds(59)).error().reason() == errc::expired);
    CHECK(polling.take(polled(R"({"access_token":"t","token_type":"bearer"})", 200), seconds(59)).has_value());
    CHECK(polling.take(coauth::error(errc::cancelled), seconds(1)).error().reason() == errc::cancelled);
}

TEST_CASE("revocation: what is not known any more is revoked, and a refusal is typed")
{
    CHECK(oauth2::parse_revocation_response(200, ""));
    CHECK(oauth2::parse_revocation_response(200, "<html>anything</html>"));
    CHECK(oauth2::parse_revocation_response(204, ""));
    CHECK(oauth2::parse_revocation_response(200, R"({"revoked":true})")); // X
    CHECK(oauth2::parse_revocation_response(
        400, R"({"error":"invalid_token","error_description":"Token expired or revoked"})"));
    struct row {
        int status;
        const char* body;
        errc expected;
    };
    const row table[] = {
        {401, R"({"error":"invalid_client"})", errc::invalid_credentials},
        {400, R"({"error":"unsupported_token_type"})", errc::provider_error},
        {400, R"({"error":"invalid_request"})", errc::provider_error},
        {503, "", errc::provider_unavailable},
        {500, R"({"error":"invalid_token"})", errc::provider_unavailable},
        {429, "", errc::rate_limited},
        {302, "", errc::unexpected_redirect},
        {400, "", errc::malformed_response},
        {404, "<html>", errc::malformed_response},
        {400, R"({"access_token":"t"})", errc::malformed_response},
        {400, R"({"error":""})", errc::malformed_response},
    };
    for (const row& r : table) {
        CAPTURE(r.body);
        const auto refused = oauth2::parse_revocation_response(r.status, r.body);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().reason() == r.expected);
    }
    const secret sent[] = {secret("canary-token")};
    const auto shown = oauth2::parse_revocation_response(
        400, R"({"error":"invalid_request","error_description":"canary-token is not a token"})", sent);
    CHECK(std::string(shown.error().what()).find("canary") == std::string::npos);
}
