#include "sandbox/x/routes.hpp"

#include <coauth/text/percent_encoding.hpp>

#include <algorithm>
#include <array>

namespace coauth::sandbox {

namespace {

// Per user and per app, as the provider documents them (2026); a day's limits last.
using limit = route_limit;

constexpr route of_oauth2(face played, endpoint id, std::string_view methods, std::string_view pattern)
{
    return route{id, family::oauth2, caller::anyone, false, methods, pattern, {}, 1, played};
}

constexpr std::array table = {
    route{endpoint::index, family::page, caller::anyone, false, "GET", "/", {}},
    route{endpoint::avatar, family::page, caller::anyone, false, "GET", "/profile_images/:id/:file", {}},

    route{endpoint::request_token, family::oauth, caller::app, false, "POST", "/oauth/request_token", {}},
    route{endpoint::authorize, family::page, caller::anyone, false, "GET POST", "/oauth/authorize", {}},
    route{endpoint::authenticate, family::page, caller::anyone, false, "GET POST", "/oauth/authenticate", {}},
    route{endpoint::access_token, family::oauth, caller::login, false, "POST", "/oauth/access_token", {}},
    route{
        endpoint::invalidate_token, family::v1_1, caller::user, false, "POST", "/1.1/oauth/invalidate_token.json", {}},
    route{endpoint::bearer_token, family::oauth, caller::app_basic, false, "POST", "/oauth2/token", {}},

    route{endpoint::v1_1_users_show, family::v1_1, caller::app_or_user, false, "GET", "/1.1/users/show.json",
        limit(900, 900)},
    route{endpoint::v1_1_users_lookup, family::v1_1, caller::app_or_user, false, "GET POST", "/1.1/users/lookup.json",
        limit(900, 300)},
    route{endpoint::v1_1_verify_credentials, family::v1_1, caller::user, false, "GET",
        "/1.1/account/verify_credentials.json", limit(75, 0)},
    route{endpoint::v1_1_user_timeline, family::v1_1, caller::app_or_user, false, "GET",
        "/1.1/statuses/user_timeline.json", limit(900, 1500)},
    route{endpoint::v1_1_mentions_timeline, family::v1_1, caller::user, false, "GET",
        "/1.1/statuses/mentions_timeline.json", limit(75, 0)},
    route{endpoint::v1_1_update, family::v1_1, caller::user, true, "POST", "/1.1/statuses/update.json", limit(300, 0),
        12},
    route{endpoint::v1_1_destroy, family::v1_1, caller::user, true, "POST", "/1.1/statuses/destroy/:id.json", {}},
    route{endpoint::v1_1_followers_list, family::v1_1, caller::app_or_user, false, "GET", "/1.1/followers/list.json",
        limit(15, 15)},

    route{endpoint::v2_me, family::v2, caller::user, false, "GET", "/2/users/me", limit(75, 0)},
    route{
        endpoint::v2_users_by_usernames, family::v2, caller::app_or_user, false, "GET", "/2/users/by", limit(900, 300)},
    route{endpoint::v2_user_by_username, family::v2, caller::app_or_user, false, "GET",
        "/2/users/by/username/:username", limit(900, 300)},
    route{endpoint::v2_users_by_ids, family::v2, caller::app_or_user, false, "GET", "/2/users", limit(900, 300)},
    route{endpoint::v2_user_by_id, family::v2, caller::app_or_user, false, "GET", "/2/users/:id", limit(900, 300)},
    route{endpoint::v2_user_tweets, family::v2, caller::app_or_user, false, "GET", "/2/users/:id/tweets",
        limit(900, 10'000)},
    route{endpoint::v2_user_mentions, family::v2, caller::app_or_user, false, "GET", "/2/users/:id/mentions",
        limit(300, 450)},
    route{endpoint::v2_user_followers, family::v2, caller::app_or_user, false, "GET", "/2/users/:id/followers",
        limit(300, 300)},
    route{endpoint::v2_post_tweet, family::v2, caller::user, true, "POST", "/2/tweets", limit(100, 0, 0, 10'000)},
    route{endpoint::v2_delete_tweet, family::v2, caller::user, true, "DELETE", "/2/tweets/:id", limit(50, 0)},

    of_oauth2(face::x, endpoint::oauth2_authorize, "GET POST", "/i/oauth2/authorize"),
    of_oauth2(face::x, endpoint::oauth2_token, "POST", "/2/oauth2/token"),
    of_oauth2(face::x, endpoint::oauth2_revoke, "POST", "/2/oauth2/revoke"),

    of_oauth2(face::google, endpoint::oauth2_discovery, "GET", "/google/.well-known/openid-configuration"),
    of_oauth2(face::google, endpoint::oauth2_authorize, "GET POST", "/google/o/oauth2/v2/auth"),
    of_oauth2(face::google, endpoint::oauth2_token, "POST", "/google/token"),
    of_oauth2(face::google, endpoint::oauth2_userinfo, "GET POST", "/google/v1/userinfo"),
    of_oauth2(face::google, endpoint::oauth2_keys, "GET", "/google/oauth2/v3/certs"),
    of_oauth2(face::google, endpoint::oauth2_revoke, "POST", "/google/revoke"),
    of_oauth2(face::google, endpoint::oauth2_device_authorization, "POST", "/google/device/code"),
    of_oauth2(face::google, endpoint::oauth2_device_page, "GET POST", "/google/device"),

    of_oauth2(face::github, endpoint::oauth2_authorize, "GET POST", "/github/login/oauth/authorize"),
    of_oauth2(face::github, endpoint::oauth2_token, "POST", "/github/login/oauth/access_token"),
    of_oauth2(face::github, endpoint::oauth2_device_authorization, "POST", "/github/login/device/code"),
    of_oauth2(face::github, endpoint::oauth2_device_page, "GET POST", "/github/login/device"),
    of_oauth2(face::github, endpoint::github_user, "GET", "/github/api/user"),
    of_oauth2(face::github, endpoint::github_emails, "GET", "/github/api/user/emails"),
    of_oauth2(face::github, endpoint::github_revoke, "DELETE", "/github/api/applications/:id/token"),

    of_oauth2(face::facebook, endpoint::oauth2_authorize, "GET POST", "/facebook/:version/dialog/oauth"),
    of_oauth2(face::facebook, endpoint::oauth2_token, "GET POST", "/facebook/graph/:version/oauth/access_token"),
    of_oauth2(face::facebook, endpoint::facebook_me, "GET", "/facebook/graph/:version/me"),
    of_oauth2(face::facebook, endpoint::facebook_revoke, "DELETE", "/facebook/graph/:version/me/permissions"),

    of_oauth2(face::oidc, endpoint::oauth2_discovery, "GET", "/oidc/.well-known/openid-configuration"),
    of_oauth2(face::oidc, endpoint::oauth2_discovery, "GET", "/.well-known/oauth-authorization-server/oidc"),
    of_oauth2(face::oidc, endpoint::oauth2_authorize, "GET POST", "/oidc/authorize"),
    of_oauth2(face::oidc, endpoint::oauth2_token, "POST", "/oidc/token"),
    of_oauth2(face::oidc, endpoint::oauth2_userinfo, "GET POST", "/oidc/userinfo"),
    of_oauth2(face::oidc, endpoint::oauth2_keys, "GET", "/oidc/jwks"),
    of_oauth2(face::oidc, endpoint::oauth2_revoke, "POST", "/oidc/revoke"),
    of_oauth2(face::oidc, endpoint::oauth2_device_authorization, "POST", "/oidc/device_authorization"),
    of_oauth2(face::oidc, endpoint::oauth2_device_page, "GET POST", "/oidc/device"),
};

// Takes the next segment off `path`, which begins with its slash.
std::string_view take_segment(std::string_view& path)
{
    path.remove_prefix(1);
    const auto end = std::min(path.find('/'), path.size());
    const auto segment = path.substr(0, end);
    path.remove_prefix(end);
    return segment;
}

bool is_placeholder(std::string_view segment)
{
    return segment.starts_with(':');
}

std::optional<std::vector<std::string>> match(std::string_view pattern, std::string_view path)
{
    constexpr std::string_view json_suffix = ".json";
    std::vector<std::string> values;
    while (!pattern.empty() && !path.empty()) {
        const auto expected = take_segment(pattern);
        auto segment = take_segment(path);
        if (!is_placeholder(expected)) {
            if (segment != expected)
                return std::nullopt;
            continue;
        }
        if (expected.ends_with(json_suffix)) {
            if (!segment.ends_with(json_suffix))
                return std::nullopt;
            segment.remove_suffix(json_suffix.size());
        }
        auto value = text::percent_decode(segment);
        if (!value || value->empty())
            return std::nullopt;
        values.push_back(std::move(*value));
    }
    if (!pattern.empty() || !path.empty())
        return std::nullopt;
    return values;
}

// A pattern with all placeholders called alike and without `.json`.
std::string canonical_name(std::string_view name)
{
    std::string out;
    while (!name.empty()) {
        auto segment = take_segment(name);
        if (name.empty() && segment.ends_with(".json"))
            segment.remove_suffix(5);
        out += '/';
        out += is_placeholder(segment) ? ":" : segment;
    }
    return out;
}

} // namespace

std::span<const route> all_routes()
{
    return table;
}

route_match find_route(std::string_view path)
{
    route_match found;
    if (!path.starts_with('/'))
        return found;
    for (const auto& candidate : table) {
        if (auto values = match(candidate.pattern, path)) {
            found.matched = &candidate;
            found.values = std::move(*values);
            break;
        }
    }
    return found;
}

const route* route_named(std::string_view name)
{
    if (!name.starts_with('/'))
        return nullptr;
    const auto wanted = canonical_name(name);
    const auto* found =
        std::find_if(table.begin(), table.end(), [&](const route& r) { return canonical_name(r.pattern) == wanted; });
    return found == table.end() ? nullptr : found;
}

std::string_view methods_in(const route& r, mode m) noexcept
{
    const bool is_leg = r.id == endpoint::request_token || r.id == endpoint::access_token;
    return is_leg && m == mode::x ? "GET POST" : r.methods;
}

bool allows(const route& r, std::string_view method, mode m) noexcept
{
    auto methods = methods_in(r, m);
    while (!methods.empty()) {
        const auto end = std::min(methods.find(' '), methods.size());
        if (methods.substr(0, end) == method)
            return true;
        methods.remove_prefix(std::min(end + 1, methods.size()));
    }
    return false;
}

std::string_view nearest_route(std::string_view path)
{
    std::string tidy;
    for (const char c : path)
        if (c != '/' || !tidy.ends_with('/'))
            tidy += c;
    if (tidy.size() > 1 && tidy.ends_with('/'))
        tidy.pop_back();
    const bool has_suffix = tidy.ends_with(".json");
    for (const auto& tried : {tidy, has_suffix ? tidy.substr(0, tidy.size() - 5) : tidy + ".json"})
        if (const auto found = find_route(tried); found.matched)
            return found.matched->pattern;
    return {};
}

} // namespace coauth::sandbox
