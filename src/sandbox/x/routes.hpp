// Every call the sandbox knows, as data: path, methods, who may call it, and how often.
#pragma once

#include <coauth/sandbox/provider.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace coauth::sandbox {

/// Decides the shape of errors.
enum class family {
    oauth, ///< The legs, and what belongs to them.
    page,  ///< What a user's browser sees.
    v1_1,
    v2,
    oauth2, ///< As its provider has them; admitted by the provider's own rules, and not by the gatekeeper.
};

/// The providers of OAuth 2 that the sandbox plays.
enum class face : std::uint8_t {
    none, ///< OAuth 1.0a, and X's API.
    x,
    google,
    github,
    facebook,
    oidc,
};

/// Who must have signed.
enum class caller {
    anyone,      ///< Nothing is checked.
    app_basic,   ///< The consumer's key and secret as HTTP Basic.
    app,         ///< Leg 1: the consumer, and no token.
    login,       ///< Leg 3: the consumer and a request token.
    app_or_user, ///< A bearer token, the consumer alone, or an access token.
    user,        ///< An access token.
};

enum class endpoint {
    index,
    avatar,
    request_token,
    authorize,
    authenticate,
    access_token,
    invalidate_token,
    bearer_token,
    v1_1_users_show,
    v1_1_users_lookup,
    v1_1_verify_credentials,
    v1_1_user_timeline,
    v1_1_mentions_timeline,
    v1_1_update,
    v1_1_destroy,
    v1_1_followers_list,
    v2_me,
    v2_user_by_id,
    v2_users_by_ids,
    v2_user_by_username,
    v2_users_by_usernames,
    v2_user_tweets,
    v2_user_mentions,
    v2_user_followers,
    v2_post_tweet,
    v2_delete_tweet,
    oauth2_authorize,
    oauth2_token,
    oauth2_revoke,
    oauth2_device_authorization,
    oauth2_device_page,
    oauth2_discovery,
    oauth2_keys,
    oauth2_userinfo,
    github_user,
    github_emails,
    github_revoke,
    facebook_me,
    facebook_revoke,
};

struct route {
    endpoint id;
    family kind;
    caller signed_by;
    bool writes;              ///< Needs a token that may write.
    std::string_view methods; ///< "GET POST"
    std::string_view pattern; ///< A segment that begins with `:` matches any text.
    route_limit limit;
    int windows = 1; ///< How many rate windows its own one is long.
    face played = face::none;
};

std::span<const route> all_routes();

struct route_match {
    route_match() = default;

    const route* matched = nullptr;  ///< Null: no such path.
    std::vector<std::string> values; ///< The values of the `:` segments, decoded.
};

/// `path` is encoded and has no query. Literal segments take precedence over `:` ones.
route_match find_route(std::string_view path);

/// The route that a setting names: its pattern, with any names for the `:` segments and with or
/// without `.json`. Null if there is none.
const route* route_named(std::string_view name);

/// The methods that a route takes in this mode: "GET POST". X takes GET for the legs, too.
std::string_view methods_in(const route& r, mode m) noexcept;

bool allows(const route& r, std::string_view method, mode m = mode::strict) noexcept;

/// The pattern of the route that `path` misses by slashes at its end or beside others, or by .json; or empty.
std::string_view nearest_route(std::string_view path);

} // namespace coauth::sandbox
