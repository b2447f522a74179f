// An OAuth 1.0a provider that is not X, shaped like OpenStreetMap, against a transport that a test scripts.
#pragma once

#include "unit/twitter/fake_provider.hpp"

#include <coauth/providers/oauth1_provider.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

namespace coauth::providers::testing {

using twitter::testing::fake_clock;
using twitter::testing::fake_transport;
using twitter::testing::oauth;
using twitter::testing::run;

inline oauth1_rules osm_rules()
{
    oauth1_rules rules("osm");
    rules.request_token_url = "https://login.example/oauth/request_token?scope=read";
    rules.authorize_url = "https://login.example/oauth/authorize";
    rules.access_token_url = "https://login.example/oauth/access_token";
    rules.user_url = "https://api.example/me";
    rules.read_user = [](std::string_view body) {
        if (body.starts_with("odd"))
            throw 7;
        profile user;
        user.id = body.substr(0, body.find(' '));
        user.name = body.substr(std::min(body.find(' '), body.size()));
        return user;
    };
    return rules;
}

struct osm_fixture {
    std::shared_ptr<login_provider> make(oauth1_rules rules = osm_rules())
    {
        return oauth1_provider(wire, oauth1::consumer("key", secret("consumer-canary")), std::move(rules), time);
    }
    void answer_leg_1()
    {
        wire->respond(200, "oauth_token=lt&oauth_token_secret=login-canary&oauth_callback_confirmed=true");
    }
    void answer_leg_3() { wire->respond(200, "oauth_token=at&oauth_token_secret=token-canary"); }

    begun_login begin(const std::shared_ptr<login_provider>& provider)
    {
        answer_leg_1();
        return run(provider->begin("https://app.example/callback", login_request())).value();
    }

    std::shared_ptr<fake_clock> time = std::make_shared<fake_clock>();
    std::shared_ptr<fake_transport> wire = std::make_shared<fake_transport>();
};

} // namespace coauth::providers::testing
