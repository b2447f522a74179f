// Token revocation (RFC 7009), and what GitHub and Facebook have in its place.
#include "sandbox/oauth2/bearer.hpp"
#include "sandbox/oauth2/client_check.hpp"
#include "sandbox/oauth2/endpoints.hpp"
#include "sandbox/oauth2/responses.hpp"
#include "sandbox/oauth2/token_request.hpp"
#include "sandbox/x/error_bodies.hpp"

#include <boost/json/parse.hpp>

#include <utility>

namespace coauth::sandbox {

namespace json = boost::json;

server::response oauth2_endpoints::revoke(call& c, const world& w, refusal_note& note)
{
    const auto& rules = rules_of(c.matched->played);
    const auto request = read_token_request(c, rules);
    const auto refuse_with = [&](const refusal& refused) {
        explain(note, refused);
        return refused_response(rules, refused, *c.http);
    };
    if (request.refused)
        return refuse_with(*request.refused);
    const auto* token = request.sent.find("token");
    if (!token)
        return refuse_with(missing_parameter("token", "RFC 7009, section 2.1"));
    const bool at_google = rules.played == face::google;
    std::string client_id;
    // Google demands no client authentication, and ends all of the login.
    if (!at_google) {
        const auto checked = check_client(*c.http, request.sent, rules, w.clients());
        if (checked.refused)
            return refuse_with(*checked.refused);
        client_id = c.consumer_key = checked.client->id;
    }
    bool found = false;
    if (const auto refused = grants_.revoke(*token, client_id, rules.played, at_google, found))
        return refuse_with(*refused);
    if (!found && at_google)
        return refuse_with(refusal("invalid_token", "unknown_token", "there is no such token, or it was revoked"));
    json::object body;
    if (rules.played == face::x)
        body["revoked"] = true;
    auto response = json_response(200, body);
    response.headers.set("Cache-Control", "no-store");
    return response;
}

// DELETE /applications/:client_id/token with HTTP Basic and {"access_token":...}.
server::response oauth2_endpoints::revoke_at_github(call& c, const world& w, refusal_note& note)
{
    const auto& rules = rules_of(c.matched->played);
    parameter_reading path;
    path.fields.emplace_back("client_id", c.path_values.front());
    const auto checked = check_client(*c.http, path, rules, w.clients());
    const auto said = [&](int status, std::string_view message) {
        json::object body;
        set_member(body, "message", message);
        return json_response(status, body);
    };
    if (checked.refused || c.http->headers.count("Authorization") == 0) {
        explain(note, checked.refused ? *checked.refused
                                      : refusal("", "no_credentials", "HTTP Basic with id and secret is required"));
        return said(404, "Not Found");
    }
    c.consumer_key = checked.client->id;
    boost::system::error_code failure;
    const auto body = json::parse({c.http->body.data(), c.http->body.size()}, failure);
    const auto* object = failure ? nullptr : body.if_object();
    const auto* member = object ? object->if_contains("access_token") : nullptr;
    bool found = false;
    if (member && member->is_string()) {
        const std::string_view token(member->get_string().data(), member->get_string().size());
        if (const auto refused = grants_.revoke(token, checked.client->id, rules.played, true, found))
            explain(note, *refused);
    }
    if (found)
        return server::response(204, "", "");
    if (note.reason.empty())
        explain(note, refusal("", "unknown_token", "the body has no access_token of this client's"));
    return said(member ? 422 : 400, "Validation Failed");
}

// DELETE /me/permissions with the user's token.
server::response oauth2_endpoints::revoke_at_facebook(call& c, const world& w, refusal_note& note)
{
    const auto bearer = read_bearer(c, w, grants_, {}, true);
    if (bearer.refused) {
        explain(note, *bearer.refused);
        return facebook_error(400, "Invalid OAuth access token.", 190);
    }
    grants_.end_family(bearer.token->family, "the user's permissions were deleted");
    json::object body;
    body["success"] = true;
    return json_response(200, body);
}

} // namespace coauth::sandbox
