#include "sandbox/x/oauth2_access.hpp"

#include "sandbox/oauth2/parameters.hpp"
#include "sandbox/x/error_bodies.hpp"

#include <utility>

namespace coauth::sandbox {

namespace {

// As the provider documents them.
std::string_view scopes_for(endpoint called)
{
    switch (called) {
    case endpoint::v2_post_tweet:
    case endpoint::v2_delete_tweet:
        return "tweet.read tweet.write users.read";
    case endpoint::v2_user_followers:
        return "tweet.read users.read follows.read";
    default:
        return "tweet.read users.read";
    }
}

admission refused_token(server::response response, std::string_view reason, std::string explanation)
{
    admission a;
    a.refusal = std::move(response);
    a.refused = reason;
    a.explanation = std::move(explanation);
    return a;
}

} // namespace

admission admit_oauth2_token(call& c, std::string_view token, const world& known, const grants& issued)
{
    c.token = token;
    std::string reason;
    const auto* found = issued.find_access_token(token, face::x, c.now, reason);
    if (!found)
        return refused_token(refuse(c.matched->kind, 89), "unknown_token", std::move(reason));
    c.consumer_key = found->user.consumer_key;
    c.user_id = found->user.user;
    if (c.matched->kind != family::v2)
        return refused_token(refuse(c.matched->kind, 89), "wrong_api", "an OAuth 2 token is for API 2 only");
    if (const auto user = known.user_by_id(found->user.user); user && user->suspended)
        return refused_token(refuse(c.matched->kind, 64), "suspended", "the token's user is suspended");
    for (const auto& scope : split_words(scopes_for(c.matched->id)))
        if (!has_word(found->scope, scope))
            return refused_token(
                v2_problem(403, "Forbidden", "The token lacks a scope that this endpoint needs.", "about:blank"),
                "missing_scope", "this call needs the scope " + scope + ", which the login did not ask for");
    c.user = &found->user;
    return {};
}

} // namespace coauth::sandbox
