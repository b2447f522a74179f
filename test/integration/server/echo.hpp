// A handler that answers with what it was asked, or answers badly when it is asked to.
#pragma once

#include <coauth/server/http_server.hpp>

#include <boost/asio/awaitable.hpp>

#include <stdexcept>
#include <string>

namespace loopback {

namespace asio = boost::asio;

/// Says what it was asked. Some targets are answered badly: /throws, /splits, /raw, /silent, /nothing, /close.
inline asio::awaitable<coauth::server::response> echo(coauth::server::request r)
{
    if (r.target == "/throws")
        throw std::runtime_error("token=hunter2");
    coauth::server::response out(200, "text/plain", r.method + ' ' + r.target + ' ' + r.body);
    if (r.target == "/splits")
        out.headers.add("X-Split", "a\r\nSet-Cookie: b=c");
    if (r.target == "/raw")
        out.raw = "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nshort";
    if (r.target == "/silent")
        out.raw = "";
    if (r.target == "/nothing") {
        out.status = 204;
        out.body = "not sent";
    }
    if (r.target == "/close")
        out.headers.add("Connection", "close");
    out.headers.add("X-Peer", r.peer + (r.https ? " https" : " http"));
    co_return out;
}

} // namespace loopback
