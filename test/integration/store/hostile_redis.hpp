// A server on a Redis's socket that does as a test says.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <atomic>
#include <cstddef>
#include <stdlib.h>
#include <string>
#include <thread>
#include <unistd.h>
#include <utility>

namespace coauth::testing {

/// What is sent for the handshake of coauth without a password: CLIENT, INFO, CONFIG and PING.
inline const std::string good_handshake = "+OK\r\n$-1\r\n*0\r\n+PONG\r\n";

struct hostile_script {
    std::string greeting;                   ///< Sent at once.
    std::string handshake = good_handshake; ///< For the first text that comes.
    std::string reply;                      ///< For each text behind it.
    bool repeats = false;                   ///< The reply without end.
    enum class ending { stays, closes, stops_reading } after_handshake = ending::stays;
    bool closes_after_reply = false;
};

class hostile_redis {
public:
    explicit hostile_redis(hostile_script script) : script_(std::move(script))
    {
        ::mkdtemp(folder_.data());
        acceptor_.open(protocol());
        acceptor_.bind(protocol::endpoint(socket()));
        acceptor_.listen();
        boost::asio::co_spawn(io_, serve_all(), boost::asio::detached);
        thread_ = std::thread([this] { io_.run(); });
    }
    ~hostile_redis()
    {
        io_.stop();
        thread_.join();
        ::unlink(socket().c_str());
        ::rmdir(folder_.c_str());
    }
    hostile_redis(const hostile_redis&) = delete;
    hostile_redis& operator=(const hostile_redis&) = delete;

    std::string socket() const { return folder_ + "/socket"; }
    std::size_t connections() const { return connections_; }

private:
    using protocol = boost::asio::local::stream_protocol;

    boost::asio::awaitable<void> serve_all()
    {
        for (;;) {
            protocol::socket accepted = co_await acceptor_.async_accept(boost::asio::use_awaitable);
            ++connections_;
            boost::asio::co_spawn(io_, serve(std::move(accepted)), boost::asio::detached);
        }
    }

    // Ends by the exception of a connection that is lost.
    boost::asio::awaitable<void> serve(protocol::socket client)
    {
        co_await send(client, script_.greeting);
        co_await receive(client);
        co_await send(client, script_.handshake);
        if (script_.after_handshake == hostile_script::ending::closes)
            co_return;
        if (script_.after_handshake == hostile_script::ending::stops_reading) {
            client.shutdown(protocol::socket::shutdown_receive);
            co_await receive_nothing(client);
        }
        for (;;) {
            co_await receive(client);
            do {
                co_await send(client, script_.reply);
            } while (script_.repeats);
            if (script_.closes_after_reply)
                co_return;
        }
    }

    boost::asio::awaitable<void> receive(protocol::socket& client)
    {
        char text[65'536];
        co_await client.async_read_some(boost::asio::buffer(text), boost::asio::use_awaitable);
    }

    boost::asio::awaitable<void> receive_nothing(protocol::socket& client)
    {
        co_await client.async_wait(protocol::socket::wait_error, boost::asio::use_awaitable);
    }

    boost::asio::awaitable<void> send(protocol::socket& client, const std::string& text)
    {
        co_await boost::asio::async_write(client, boost::asio::buffer(text), boost::asio::use_awaitable);
    }

    const hostile_script script_;
    std::string folder_ = "/tmp/coauth_hostile_XXXXXX";
    boost::asio::io_context io_;
    protocol::acceptor acceptor_{io_};
    std::atomic<std::size_t> connections_ = 0;
    std::thread thread_;
};

} // namespace coauth::testing
