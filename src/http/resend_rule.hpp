// When a request may be sent a second time.
#pragma once

#include <coauth/error.hpp>

#include <string_view>

namespace coauth::http {

/// True for a GET whose kept-alive connection was lost before any octet of the response: the server closed
/// it while the request was in flight. Any other request may have been carried out.
inline bool may_resend(std::string_view method, bool reused, bool response_begun, errc reason) noexcept
{
    return method == "GET" && reused && !response_begun && reason == errc::connection_lost;
}

} // namespace coauth::http
