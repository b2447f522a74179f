#include <coauth/oauth2/stored_credential.hpp>

#include <doctest/doctest.h>

#include <string>

namespace oauth2 = coauth::oauth2;
using coauth::errc;
using coauth::secret;

TEST_CASE("stored credential: its text begins with its kind and comes back as it was")
{
    oauth2::stored_credential credential;
    credential.access_token = secret("a+/=&t");
    CHECK(oauth2::stored_text(credential).reveal() == "oauth2 token_type=bearer&access_token=a%2B%2F%3D%26t");
    credential.refresh_token = secret("r");
    credential.scope = "a b";
    const secret text = oauth2::stored_text(credential);
    CHECK(text.reveal() == "oauth2 token_type=bearer&access_token=a%2B%2F%3D%26t&refresh_token=r&scope=a%20b");
    const auto back = oauth2::parse_stored_text(text.reveal()).value();
    CHECK(back.access_token.matches("a+/=&t"));
    CHECK(back.refresh_token.matches("r"));
    CHECK(back.scope == "a b");
    credential.refresh_token = secret();
    CHECK(oauth2::parse_stored_text(oauth2::stored_text(credential).reveal()).value().refresh_token.empty());
    CHECK(oauth2::parse_stored_text(oauth2::stored_text(credential).reveal()).value().scope == "a b");
}

TEST_CASE("stored credential: any other text asks for a new login, and is not repeated")
{
    const std::string good = "oauth2 token_type=bearer&access_token=canary&refresh_token=r&scope=s";
    REQUIRE(oauth2::parse_stored_text(good));
    for (const std::string& bad : {std::string(), std::string("oauth2"), std::string("oauth2 "),
             std::string("oauth1 oauth_token=canary&oauth_token_secret=s"), good.substr(7), ' ' + good,
             "OAuth2 " + good.substr(7), good + "&x=1", good + "&scope=s", good + "\n",
             std::string("oauth2 access_token=canary"), std::string("oauth2 access_token=canary&token_type=bearer"),
             std::string("oauth2 token_type=mac&access_token=canary"),
             std::string("oauth2 token_type=bearer&access_token="),
             std::string("oauth2 token_type=bearer&access_token=canary%0a"),
             std::string("oauth2 token_type=bearer&access_token=canary&access_token=canary"),
             std::string("oauth2 token_type=bearer&access_token=canary&scope="),
             std::string("oauth2 token_type=bearer&access_token=canary&refresh_token="),
             std::string("oauth2 token_type=bearer&access_token=canary&scope=s&refresh_token=r"),
             std::string("oauth2 token_type=bearer&access_token=%zz"),
             std::string("oauth2 token_type=bearer&refresh_token=r"),
             std::string("oauth2 {\"access_token\":\"canary\"}")}) {
        CAPTURE(bad);
        const auto refused = oauth2::parse_stored_text(bad);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().reason() == errc::token_revoked);
        CHECK(std::string(refused.error().what()).find("canary") == std::string::npos);
    }
}

TEST_CASE("stored credential: what a response does not say stays as it was")
{
    oauth2::token_response response;
    response.access_token = secret("new");
    const oauth2::stored_credential kept(response, "asked for", secret("old refresh"));
    CHECK(kept.access_token.matches("new"));
    CHECK(kept.refresh_token.matches("old refresh"));
    CHECK(kept.scope == "asked for");
    response.refresh_token = secret("rotated");
    response.scope = "less";
    const oauth2::stored_credential replaced(response, "asked for", secret("old refresh"));
    CHECK(replaced.refresh_token.matches("rotated"));
    CHECK(replaced.scope == "less");
    CHECK(oauth2::stored_credential(oauth2::token_response(), "").refresh_token.empty());
}
