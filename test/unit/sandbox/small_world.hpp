// A seed with the cases that matter, and tokens for its users.
#pragma once

#include "signing_client.hpp"

namespace sandbox_test {

inline const std::string id_of_2 = std::to_string(sandbox::made_up_users::id_of(2));

/// ada, bob who is suspended, cyd who is protected and followed by dan.
inline sandbox::options seeded()
{
    sandbox::options o;
    o.seed = R"({"users":[{"id":"11","username":"ada","name":"Ada","picture":"https://p.example/a_normal.png"},
                          {"id":"12","username":"bob","suspended":true},
                          {"id":"13","username":"cyd","protected":true},
                          {"id":"14","username":"dan"}],
                 "access_tokens":[{"token":"11-a","secret":"s","user_id":"11"},{"token":"12-b","secret":"s","user_id":"12"},
                                  {"token":"13-c","secret":"s","user_id":"13"},{"token":"14-d","secret":"s","user_id":"14"}],
                 "bearer_tokens":[{"token":"bear"}],
                 "tweets":[{"id":"101","user_id":"13","text":"quiet"},{"id":"102","user_id":"14","text":"@ada hello"}],
                 "follows":[["14","13"]]})";
    return o;
}

inline oauth1::access_token token_of(const char* token)
{
    return oauth1::access_token(token, coauth::secret("s"));
}

inline server::response get_bearer(signing_client& client, std::string target, std::string bearer = "bear")
{
    auto r = client.bare("GET", std::move(target));
    r.headers.add("Authorization", "Bearer " + bearer);
    return client.send(r);
}

} // namespace sandbox_test
