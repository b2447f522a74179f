// When a request may be sent a second time.
#pragma once

#include <coauth/error.hpp>

#include <string_view>

namespace coauth::http {

/// True for a GET whose kept-alive connection died before any byte of the answer: the server closed
/// it while the request was on its way. Anything else may have been carried out.
inline bool may_resend(std::string_view method, bool reused, bool answer_begun, errc why) noexcept
{
    return method == "GET" && reused && !answer_begun && why == errc::connection_lost;
}

} // namespace coauth::http
