// One connection: a socket, and TLS on top of it. The only file that knows the types of streams.
#pragma once

#include "http/tls_sessions.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace coauth::http {

/// For operations whose failure is looked at.
inline constexpr boost::asio::as_tuple_t<boost::asio::use_awaitable_t<>> with_error;

/// Has no strand of its own: its user serializes the calls, and passes it on only between operations.
/// Destroying it closes it.
class connection {
public:
    using executor_type = boost::asio::any_io_executor;

    /// `tls` is kept alive as long as the connection. `buffer_size`: the most octets kept while a
    /// response is read.
    connection(const executor_type& executor, std::shared_ptr<boost::asio::ssl::context> tls, std::size_t buffer_size);

    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;
    ~connection();

    /// Connects; ends any earlier attempt.
    boost::asio::awaitable<boost::system::error_code> connect(boost::asio::ip::tcp::endpoint peer);

    /// Starts TLS with the host of `to`: the certificate must be for that name or address. Resumes one of `sessions`, and
    /// keeps there what the server gives; empty: does neither.
    boost::asio::awaitable<boost::system::error_code> handshake(origin to, std::shared_ptr<tls_sessions> sessions);

    /// True if the handshake resumed a session, so that the certificate was verified in an earlier one.
    bool resumed() const noexcept;

    /// OpenSSL's verdict on the peer's certificate.
    long certificate_verdict() const noexcept;

    /// Asio's operations, over TLS once it has been started: (error_code, size_t).
    template <class Token>
    auto async_read_some(boost::asio::mutable_buffer space, Token token)
    {
        return tls_ ? tls_->async_read_some(space, std::move(token)) : socket_.async_read_some(space, std::move(token));
    }

    template <class Token>
    auto async_write(boost::asio::const_buffer octets, Token token)
    {
        return tls_ ? boost::asio::async_write(*tls_, octets, std::move(token))
                    : boost::asio::async_write(socket_, octets, std::move(token));
    }

    /// Memory for the text of a request, used again for the next; wiped in between, since it may hold a token.
    std::string& text() noexcept { return text_; }
    void wipe_text() noexcept;

    /// The octets that were read and not parsed yet.
    boost::beast::flat_buffer& buffer() noexcept { return buffer_; }

    /// True if the TLS engine holds octets that were not read.
    bool tls_bytes_left() const noexcept;

    /// True if an idle connection is still open and the peer has sent nothing. Does not block.
    bool is_quiet() noexcept;

    bool is_open() const noexcept { return socket_.is_open(); }

    /// Ends the operation in progress, with an error; TLS is not closed before.
    void close() noexcept;

private:
    using tls_stream = boost::asio::ssl::stream<boost::asio::ip::tcp::socket&>;

    SSL* tls() const noexcept;

    std::shared_ptr<boost::asio::ssl::context> context_;
    boost::asio::ip::tcp::socket socket_;
    std::optional<tls_resumption> resumption_;
    std::optional<tls_stream> tls_;
    boost::beast::flat_buffer buffer_;
    std::string text_;
};

} // namespace coauth::http
