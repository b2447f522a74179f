// Requests that a browser makes before the user does.
#pragma once

#include <coauth/export.hpp>
#include <coauth/server/http_server.hpp>

namespace coauth::server {

/// True if the browser says that it only fetches ahead: `Sec-Purpose` or `Purpose` with "prefetch",
/// `X-Moz: prefetch`, `X-Purpose: preview`. Ask it before a GET uses something up, such as a login's callback.
COAUTH_DECL bool is_prefetch(const request& r) noexcept;

/// 503, which makes the browser ask again when the user comes; it is not cached, and varies with the headers above.
COAUTH_DECL response refuse_prefetch();

} // namespace coauth::server
