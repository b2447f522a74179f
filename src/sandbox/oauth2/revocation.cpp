// Token revocation (RFC 7009), and what GitHub and Facebook have in its place.
#include "sandbox/facebook/graph_api.hpp"
#include "sandbox/oauth2/client_check.hpp"
#include "sandbox/oauth2/endpoints.hpp"
#include "sandbox/oauth2/responses.hpp"
#include "sandbox/x/error_bodies.hpp"

#include <boost/json/parse.hpp>

#include <utility>

namespace coauth::sandbox {

namespace json = boost::json;

oauth2_endpoints::form_result oauth2_endpoints::revoke(const call& c, const token_request& request)
{
    const auto played = c.matched->played;
    const auto token = request.sent.value("token");
    json::object body;
    if (played == face::google) {
        // No client authentication: the token is enough to end the user's consent.
        const auto* terms = grants_.find_login(token, played);
        if (!terms)
            return refusal("invalid_token", "unknown_token", "there is no such token, or it was revoked");
        end_consent(consent(*terms), "its client revoked it");
    } else {
        bool found = false;
        if (auto refused = grants_.revoke(token, request.client->id, played, false, found))
            return std::move(*refused);
        if (played == face::x)
            body["revoked"] = true;
    }
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
    auto caller = read_facebook_caller(c, w, grants_, mode_, note);
    if (caller.refused)
        return std::move(*caller.refused);
    end_consent(consent(grants_.terms_of(caller.token->family)), "the user's permissions were deleted");
    json::object body;
    body["success"] = true;
    return json_response(200, body);
}

} // namespace coauth::sandbox
