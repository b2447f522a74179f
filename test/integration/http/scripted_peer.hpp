// A server on loopback that runs the script of a test.
#pragma once

#include <coauth/http/request.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// What a peer received.
struct peer_log {
    peer_log() = default;

    int connections = 0;               ///< Accepted.
    int handshakes = 0;                ///< Completed.
    int resumed = 0;                   ///< Of these, by a session of before.
    std::vector<std::string> requests; ///< Head and body as they came.
    std::vector<std::string> names;    ///< SNI of each handshake.
};

/// One connection, as its script uses it.
class peer_connection {
public:
    peer_connection(boost::asio::ip::tcp::socket socket, std::shared_ptr<peer_log> log);

    /// The next whole request, or empty at the end of the stream.
    boost::asio::awaitable<std::string> request();

    /// False if the client has closed the connection.
    boost::asio::awaitable<bool> send(std::string text);

    boost::asio::awaitable<bool> start_tls(std::shared_ptr<boost::asio::ssl::context> context);

    /// Closes it, over TLS with close_notify.
    boost::asio::awaitable<void> shut_down();

    /// Reads until the client closes it.
    boost::asio::awaitable<void> read_to_end();

    void close();

    int number = 0; ///< Of this connection, from 1.

private:
    boost::asio::awaitable<bool> read_some();

    boost::asio::ip::tcp::socket socket_;
    std::shared_ptr<peer_log> log_;
    std::shared_ptr<boost::asio::ssl::context> context_;
    std::optional<boost::asio::ssl::stream<boost::asio::ip::tcp::socket&>> tls_;
    std::string buffer_;
};

class scripted_peer {
public:
    /// Runs once per connection; the connection is closed when it returns.
    using script = std::function<boost::asio::awaitable<void>(peer_connection&)>;

    scripted_peer(
        boost::asio::io_context& context, script script, std::shared_ptr<boost::asio::ssl::context> tls = nullptr);

    coauth::http::origin origin(std::string host = "127.0.0.1") const;

    const peer_log& log() const { return *log_; }

private:
    std::shared_ptr<peer_log> log_ = std::make_shared<peer_log>();
    std::shared_ptr<boost::asio::ip::tcp::acceptor> acceptor_;
    bool tls_;
};

/// A response with a body and its length.
std::string response_text(const std::string& body, const std::string& more_headers = {});

/// Responds to each request with its target.
boost::asio::awaitable<void> echo(peer_connection& connection);

coauth::http::request get(coauth::http::origin to, std::string target = "/", std::string method = "GET");

/// Runs `story` to its end, then stops the context.
void play(boost::asio::io_context& context, std::function<boost::asio::awaitable<void>()> story);
