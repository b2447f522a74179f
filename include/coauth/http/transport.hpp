// The way to a provider. The connection pool is the real one; tests bring their own.
#pragma once

#include <coauth/http/request.hpp>
#include <coauth/http/response.hpp>

#include <boost/asio/awaitable.hpp>

namespace coauth::http {

/// Sends one request and returns its response.
class COAUTH_DECL transport {
public:
    virtual ~transport();

    /// Any status is a response, a redirect, too: none is followed. Throws `coauth::error` with
    /// `errc::invalid_argument` before an octet is sent if the request can't be sent unchanged (CR, LF, NUL,
    /// control characters, a target not in origin form), and with a network or response code if no whole
    /// response came. A request is sent twice in one case only: a GET on a kept-alive connection that was
    /// lost before any octet of the response.
    ///
    /// Implementations honour per-operation cancellation and may be called from any thread.
    virtual boost::asio::awaitable<response> send(request request) = 0;
};

} // namespace coauth::http
