// GitHub and Facebook, against a transport that a test scripts by path.
#pragma once

#include "unit/providers/openid_fixture.hpp"

#include <coauth/providers/facebook.hpp>
#include <coauth/providers/github.hpp>

#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace coauth::providers::testing {

inline constexpr const char* github_token = "https://github.com/login/oauth/access_token";
inline constexpr const char* github_user = "https://api.github.com/user";
inline constexpr const char* github_emails = "https://api.github.com/user/emails";
inline constexpr const char* github_deletion = "https://api.github.com/applications/app-1/token";
inline constexpr const char* graph_token = "https://graph.facebook.com/v25.0/oauth/access_token";
inline constexpr const char* graph_me = "https://graph.facebook.com/v25.0/me";
inline constexpr const char* graph_permissions = "https://graph.facebook.com/v25.0/me/permissions";

// Of the two providers whose secret the tests know.
struct social_fixture {
    std::shared_ptr<login_provider> github(oauth2::app app = oauth2::app("app-1", secret("coauth-app-secret")))
    {
        return providers::github(wire, std::move(app), providers::github_options(), time);
    }
    std::shared_ptr<login_provider> facebook(oauth2::app app = oauth2::app("app-1", secret("coauth-app-secret")))
    {
        return providers::facebook(wire, std::move(app), providers::facebook_options(), time);
    }

    result<finished_login> sign_in(const std::shared_ptr<login_provider>& provider)
    {
        begun = run(provider->begin(app_callback, login_request())).value();
        return run(provider->finish(*begun, app_callback, "code=code-canary&state=" + begun->key));
    }

    void github_responds(const std::string& user, int status, const std::string& emails)
    {
        for (const char* address : {github_token, github_user, github_emails})
            wire->forget(address);
        wire->respond(github_token, 200, "access_token=gho_canary&scope=read%3Auser%2Cuser%3Aemail&token_type=bearer");
        wire->respond(github_user, 200, user);
        wire->respond(github_emails, status, emails);
    }
    void facebook_responds(const std::string& user)
    {
        wire->forget(graph_me);
        wire->respond(
            graph_token, 200, R"({"access_token":"EAAcoauthtoken","token_type":"bearer","expires_in":5183976})");
        wire->respond(graph_me, 200, user);
    }

    std::shared_ptr<fake_clock> time = std::make_shared<fake_clock>();
    std::shared_ptr<addressed_transport> wire = std::make_shared<addressed_transport>();
    std::optional<begun_login> begun;
};

inline const std::string github_ada =
    R"({"id":583231,"login":"ada","name":null,"avatar_url":"https://avatars.example/1","email":"shown@example.org","bio":"b","blog":"https://ada.example"})";
inline const std::string proof_vector = "d03a2295da58410e3580ef53f0dd3b3a03381eba6eb2aa85f67146da170f33b8";

} // namespace coauth::providers::testing
