// Parses a response, without I/O: octets in, a response or a typed error out.
#pragma once

#include <coauth/http/response.hpp>

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <cstddef>
#include <optional>

namespace coauth::http {

/// Which response is expected, and how large it may be.
struct reply_rules {
    reply_rules() = default;

    std::size_t max_header = 16 * 1024;
    std::size_t max_body = 4 * 1024 * 1024;
    bool without_body = false; ///< The response to HEAD or CONNECT ends with its header, even with a length.
};

/// Reads one response, skipping interim ones.
///
///     while (!reader.done()) { n = read into reader.space(); reader.received(n); }
///
/// Every function throws `coauth::error`: `malformed_response`, `response_too_large`,
/// `connection_lost`. Not usable after an error.
class reply_reader {
public:
    /// The most octets `buffer` must be able to hold for responses under `rules`.
    static std::size_t buffer_size(const reply_rules& rules) noexcept { return rules.max_header + 8 * 1024; }

    /// `buffer` holds what is not parsed yet, and afterwards what came after the response.
    reply_reader(boost::beast::flat_buffer& buffer, const reply_rules& rules);

    /// Where the next bytes go. Never empty.
    boost::asio::mutable_buffer space();
    void received(std::size_t size);

    /// The stream has ended: `properly`, or without TLS's close. Completes a body that ends with the stream; throws if
    /// the response can't end here.
    void ended(bool properly);

    /// The result of a read into `space`: calls `received` and `ended` as it says.
    void read(const boost::system::error_code& failure, std::size_t size);

    bool done() const { return parser_ && parser_->is_done(); }

    /// True once any octet of any response, interim ones included, has come.
    bool begun() const noexcept { return begun_; }

    /// Once done: whether the response allows another request on the connection.
    bool keeps_alive() const { return parser_->keep_alive(); }
    bool bytes_left() const noexcept { return buffer_.size() != 0; }

    /// Once done.
    response take();

private:
    using parser = boost::beast::http::response_parser<boost::beast::http::string_body>;

    void expect_response();
    void parse();
    bool skip_if_interim();

    boost::beast::flat_buffer& buffer_;
    reply_rules rules_;
    std::optional<parser> parser_;
    std::size_t header_size_ = 0;
    int interim_ = 0;
    bool begun_ = false;
};

} // namespace coauth::http
