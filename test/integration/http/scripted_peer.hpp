// A peer on loopback that does what a test tells it, right or wrong.
#pragma once

#include <coauth/http/origin.hpp>

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

/// What a peer saw, and the end of one connection at which a script sits.
struct peer_log {
    peer_log() = default;

    int connections = 0;               ///< Accepted.
    int handshakes = 0;                ///< Completed.
    std::vector<std::string> requests; ///< Head and body as they came.
    std::vector<std::string> names;    ///< SNI of each handshake.
};

class peer_line {
public:
    peer_line(boost::asio::ip::tcp::socket socket, std::shared_ptr<peer_log> log);

    /// The next whole request, or empty at the end of the stream.
    boost::asio::awaitable<std::string> request();

    /// False if the other side is gone.
    boost::asio::awaitable<bool> say(std::string text);

    boost::asio::awaitable<bool> start_tls(std::shared_ptr<boost::asio::ssl::context> context);

    /// Says goodbye, where the protocol has a word for it.
    boost::asio::awaitable<void> part();

    /// Until the other side closes.
    boost::asio::awaitable<void> silence();

    void hang_up();

    int number = 0; ///< Of this connection, from 1.

private:
    boost::asio::awaitable<bool> more();

    boost::asio::ip::tcp::socket socket_;
    std::shared_ptr<peer_log> log_;
    std::shared_ptr<boost::asio::ssl::context> context_;
    std::optional<boost::asio::ssl::stream<boost::asio::ip::tcp::socket&>> tls_;
    std::string buffer_;
};

class scripted_peer {
public:
    /// Runs once per connection; the connection is hung up when it returns.
    using script = std::function<boost::asio::awaitable<void>(peer_line&)>;

    scripted_peer(
        boost::asio::io_context& context, script what, std::shared_ptr<boost::asio::ssl::context> tls = nullptr);

    coauth::http::origin origin(std::string host = "127.0.0.1") const;

    const peer_log& log() const { return *log_; }

private:
    std::shared_ptr<peer_log> log_ = std::make_shared<peer_log>();
    std::shared_ptr<boost::asio::ip::tcp::acceptor> acceptor_;
    bool tls_;
};

/// An answer with a body and its length.
std::string answer(const std::string& body, const std::string& more_headers = {});

/// Answers each request with its target, on and on.
boost::asio::awaitable<void> echo(peer_line& line);

/// Runs `story` to its end, and nothing after it.
void play(boost::asio::io_context& context, std::function<boost::asio::awaitable<void>()> story);
