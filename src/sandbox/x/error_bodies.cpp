#include "sandbox/x/error_bodies.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>

namespace coauth::sandbox {

namespace json = boost::json;

namespace {

struct known_error {
    int code;
    int status;
    std::string_view message; ///< API 1.1 and the legs.
    std::string_view title;   ///< API 2; the same words are the detail if that is empty.
    std::string_view detail;
    std::string_view type = "about:blank";
};

constexpr std::string_view app_only_detail = "Authenticating with OAuth 2.0 Application-Only is forbidden for this "
                                             "endpoint.  Supported authentication types are "
                                             "[OAuth 1.0a User Context].";

constexpr std::array errors = {
    known_error{17, 404, "No user matches for specified terms.", "Not Found", ""},
    known_error{18, 403, "Too many terms specified in query.", "Forbidden", ""},
    known_error{32, 401, "Could not authenticate you.", "Unauthorized", ""},
    known_error{34, 404, "Sorry, that page does not exist.", "Not Found", ""},
    known_error{38, 403, "A required parameter is missing.", "Forbidden", ""},
    known_error{44, 400, "A parameter is invalid.", "Bad Request", ""},
    known_error{50, 404, "User not found.", "Not Found", ""},
    known_error{63, 403, "User has been suspended.", "Forbidden", ""},
    known_error{64, 403, "Your account is suspended and is not permitted to access this feature.", "Forbidden",
        "Your account is suspended."},
    known_error{86, 405, "This method is not allowed here.", "Method Not Allowed", ""},
    known_error{88, 429, "Rate limit exceeded", "Too Many Requests", ""},
    known_error{89, 401, "Invalid or expired token.", "Unauthorized", ""},
    known_error{99, 403, "Unable to verify your credentials", "Forbidden", ""},
    known_error{130, 503, "Over capacity", "Service Unavailable", ""},
    known_error{131, 500, "Internal error", "Internal Server Error", ""},
    known_error{135, 401, "Timestamp out of bounds.", "Unauthorized", ""},
    known_error{144, 404, "No status found with that ID.", "Not Found", ""},
    known_error{170, 403, "Missing required parameter: grant_type", "Forbidden", ""},
    known_error{183, 403, "You may not delete another user's status.", "Forbidden",
        "You are not authorized to delete this Tweet."},
    known_error{186, 403, "Tweet needs to be a bit shorter.", "Forbidden", "Your Tweet text is too long."},
    known_error{187, 403, "Status is a duplicate.", "Forbidden",
        "You are not allowed to create a Tweet with duplicate content."},
    known_error{215, 400, "Bad Authentication data.", "Unauthorized", ""},
    known_error{220, 403, "Your credentials do not allow access to this resource.", "Unsupported Authentication",
        app_only_detail, "unsupported-authentication"},
    known_error{261, 403, "Application cannot perform write actions. Contact Twitter Platform Operations.", "Forbidden",
        "Your client app is not configured with the appropriate oauth1 app permissions for this endpoint.",
        "oauth1-permissions"},
    known_error{326, 403,
        "To protect our users from spam and other malicious activity, this account is temporarily "
        "locked. Please log in to unlock your account.",
        "Forbidden", "This account is temporarily locked."},
    known_error{385, 403, "You attempted to reply to a Tweet that is deleted or not visible to you.", "Forbidden", ""},
    known_error{415, 403,
        "Callback URL not approved for this client application. Approved callback URLs can be adjusted "
        "in your application settings",
        "Forbidden", ""},
    known_error{417, 401, "Desktop applications only support the oauth_callback value 'oob'", "Unauthorized", ""},
    known_error{453, 403,
        "You currently have access to a subset of endpoints and limited v1.1 endpoints only. If you need "
        "access to this endpoint, you may need a different access level.",
        "Client Forbidden", "This app's access level lacks this endpoint.", "client-forbidden"},
};

const known_error& known(int code)
{
    const auto* found =
        std::find_if(errors.begin(), errors.end(), [&](const known_error& e) { return e.code == code; });
    return found == errors.end() ? known(131) : *found;
}

std::string escaped_xml(std::string_view text)
{
    std::string out;
    for (const char c : text) {
        if (c == '<')
            out += "&lt;";
        else if (c == '>')
            out += "&gt;";
        else if (c == '&')
            out += "&amp;";
        else if (c == '"')
            out += "&quot;";
        else
            out += c;
    }
    return out;
}

server::response xml(int status, std::string_view body)
{
    return server::response(
        status, "application/xml; charset=utf-8", R"(<?xml version="1.0" encoding="UTF-8"?>)" + std::string(body));
}

server::response challenged(server::response response, int code)
{
    // As recorded from the real provider.
    if (response.status == 401)
        response.headers.set(
            "www-authenticate", R"(OAuth realm="https://api.x.com", api_error_code=)" + std::to_string(code));
    return response;
}

} // namespace

server::response json_response(int status, const json::value& body)
{
    return server::response(status, "application/json; charset=utf-8", json::serialize(body));
}

std::string v2_problem_type(std::string_view last_part)
{
    return last_part == "about:blank" ? std::string(last_part)
                                      : "https://api.twitter.com/2/problems/" + std::string(last_part);
}

server::response v2_problem(int status, std::string_view title, std::string_view detail, std::string_view type)
{
    json::object problem;
    problem["title"] = json::string_view(title.data(), title.size());
    problem["detail"] = json::string_view(detail.data(), detail.size());
    problem["type"] = v2_problem_type(type);
    problem["status"] = status;
    return server::response(status, "application/problem+json; charset=utf-8", json::serialize(problem));
}

server::response v2_invalid_request(std::string_view parameter, std::string_view value, std::string_view message)
{
    json::array values;
    values.emplace_back(json::string_view(value.data(), value.size()));
    json::object parameters;
    parameters[json::string_view(parameter.data(), parameter.size())] = std::move(values);
    json::object error;
    error["parameters"] = std::move(parameters);
    error["message"] = json::string_view(message.data(), message.size());
    json::array list;
    list.push_back(std::move(error));
    json::object problem;
    problem["errors"] = std::move(list);
    problem["title"] = "Invalid Request";
    problem["detail"] = "One or more parameters to your request was invalid.";
    problem["type"] = v2_problem_type("invalid-request");
    return server::response(400, "application/problem+json; charset=utf-8", json::serialize(problem));
}

server::response refuse(family kind, int code, int status)
{
    return refuse(kind, code, status, {});
}

server::response refuse(family kind, int code, int status, std::string_view message)
{
    const auto& e = known(code);
    if (status == 0)
        status = e.status;
    if (kind == family::v2) {
        auto title = e.title;
        if (code == 215)
            title = status == 400 ? "Bad Request" : "Unauthorized";
        auto detail = !message.empty() ? message : e.detail.empty() ? title : e.detail;
        return challenged(v2_problem(status, title, detail, e.type), code);
    }
    if (message.empty())
        message = e.message;
    json::object error;
    error["code"] = code;
    error["message"] = json::string_view(message.data(), message.size());
    if (code == 99)
        error["label"] = "authenticity_token_error";
    json::array list;
    list.push_back(std::move(error));
    json::object body;
    body["errors"] = std::move(list);
    return challenged(json_response(status, body), code);
}

server::response refuse_with_status(family kind, int status)
{
    switch (status) {
    case 400:
        return refuse(kind, 215);
    case 401:
        return refuse(kind, 89);
    case 403:
        return refuse(kind, 453);
    case 404:
        return refuse(kind, 34);
    case 429:
        return refuse(kind, 88);
    case 503:
        return refuse(kind, 130);
    default:
        // Outages come as a page, or as nothing at all.
        if (status >= 500)
            return refuse(kind, 131, status);
        server::response response;
        response.status = status;
        return response;
    }
}

server::response old_json_error(int status, std::string_view path, std::string_view text)
{
    json::object body;
    body["request"] = json::string_view(path.data(), path.size());
    body["error"] = json::string_view(text.data(), text.size());
    return json_response(status, body);
}

server::response text_error(int status, std::string_view text)
{
    return challenged(server::response(status, "text/html; charset=utf-8", std::string(text)), 89);
}

server::response xml_errors(int status, int code, std::string_view text)
{
    return challenged(
        xml(status, "<errors><error code=\"" + std::to_string(code) + "\">" + escaped_xml(text) + "</error></errors>"),
        code);
}

server::response xml_hash(int status, std::string_view path, std::string_view text)
{
    return challenged(xml(status, "<hash><request>" + escaped_xml(path) + "</request><error>" + escaped_xml(text) +
                                      "</error></hash>"),
        89);
}

} // namespace coauth::sandbox
