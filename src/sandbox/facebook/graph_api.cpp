#include "sandbox/facebook/graph_api.hpp"

#include "crypto/hmac.hpp"
#include "sandbox/oauth2/bearer.hpp"
#include "sandbox/oauth2/parameters.hpp"
#include "sandbox/oauth2/responses.hpp"
#include "sandbox/world/decimal.hpp"
#include "sandbox/x/error_bodies.hpp"
#include "sandbox/x/views.hpp"
#include "text/hex.hpp"

#include <optional>
#include <utility>

namespace coauth::sandbox {

namespace json = boost::json;

namespace {

constexpr std::string_view proof_type = "GraphMethodException";

std::string proof_for(const secret& app_secret, std::string_view token)
{
    const auto mac = crypto::hmac(crypto::hash_named("SHA256"), app_secret.reveal(), token);
    const auto octets = mac.view();
    return text::hex_encode({reinterpret_cast<const char*>(octets.data()), octets.size()});
}

void add_picture(json::object& body, const user& subject, std::string_view base_url)
{
    constexpr int side = 48;
    json::object data;
    data["height"] = side;
    data["is_silhouette"] = subject.picture.empty();
    set_member(data, "url", absolute_url(subject.picture, base_url));
    data["width"] = side;
    json::object picture;
    picture["data"] = std::move(data);
    body["picture"] = std::move(picture);
}

// False for a field that there is not.
bool add_field(json::object& body, std::string_view field, const user& subject, const std::vector<std::string>& scope,
    std::string_view base_url)
{
    const auto space = subject.name.find(' ');
    if (field == "id")
        set_member(body, "id", std::to_string(subject.id));
    else if (field == "name")
        set_member(body, "name", subject.name);
    else if (field == "first_name")
        set_member(body, "first_name", subject.name.substr(0, space));
    else if (field == "last_name")
        set_member(body, "last_name", space == subject.name.npos ? "" : subject.name.substr(space + 1));
    else if (field == "picture" || field.starts_with("picture."))
        add_picture(body, subject, base_url);
    else if (field == "email") {
        // Left out without a word if there is none, if it is not confirmed, or if the login did not ask for it.
        if (has_word(scope, "email") && subject.email_verified && !subject.email.empty())
            set_member(body, "email", subject.email);
    } else
        return false;
    return true;
}

// Nothing, or the refusal of a call with a wrong `appsecret_proof`, or without one.
std::optional<server::response> refuse_proof(
    const call& c, const world& w, std::string_view token, mode m, refusal_note& note)
{
    const auto sent = read_parameters_of(c.http->query(), form_body(*c.http));
    const auto* proof = sent.find("appsecret_proof");
    const auto* client = w.clients().find(c.consumer_key);
    if (!client || client->is_public() || (!proof && m == mode::x))
        return std::nullopt;
    if (!proof) {
        explain(note, refusal("", "missing_parameter",
                          "appsecret_proof is missing: calls of a client with a secret need it in strict mode"));
        return facebook_error(400, "API calls from the server require an appsecret_proof argument", 100, 0, proof_type);
    }
    if (equal_in_constant_time(*proof, proof_for(client->secret, token)))
        return std::nullopt;
    explain(note, refusal("", "wrong_proof",
                      "appsecret_proof is not the HMAC-SHA256 of the access token with the client's secret as the "
                      "key, in 64 hexadecimal digits in lower case"));
    return facebook_error(400, "Invalid appsecret_proof provided in the API argument", 100, 0, proof_type);
}

} // namespace

bool is_graph_version(std::string_view text)
{
    constexpr int oldest = 19, newest = 26;
    if (!text.starts_with('v') || !text.ends_with(".0"))
        return false;
    const auto number = parse_decimal<int>(text.substr(1, text.size() - 3));
    return number && *number >= oldest && *number <= newest;
}

facebook_caller read_facebook_caller(call& c, const world& w, const grants& issued, mode m, refusal_note& note)
{
    facebook_caller out;
    const auto bearer = read_bearer(c, w, issued, "OAuth", true);
    if (bearer.refused) {
        explain(note, *bearer.refused);
        if (!bearer.text.empty())
            out.refused = facebook_error(400, "Invalid OAuth access token - Cannot parse access token", 190);
        else if (bearer.refused->error == "invalid_request")
            out.refused = facebook_error(400, "Malformed request", 100);
        else
            out.refused = facebook_error(
                400, "An active access token must be used to query information about the current user.", 2500);
        return out;
    }
    out.token = bearer.token;
    out.refused = refuse_proof(c, w, bearer.text, m, note);
    return out;
}

server::response facebook_me(call& c, const world& w, const grants& issued, mode m, refusal_note& note)
{
    auto caller = read_facebook_caller(c, w, issued, m, note);
    if (caller.refused)
        return std::move(*caller.refused);
    const auto subject = w.user_by_id(caller.token->user.user);
    const auto sent = read_parameters_of(c.http->query(), {});
    const auto fields = sent.value("fields");
    json::object body;
    for (const auto& field : split_words(fields.empty() ? "name,id" : fields, ",")) {
        if (add_field(body, field, *subject, caller.token->scope, c.base_url))
            continue;
        explain(note, refusal("", "bad_parameter", "a user has no field " + printable(field)));
        return facebook_error(
            400, "(#100) Tried accessing nonexisting field (" + printable(field) + ") on node type (User)", 100);
    }
    if (body.find("id") == body.end())
        set_member(body, "id", std::to_string(subject->id));
    return json_response(200, body);
}

} // namespace coauth::sandbox
