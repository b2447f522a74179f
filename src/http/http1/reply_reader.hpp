// Makes an answer of bytes, without I/O: bytes in, an answer or a typed error out.
#pragma once

#include <coauth/http/response.hpp>

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <cstddef>
#include <optional>

namespace coauth::http {

/// Which answer is expected, and how large it may be.
struct reply_rules {
    reply_rules() = default;

    std::size_t max_header = 16 * 1024;
    std::size_t max_body = 4 * 1024 * 1024;
    bool without_body = false; ///< The answer to HEAD or CONNECT ends with its header, whatever that says.
};

/// Reads one answer, skipping interim ones.
///
///     while (!reader.done()) { n = read into reader.space(); reader.received(n); }
///
/// Every function throws `coauth::error`: `malformed_response`, `response_too_large`,
/// `connection_lost`. After an error the reader is of no more use.
class reply_reader {
public:
    /// The most bytes `buffer` must be able to hold for answers under `rules`.
    static std::size_t buffer_size(const reply_rules& rules) noexcept { return rules.max_header + 8 * 1024; }

    /// `buffer` keeps what is not read yet, and afterwards what was too much.
    reply_reader(boost::beast::flat_buffer& buffer, const reply_rules& rules);

    /// Where the next bytes go. Never empty.
    boost::asio::mutable_buffer space();
    void received(std::size_t size);

    /// The stream has ended, `properly` or in the middle of something. Completes a body that ends with
    /// the stream; throws if that is no end of an answer.
    void ended(bool properly);

    bool done() const { return parser_ && parser_->is_done(); }

    /// True once any byte of any answer has come.
    bool begun() const noexcept { return begun_; }

    /// Once done: what the answer says of the connection.
    bool keeps_alive() const { return parser_->keep_alive(); }
    bool bytes_left() const noexcept { return buffer_.size() != 0; }

    /// Once done.
    response take();

private:
    using parser = boost::beast::http::response_parser<boost::beast::http::string_body>;

    void expect_another();
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
