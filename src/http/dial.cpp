#include "http/dial.hpp"

#include "http/connection.hpp"
#include "http/http1/reply_reader.hpp"
#include "http/http1/request_text.hpp"
#include "http/resolution.hpp"
#include "http/tls_failure.hpp"
#include "http/watchdog.hpp"

#include <coauth/coro/as_result.hpp>
#include <coauth/system_failure.hpp>

#include <algorithm>
#include <vector>

namespace coauth::http {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

// `where` is for messages.
asio::awaitable<void> connect_to_one(
    connection& line, std::vector<tcp::endpoint> addresses, std::string where, limit until, watchdog& dog)
{
    error_code last = make_error_code(asio::error::host_not_found);
    for (std::size_t i = 0; i < addresses.size(); ++i) {
        const auto now = limit::clock::now();
        if (until.passed(now))
            throw until.exceeded("connecting to " + where);
        dog.watch(line, fair_share(now, until, addresses.size() - i));
        const error_code failed = co_await line.connect(addresses[i]);
        const bool in_time = !dog.barked();
        dog.call_off();
        if (!failed && in_time)
            co_return;
        last = in_time ? failed : make_error_code(asio::error::timed_out);
    }
    if (until.passed(limit::clock::now()))
        throw until.exceeded("connecting to " + where);
    const std::string_view shortage = shortage_hint(last);
    throw error(errc::connect_failed, "no connection to " + where + ": " + last.message())
        .with_hint(
            std::string(shortage.empty() ? "check that the server runs and that no firewall is in between" : shortage));
}

// The response to CONNECT; throws what is wrong with it.
asio::awaitable<int> ask_for_tunnel(connection& line, const origin& to, limit until, watchdog& dog)
{
    const std::string ask = connect_text(to);
    auto [failed, written] = co_await line.write(asio::buffer(ask));
    reply_rules rules;
    rules.without_body = true;
    reply_reader reader(line.buffer(), rules);
    while (!failed && !reader.done()) {
        const auto space = reader.space();
        auto [read_failed, size] = co_await line.read_some(space);
        failed = read_failed;
        reader.received(size);
    }
    if (dog.barked())
        throw until.exceeded("asking the proxy for a tunnel");
    if (failed)
        throw error(errc::connect_failed, "it closed the connection: " + failed.message());
    // What came before the handshake can only be the proxy's own, and would be taken for the server's.
    const int status = reader.take().status;
    if (status / 100 == 2 && reader.bytes_left())
        throw error(errc::connect_failed, "it sent more than its response");
    co_return status;
}

// RFC 9110, section 9.3.6.
asio::awaitable<void> open_tunnel(connection& line, const origin& to, const origin& proxy, limit until, watchdog& dog)
{
    const std::string name = "the proxy " + proxy.authority();
    const auto status = co_await as_result(ask_for_tunnel(line, to, until, dog));
    if (!status && (status.error().reason() == errc::timeout || status.error().reason() == errc::cancelled))
        throw status.error();
    if (!status)
        throw error(errc::connect_failed,
            name + " did not open a tunnel to " + to.authority() + ": " + status.error().message())
            .with_hint("check that the proxy's address is that of an HTTP proxy");
    if (*status / 100 != 2)
        throw error(errc::connect_failed, name + " refuses a tunnel to " + to.authority())
            .with_http_status(*status)
            .with_hint("the proxy must allow CONNECT to this host; proxies with a password are not supported");
}

} // namespace

asio::awaitable<void> dial(
    connection& line, const origin& to, const std::optional<origin>& proxy, limit until, watchdog& dog)
{
    const bool tunnel = proxy && to.https;
    const origin& next = tunnel ? *proxy : to;
    auto addresses = co_await resolve(next.host, next.port, until);
    // The name was found to be this machine's; what it resolves to must be as well.
    if (!next.https && !tunnel)
        std::erase_if(addresses, [](const tcp::endpoint& e) { return !e.address().is_loopback(); });
    co_await connect_to_one(line, std::move(addresses), next.authority(), until, dog);

    dog.watch(line, until.at());
    if (tunnel)
        co_await open_tunnel(line, to, *proxy, until, dog);
    if (to.https) {
        const error_code failed = co_await line.handshake(to.host);
        if (dog.barked())
            throw until.exceeded("the TLS handshake with " + to.authority());
        if (failed)
            throw tls_failure(to.authority(), failed, line.certificate_verdict());
    }
    dog.call_off();
    if (dog.barked())
        throw until.exceeded("connecting to " + to.authority());
}

} // namespace coauth::http
