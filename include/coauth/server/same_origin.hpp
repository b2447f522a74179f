// Where a form came from.
#pragma once

#include <coauth/export.hpp>
#include <coauth/server/http_server.hpp>

#include <string_view>

namespace coauth::server {

/// False if the browser says that another site sent this request. Ask it before a POST does anything.
/// Programs that are no browsers say nothing, and pass: they can't be tricked into sending a form.
///
/// `origin`: this site's, such as "https://example.org".
COAUTH_DECL bool came_from_same_origin(const request& r, std::string_view origin) noexcept;

/// True if the browser hides where this request came from: `Origin: null` and no `Sec-Fetch-Site`, as old ones do
/// on a page with `Referrer-Policy: no-referrer`. Such a form fails the check above however often it is sent.
COAUTH_DECL bool hides_origin(const request& r) noexcept;

} // namespace coauth::server
