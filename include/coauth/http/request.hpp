// A request as a value.
#pragma once

#include <coauth/export.hpp>
#include <coauth/http/fields.hpp>
#include <coauth/http/origin.hpp>

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

namespace coauth::http {

/// What to send, and where.
///
/// Thread safety: a value. Lifetime: owns its parts.
struct request {
    request() = default;

    http::origin origin;
    std::string method = "GET";
    std::string target = "/"; ///< Origin form, encoded as it goes on the wire; never changed on the way.
    fields headers;           ///< Host, Content-Length and Connection are the transport's own.
    std::string body;

    /// Called before the request is sent a second time (see `transport`), so that what may be used
    /// once only, such as a nonce, is made anew. Empty: it is sent as it is. It may change everything
    /// but `origin` and `method`, and runs wherever the transport does.
    std::function<void(request&)> renew;

    /// For the whole exchange, waiting for a connection included. 0: the transport's default.
    std::chrono::milliseconds deadline{0};
};

/// A GET of an absolute URL: "https://api.x.com/2/tweets/20?expansions=author_id". Path and query are taken as they are,
/// encoded; a fragment is left out. Throws `errc::invalid_argument` as `parse_base_url` fails.
COAUTH_DECL request get(std::string_view url);

} // namespace coauth::http
