#include "sandbox/github/user_api.hpp"

#include "sandbox/oauth2/bearer.hpp"
#include "sandbox/oauth2/parameters.hpp"
#include "sandbox/oauth2/responses.hpp"
#include "sandbox/x/dates.hpp"
#include "sandbox/x/error_bodies.hpp"
#include "sandbox/x/views.hpp"

#include <boost/json/array.hpp>

namespace coauth::sandbox {

namespace json = boost::json;

namespace {

server::response github_message(int status, std::string_view message)
{
    json::object body;
    set_member(body, "message", message);
    body["documentation_url"] = "https://docs.github.com/rest";
    body["status"] = std::to_string(status);
    return json_response(status, body);
}

json::object github_view(const user& subject, std::string_view base_url)
{
    json::object body;
    set_member(body, "login", subject.username);
    body["id"] = subject.id; // A number, which a client must not read as a double.
    set_member(body, "node_id", "U_" + std::to_string(subject.id));
    set_member(body, "avatar_url", absolute_url(subject.picture, base_url));
    set_member(body, "html_url", "https://github.com/" + subject.username);
    body["type"] = "User";
    body["site_admin"] = false;
    put_or_null(body, "name", subject.name);
    body["company"] = nullptr;
    set_member(body, "blog", subject.url);
    put_or_null(body, "location", subject.location);
    body["email"] = nullptr; // No user here has made it public: /user/emails has it.
    put_or_null(body, "bio", subject.description);
    body["followers"] = subject.followers_count;
    body["following"] = subject.following_count;
    body["created_at"] = iso8601(subject.created_at);
    return body;
}

json::object github_address(std::string_view email, bool primary, bool verified)
{
    json::object out;
    set_member(out, "email", email);
    out["primary"] = primary;
    out["verified"] = verified;
    if (primary)
        out["visibility"] = "private";
    else
        out["visibility"] = nullptr;
    return out;
}

// The primary one is not the first, and need not be verified.
json::array github_addresses(const user& subject)
{
    json::array list;
    list.push_back(
        github_address(std::to_string(subject.id) + '+' + subject.username + "@users.noreply.github.com", false, true));
    if (!subject.email.empty())
        list.push_back(github_address(subject.email, true, subject.email_verified));
    return list;
}

} // namespace

server::response github_user(call& c, const world& w, const grants& issued, refusal_note& note)
{
    if (c.http->headers.get("User-Agent").empty()) {
        explain(note, refusal("", "no_user_agent", "GitHub demands a User-Agent header"));
        return server::response(403, "text/html; charset=utf-8",
            "Request forbidden by administrative rules. Please make sure your request has a User-Agent header "
            "(https://docs.github.com/en/rest/overview/resources-in-the-rest-api#user-agent-required).");
    }
    const auto bearer = read_bearer(c, w, issued, "token");
    if (bearer.refused) {
        explain(note, *bearer.refused);
        if (bearer.refused->error == "invalid_request")
            return github_message(400, "Bad Request");
        return github_message(401, bearer.text.empty() ? "Requires authentication" : "Bad credentials");
    }
    const auto subject = w.user_by_id(bearer.token->user.user);
    const bool emails = c.matched->id == endpoint::github_emails;
    const auto& scope = bearer.token->scope;
    server::response response;
    if (emails && !has_word(scope, "user:email") && !has_word(scope, "user")) {
        explain(note, refusal("", "missing_scope",
                          "the mail addresses need the scope user:email, which the login did not ask for"));
        response = github_message(404, "Not Found");
    } else if (emails) {
        response = json_response(200, github_addresses(*subject));
    } else {
        response = json_response(200, github_view(*subject, c.base_url));
    }
    response.headers.set("X-OAuth-Scopes", join_words(scope, ", "));
    response.headers.set("X-Accepted-OAuth-Scopes", emails ? "user, user:email" : "");
    return response;
}

} // namespace coauth::sandbox
