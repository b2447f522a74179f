// An OpenID provider at https://op.example, against a transport that a test scripts by path.
#pragma once

#include "oauth2/signing_key.hpp"
#include "unit/twitter/fake_provider.hpp"

#include <coauth/oauth2/stored_credential.hpp>
#include <coauth/providers/oauth2_provider.hpp>
#include <coauth/providers/oidc.hpp>
#include <coauth/text/form.hpp>

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace coauth::providers::testing {

using twitter::testing::fake_clock;
using twitter::testing::run;

/// Responds to each path with the responses that were given for it, the last one for good. A request to any other address fails
/// the test.
class addressed_transport final : public http::transport {
public:
    addressed_transport& respond(const std::string& address, int status, std::string body)
    {
        http::response response;
        response.status = status;
        response.body = std::move(body);
        return respond(address, std::move(response));
    }
    addressed_transport& respond(const std::string& address, http::response response)
    {
        planned_[address].emplace_back(std::move(response));
        return *this;
    }
    addressed_transport& fail(const std::string& address, error reason)
    {
        planned_[address].emplace_back(std::move(reason));
        return *this;
    }
    void forget(const std::string& address) { planned_.erase(address); }

    boost::asio::awaitable<http::response> send(http::request request) override
    {
        const std::string address = request.origin.url() + request.target.substr(0, request.target.find('?'));
        const auto planned = planned_.find(address);
        REQUIRE_MESSAGE(planned != planned_.end(), "a request to " << address);
        seen.push_back(std::move(request));
        const result<http::response> response = planned->second.front();
        if (planned->second.size() > 1)
            planned->second.pop_front();
        co_return response.value();
    }

    std::size_t count(std::string_view target) const
    {
        return static_cast<std::size_t>(std::count_if(seen.begin(), seen.end(),
            [target](const http::request& r) { return r.target.substr(0, r.target.find('?')) == target; }));
    }
    const http::request& last(std::string_view target) const
    {
        const auto found = std::find_if(
            seen.rbegin(), seen.rend(), [target](const http::request& r) { return r.target.starts_with(target); });
        REQUIRE_MESSAGE(found != seen.rend(), "no request to " << target);
        return *found;
    }

    std::vector<http::request> seen;

private:
    std::map<std::string, std::deque<result<http::response>>> planned_;
};

/// A parameter of a URL's query or of a form; empty if it is missing, and a failure if it is there twice.
inline std::string parameter(std::string_view text, std::string_view name)
{
    const text::form fields = text::parse_form(text.substr(text.find('?') + 1)).value();
    CHECK(text::count(fields, name) <= 1);
    const std::string* value = text::find(fields, name);
    return value ? *value : "";
}

inline oauth2::stored_credential tokens_of(const credential& held)
{
    return oauth2::parse_stored_text(held.text().reveal()).value();
}

inline const oauth2::signing_key& openid_key(int number = 1)
{
    static const oauth2::signing_key keys[] = {oauth2::signing_key::generate(oauth2::jws_algorithm::es256, "key-1"),
        oauth2::signing_key::generate(oauth2::jws_algorithm::es256, "key-2")};
    return keys[number - 1];
}

inline std::string openid_keys(int number = 1)
{
    return "{\"keys\":[" + openid_key(number).jwk() + "]}";
}

inline constexpr const char* op_token = "https://op.example/token";
inline constexpr const char* op_user = "https://op.example/userinfo";
inline constexpr const char* op_keys = "https://op.example/jwks";
inline constexpr const char* op_revoke = "https://op.example/revoke";
inline constexpr const char* op_device = "https://op.example/device";
inline constexpr const char* op_discovery = "https://op.example/.well-known/openid-configuration";
inline constexpr const char* app_callback = "https://app.example/callback/oidc";

/// The provider's document, with further members: `,"name":value`.
inline std::string discovery_body(const std::string& added = "", const std::string& issuer = "https://op.example")
{
    return R"({"issuer":")" + issuer +
           R"(","authorization_endpoint":"https://op.example/authorize","token_endpoint":"https://op.example/token",
"userinfo_endpoint":"https://op.example/userinfo","jwks_uri":"https://op.example/jwks",
"revocation_endpoint":"https://op.example/revoke","device_authorization_endpoint":"https://op.example/device",
"id_token_signing_alg_values_supported":["ES256"],"authorization_response_iss_parameter_supported":true,
"token_endpoint_auth_methods_supported":["client_secret_basic","client_secret_post"])" +
           added + '}';
}

struct openid_fixture {
    openid_fixture()
    {
        wire->respond(op_discovery, 200, discovery_body());
        wire->respond(op_keys, 200, openid_keys());
        wire->respond(op_user, 200, R"({"sub":"u-7","name":"Ada","email":"ada@example.org","email_verified":true})");
        wire->respond(op_revoke, 200, "");
    }

    std::shared_ptr<login_provider> make()
    {
        return oidc(
            wire, oauth2::app("app-1", secret("client-secret-canary")), "https://op.example", oidc_options(), time);
    }

    begun_login begin(login_request request = login_request())
    {
        return run(provider->begin(app_callback, std::move(request))).value();
    }

    static std::string nonce_of(const begun_login& begun) { return parameter(begun.url, "nonce"); }

    /// The claims of an ID token for this login; `part` of them is replaced.
    static std::string claims(
        const begun_login& begun, const std::string& part = "", const std::string& replacement = "")
    {
        std::string out =
            R"({"iss":"https://op.example","sub":"u-7","aud":"app-1","exp":1700000600,"iat":1699999990,"nonce":")" +
            nonce_of(begun) + "\"}";
        if (!part.empty()) {
            REQUIRE(out.find(part) != std::string::npos);
            out.replace(out.find(part), part.size(), replacement);
        }
        return out;
    }

    static std::string token_body(const std::string& id_token, const std::string& added = "")
    {
        return R"({"access_token":"access-canary","token_type":"Bearer","refresh_token":"refresh-canary","expires_in":3600,)"
               R"("id_token":")" +
               id_token + '"' + added + '}';
    }

    static std::string query(const begun_login& begun)
    {
        return "code=code-canary&state=" + begun.key + "&iss=https%3A%2F%2Fop.example";
    }

    /// Finishes a login whose token response is this.
    result<finished_login> finish(const begun_login& begun, int status, const std::string& body)
    {
        wire->forget(op_token);
        wire->respond(op_token, status, body);
        return run(provider->finish(begun, app_callback, query(begun)));
    }
    result<finished_login> sign_in()
    {
        const begun_login begun = begin();
        return finish(begun, 200, token_body(openid_key().sign(claims(begun))));
    }

    std::shared_ptr<fake_clock> time = std::make_shared<fake_clock>();
    std::shared_ptr<addressed_transport> wire = std::make_shared<addressed_transport>();
    std::shared_ptr<login_provider> provider = make();
};

} // namespace coauth::providers::testing
