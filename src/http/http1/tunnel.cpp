#include "http/http1/tunnel.hpp"

#include "http/connection.hpp"
#include "http/http1/reply_reader.hpp"
#include "http/http1/request_text.hpp"

#include <coauth/coro/as_result.hpp>

#include <string>

namespace coauth::http {

namespace asio = boost::asio;

namespace {

// The status of the response to CONNECT.
asio::awaitable<int> tunnel_status(connection& connection, const origin& to)
{
    const std::string text = connect_text(to);
    auto [failure, written] = co_await connection.async_write(asio::buffer(text), with_error);
    reply_rules rules;
    rules.without_body = true;
    reply_reader reader(connection.buffer(), rules);
    while (!failure && !reader.done()) {
        const auto space = reader.space();
        auto [read_failure, size] = co_await connection.async_read_some(space, with_error);
        failure = read_failure;
        reader.received(size);
    }
    if (failure)
        throw error(errc::connect_failed, "it closed the connection: " + failure.message());
    // Octets before the handshake are the proxy's own, and would be taken for the server's.
    const int status = reader.take().status;
    if (status / 100 == 2 && reader.bytes_left())
        throw error(errc::connect_failed, "it sent more than its response");
    co_return status;
}

} // namespace

asio::awaitable<void> open_tunnel(connection& connection, const origin& to, const origin& proxy)
{
    const std::string name = "the proxy " + proxy.authority();
    const auto status = co_await as_result(tunnel_status(connection, to));
    if (!status)
        throw error(errc::connect_failed,
            name + " did not open a tunnel to " + to.authority() + ": " + status.error().message())
            .with_hint("check that the proxy's address is that of an HTTP proxy");
    if (*status / 100 != 2)
        throw error(errc::connect_failed, name + " refuses a tunnel to " + to.authority())
            .with_http_status(*status)
            .with_hint("the proxy must allow CONNECT to this host; proxies with a password are not supported");
}

} // namespace coauth::http
