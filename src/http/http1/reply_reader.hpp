// Parses a response, without I/O: octets in, a response or a typed error out.
#pragma once

#include <coauth/http/response.hpp>

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

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

    /// Once done: to be moved from, while the reader lives.
    http::response&& take() noexcept { return std::move(parser_->response); }

private:
    using error_code = boost::system::error_code;
    using string_view = boost::beast::string_view;

    /// Beast's parser, which puts what it reads straight into a response.
    class parser final : public boost::beast::http::basic_parser<false> {
    public:
        parser() = default;

        http::response response;

    private:
        void on_request_impl(boost::beast::http::verb, string_view, string_view, int, error_code&) override {}
        void on_response_impl(int status, string_view, int, error_code&) override { response.status = status; }
        void on_field_impl(boost::beast::http::field, string_view name, string_view value, error_code&) override;
        void on_header_impl(error_code&) override {}
        void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) override;
        std::size_t on_body_impl(string_view body, error_code&) override;
        void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
        std::size_t on_chunk_body_impl(std::uint64_t, string_view body, error_code&) override;
        void on_finish_impl(error_code&) override {}
    };

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
