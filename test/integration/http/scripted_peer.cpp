#include "scripted_peer.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <openssl/ssl.h>

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr asio::as_tuple_t<asio::use_awaitable_t<>> with_error;

struct running {
    running() = default;

    std::shared_ptr<tcp::acceptor> acceptor;
    std::shared_ptr<peer_log> log;
    scripted_peer::script script;
    std::shared_ptr<asio::ssl::context> tls;
};

asio::awaitable<void> serve(std::shared_ptr<running> r, tcp::socket socket)
{
    // A response that follows the session tickets of TLS would wait for their delayed acknowledgement, some 40 ms.
    boost::system::error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    peer_connection connection(std::move(socket), r->log);
    connection.number = ++r->log->connections;
    if (r->tls) {
        const bool safe = co_await connection.start_tls(r->tls);
        if (!safe)
            co_return;
    }
    co_await r->script(connection);
}

asio::awaitable<void> accept(std::shared_ptr<running> r)
{
    for (;;) {
        auto [failed, socket] = co_await r->acceptor->async_accept(with_error);
        if (failed)
            co_return;
        asio::co_spawn(r->acceptor->get_executor(), serve(r, std::move(socket)), asio::detached);
    }
}

std::size_t body_size(const std::string& head)
{
    const auto at = head.find("\r\nContent-Length: ");
    return at == std::string::npos ? 0 : std::stoul(head.substr(at + 18));
}

} // namespace

peer_connection::peer_connection(tcp::socket socket, std::shared_ptr<peer_log> log)
    : socket_(std::move(socket)), log_(std::move(log))
{}

asio::awaitable<bool> peer_connection::start_tls(std::shared_ptr<asio::ssl::context> context)
{
    context_ = std::move(context);
    tls_.emplace(socket_, *context_);
    auto [failed] = co_await tls_->async_handshake(asio::ssl::stream_base::server, with_error);
    if (!failed) {
        const char* name = SSL_get_servername(tls_->native_handle(), TLSEXT_NAMETYPE_host_name);
        log_->names.push_back(name ? name : "");
        ++log_->handshakes;
        log_->resumed += SSL_session_reused(tls_->native_handle());
    }
    co_return !failed;
}

asio::awaitable<bool> peer_connection::read_some()
{
    char piece[4096];
    const auto space = asio::buffer(piece);
    boost::system::error_code failed;
    std::size_t size = 0;
    if (tls_)
        std::tie(failed, size) = co_await tls_->async_read_some(space, with_error);
    else
        std::tie(failed, size) = co_await socket_.async_read_some(space, with_error);
    buffer_.append(piece, size);
    co_return !failed;
}

asio::awaitable<std::string> peer_connection::request()
{
    for (;;) {
        const auto end = buffer_.find("\r\n\r\n");
        if (end != std::string::npos) {
            const auto size = end + 4 + body_size(buffer_.substr(0, end));
            if (buffer_.size() >= size) {
                auto text = buffer_.substr(0, size);
                buffer_.erase(0, size);
                log_->requests.push_back(text);
                co_return text;
            }
        }
        const bool open = co_await read_some();
        if (!open)
            co_return std::string();
    }
}

asio::awaitable<bool> peer_connection::send(std::string text)
{
    boost::system::error_code failed;
    std::size_t size = 0;
    const auto bytes = asio::buffer(text);
    if (tls_)
        std::tie(failed, size) = co_await asio::async_write(*tls_, bytes, with_error);
    else
        std::tie(failed, size) = co_await asio::async_write(socket_, bytes, with_error);
    co_return !failed;
}

asio::awaitable<void> peer_connection::shut_down()
{
    if (tls_)
        co_await tls_->async_shutdown(with_error);
    close();
}

asio::awaitable<void> peer_connection::read_to_end()
{
    bool open = true;
    while (open)
        open = co_await read_some();
}

void peer_connection::close()
{
    boost::system::error_code ignored;
    socket_.close(ignored);
}

scripted_peer::scripted_peer(asio::io_context& context, script script, std::shared_ptr<asio::ssl::context> tls)
    : acceptor_(std::make_shared<tcp::acceptor>(context, tcp::endpoint(asio::ip::address_v4::loopback(), 0))),
      tls_(tls != nullptr)
{
    auto r = std::make_shared<running>();
    r->acceptor = acceptor_;
    r->log = log_;
    r->script = std::move(script);
    r->tls = std::move(tls);
    asio::co_spawn(context, accept(r), asio::detached);
}

coauth::http::origin scripted_peer::origin(std::string host) const
{
    coauth::http::origin o;
    o.https = tls_;
    o.host = std::move(host);
    o.port = acceptor_->local_endpoint().port();
    return o;
}

std::string response_text(const std::string& body, const std::string& more_headers)
{
    return "HTTP/1.1 200 OK\r\n" + more_headers + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

asio::awaitable<void> echo(peer_connection& connection)
{
    for (;;) {
        const std::string request = co_await connection.request();
        if (request.empty())
            co_return;
        const auto target = request.substr(request.find(' ') + 1);
        const bool open = co_await connection.send(response_text(target.substr(0, target.find(' '))));
        if (!open)
            co_return;
    }
}

coauth::http::request get(coauth::http::origin to, std::string target, std::string method)
{
    coauth::http::request r;
    r.origin = std::move(to);
    r.target = std::move(target);
    r.method = std::move(method);
    return r;
}

void play(asio::io_context& context, std::function<asio::awaitable<void>()> story)
{
    std::exception_ptr failed;
    asio::co_spawn(context, story(), [&](std::exception_ptr e) {
        failed = e;
        context.stop();
    });
    context.restart();
    context.run();
    if (failed)
        std::rethrow_exception(failed);
}
