// Refusals in the shapes that the provider is documented to use.
#pragma once

#include "sandbox/x/routes.hpp"

#include <coauth/server/http_server.hpp>

#include <boost/json/fwd.hpp>

#include <string>
#include <string_view>

namespace coauth::sandbox {

/// The refusal with X's code `code`, in the words and with the HTTP status documented for it:
/// API 2 gets a problem (RFC 7807), everything else `{"errors":[{"code":...,"message":...}]}`.
/// `status` 0: the documented one.
server::response refuse(family kind, int code, int status = 0);
/// With words of our own, where the documented ones name something: "oauth_callback parameter is missing."
server::response refuse(family kind, int code, int status, std::string_view message);

/// What a scripted fault with this status and no body sends.
server::response refuse_with_status(family kind, int status);

/// API 2: `type` is "about:blank" or the last part of the problem's URI ("usage-capped").
server::response v2_problem(int status, std::string_view title, std::string_view detail, std::string_view type);

/// API 2: 400 because of one parameter.
server::response v2_invalid_request(std::string_view parameter, std::string_view value, std::string_view message);

/// The whole URI of one of API 2's problem types.
std::string v2_problem_type(std::string_view last_part);

/// The old API's `{"request":"/path","error":"text"}`.
server::response old_json_error(int status, std::string_view path, std::string_view text);

/// A bare text, which the provider labels as HTML.
server::response text_error(int status, std::string_view text);

/// `<errors><error code="415">...`
server::response xml_errors(int status, int code, std::string_view text);

/// `<hash><request>/path</request><error>...`
server::response xml_hash(int status, std::string_view path, std::string_view text);

server::response json_response(int status, const boost::json::value& body);

} // namespace coauth::sandbox
