// One connection: a socket, and TLS on top of it. The only file that knows the types of streams.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <tuple>

namespace coauth::http {

/// Has no strand of its own: whoever uses it serializes its calls, and passes it on only between
/// operations. Destroying it closes it.
class connection {
public:
    using executor_type = boost::asio::any_io_executor;
    using outcome = std::tuple<boost::system::error_code, std::size_t>;

    /// `tls` is kept alive as long as the connection. `buffer_size`: the most bytes kept while an
    /// answer is being read.
    connection(const executor_type& executor, std::shared_ptr<boost::asio::ssl::context> tls, std::size_t buffer_size);

    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;
    ~connection();

    /// Connects, after giving up any earlier attempt.
    boost::asio::awaitable<boost::system::error_code> connect(boost::asio::ip::tcp::endpoint to);

    /// Puts TLS on top, for `host`: its certificate must be for that name or address.
    boost::asio::awaitable<boost::system::error_code> handshake(std::string host);

    /// OpenSSL's verdict on the peer's certificate.
    long certificate_verdict() const noexcept;

    boost::asio::awaitable<outcome> read_some(boost::asio::mutable_buffer into);
    boost::asio::awaitable<outcome> write(boost::asio::const_buffer all);

    /// What was read and not yet used.
    boost::beast::flat_buffer& buffer() noexcept { return buffer_; }

    /// True if the TLS engine holds bytes that nobody has asked for.
    bool tls_bytes_left() const noexcept;

    /// True if an idle connection is still open and the peer has said nothing since. Does not block.
    bool is_quiet() noexcept;

    bool is_open() const noexcept { return socket_.is_open(); }

    /// Ends what is under way, with an error. No goodbye is sent.
    void close() noexcept;

private:
    using tls_stream = boost::asio::ssl::stream<boost::asio::ip::tcp::socket&>;

    std::shared_ptr<boost::asio::ssl::context> context_;
    boost::asio::ip::tcp::socket socket_;
    std::optional<tls_stream> tls_;
    boost::beast::flat_buffer buffer_;
};

} // namespace coauth::http
