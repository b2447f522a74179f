// What the token endpoint and its neighbours send, in each provider's shape.
#pragma once

#include "sandbox/oauth2/face_rules.hpp"
#include "sandbox/oauth2/refusal.hpp"

#include <coauth/server/http_server.hpp>

#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace coauth::sandbox {

/// What a token request was granted.
struct token_values {
    token_values() = default;

    std::string access_token, refresh_token, id_token; ///< The last two: empty if there is none.
    std::vector<std::string> scope;
    std::chrono::seconds lifetime{0}; ///< 0: it does not expire.
};

server::response token_response(const face_rules& rules, const token_values& values, const server::request& r);

/// The refusal as this provider words it: RFC 6749's JSON, GitHub's form with status 200, Facebook's numbered error.
server::response refused_response(const face_rules& rules, const refusal& refused, const server::request& r);

/// JSON, or a form where GitHub would send one: without `Accept: application/json`.
server::response object_response(
    const face_rules& rules, int status, const boost::json::object& body, const server::request& r);

/// `{"error":{"message","type","code","error_subcode","fbtrace_id"}}`; `subcode` 0: none.
server::response facebook_error(
    int status, std::string_view message, int code, int subcode = 0, std::string_view type = "OAuthException");

/// What a scripted fault with this status and no body sends.
server::response oauth2_error_with_status(int status);

void set_member(boost::json::object& object, std::string_view name, std::string_view value);

} // namespace coauth::sandbox
