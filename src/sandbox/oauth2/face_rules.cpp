#include "sandbox/oauth2/face_rules.hpp"

#include <algorithm>
#include <array>

namespace coauth::sandbox {

namespace {

constexpr auto x_scopes =
    std::to_array<std::string_view>({"tweet.read", "tweet.write", "tweet.moderate.write", "users.read", "users.email",
        "follows.read", "follows.write", "offline.access", "space.read", "mute.read", "mute.write", "like.read",
        "like.write", "list.read", "list.write", "block.read", "block.write", "bookmark.read", "bookmark.write",
        "dm.read", "dm.write", "media.write", "timeline.read", "community.read", "spaces.read", "ads.read"});
constexpr auto google_scopes = std::to_array<std::string_view>(
    {"openid", "email", "profile", "https://www.googleapis.com/*", "https://mail.google.com/", "phone"});
constexpr auto github_scopes = std::to_array<std::string_view>({"user", "read:*", "write:*", "admin:*", "user:*",
    "repo", "repo:*", "repo_*", "public_repo", "gist", "notifications", "workflow"});
constexpr auto facebook_scopes =
    std::to_array<std::string_view>({"public_profile", "email", "user_*", "pages_*", "openid"});
constexpr auto openid_scopes =
    std::to_array<std::string_view>({"openid", "profile", "email", "phone", "address", "offline_access"});

constexpr face_rules x_rules()
{
    face_rules r;
    r.played = face::x;
    r.name = "X";
    r.prefix = "";
    r.code_lifetime = std::chrono::seconds(30);
    r.token_lifetime = std::chrono::seconds(7200);
    r.token_type = "bearer";
    r.refresh = refresh_rule::offline_scope;
    r.rotates = true;
    r.takes_post = false;
    r.client_id_in_body = true;
    r.default_scope = "tweet.read users.read";
    r.scopes = x_scopes;
    r.longest_state = 500;
    return r;
}

constexpr face_rules google_rules()
{
    face_rules r;
    r.played = face::google;
    r.name = "Google";
    r.prefix = "/google";
    r.token_lifetime = std::chrono::seconds(3599);
    r.token_prefix = "ya29.";
    r.refresh = refresh_rule::offline_access;
    r.openid = true;
    r.default_scope = "openid";
    r.scopes = google_scopes;
    r.device_lifetime = std::chrono::seconds(1800);
    r.device_page = "/google/device";
    return r;
}

constexpr face_rules github_rules()
{
    face_rules r;
    r.played = face::github;
    r.name = "GitHub";
    r.prefix = "/github";
    r.token_lifetime = std::chrono::seconds(0);
    r.token_prefix = "gho_";
    r.token_type = "bearer";
    r.redirect_uri_again = false;
    r.names_response_type = false;
    r.granted_separator = ",";
    r.asked_separators = " ,";
    r.scopes = github_scopes;
    r.device_lifetime = std::chrono::seconds(900);
    r.device_page = "/github/login/device";
    return r;
}

constexpr face_rules facebook_rules()
{
    face_rules r;
    r.played = face::facebook;
    r.name = "Facebook";
    r.prefix = "/facebook";
    r.token_lifetime = std::chrono::seconds(5183976);
    r.token_prefix = "EAA";
    r.token_type = "bearer";
    r.takes_basic = false;
    r.names_response_type = false;
    r.granted_separator = ",";
    r.asked_separators = " ,";
    r.default_scope = "public_profile";
    r.scopes = facebook_scopes;
    return r;
}

constexpr face_rules oidc_rules()
{
    face_rules r;
    r.played = face::oidc;
    r.name = "OpenID provider";
    r.prefix = "/oidc";
    r.refresh = refresh_rule::always;
    r.rotates = true;
    r.openid = true;
    r.default_scope = "openid";
    r.scopes = openid_scopes;
    r.device_lifetime = std::chrono::seconds(600);
    r.device_page = "/oidc/device";
    return r;
}

constexpr std::array all_faces = {x_rules(), google_rules(), github_rules(), facebook_rules(), oidc_rules()};

} // namespace

const face_rules& rules_of(face played)
{
    return *std::find_if(
        all_faces.begin(), all_faces.end() - 1, [&](const face_rules& r) { return r.played == played; });
}

bool knows_scope(const face_rules& rules, std::string_view scope)
{
    return std::any_of(rules.scopes.begin(), rules.scopes.end(), [&](std::string_view known) {
        return known.ends_with('*')
                   ? scope.starts_with(known.substr(0, known.size() - 1)) && scope.size() >= known.size()
                   : scope == known;
    });
}

} // namespace coauth::sandbox
