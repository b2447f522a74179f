// The way to a provider. The connection pool is the real one; tests bring their own.
#pragma once

#include <coauth/http/request.hpp>
#include <coauth/http/response.hpp>

#include <boost/asio/awaitable.hpp>

namespace coauth::http {

/// Sends one request and gives its answer.
class COAUTH_DECL transport {
public:
    virtual ~transport();

    /// Any status is an answer, a redirect too: none is followed. Throws `coauth::error` with
    /// `errc::invalid_argument` before a byte is sent if the request can't be put on the wire as it
    /// stands (CR, LF, NUL, control characters, a target not in origin form), and with a network or
    /// response code if no whole answer came. A request is sent twice in one case only: a GET on a
    /// kept-alive connection that died before any byte of the answer.
    ///
    /// Implementations honour per-operation cancellation and may be called from any thread.
    virtual boost::asio::awaitable<response> send(request what) = 0;
};

} // namespace coauth::http
