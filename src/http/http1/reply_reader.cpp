#include "http/http1/reply_reader.hpp"

#include <coauth/error.hpp>
#include <coauth/http/fields.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/beast/http/error.hpp>

#include <algorithm>
#include <utility>

namespace coauth::http {

namespace {

namespace beast_http = boost::beast::http;
using parse_error = beast_http::error;

constexpr int max_interim_responses = 4;

[[noreturn]] void refuse(const boost::system::error_code& reason)
{
    if (reason == parse_error::header_limit || reason == parse_error::buffer_overflow)
        throw error(errc::response_too_large, "the response header is over the limit")
            .with_hint("the limit is max_header");
    if (reason == parse_error::body_limit)
        throw error(errc::response_too_large, "the response body is over the limit").with_hint("the limit is max_body");
    throw error(errc::malformed_response, "the response is not HTTP: " + reason.message());
}

// RFC 9112, section 6.1: the body can only be read in a known coding. Beast looks for "chunked" at the end of the
// list only.
void require_known_coding(const fields& header)
{
    for (const auto& [name, value] : header) {
        if (!same_field_name(name, "Transfer-Encoding") || same_field_name(value, "chunked") ||
            same_field_name(value, "identity"))
            continue;
        throw error(errc::malformed_response,
            "the response has Transfer-Encoding " + std::string(value.substr(0, 100)) + ", which was not requested")
            .with_hint("something between here and the server changes responses; check the proxy");
    }
}

// The room that the header of a usual response takes.
constexpr std::size_t usual_header = 1000;

} // namespace

void reply_reader::parser::on_field_impl(boost::beast::http::field, string_view name, string_view value, error_code&)
{
    if (response.headers.empty())
        response.headers.reserve(usual_header);
    response.headers.add({name.data(), name.size()}, {value.data(), value.size()});
}

// A length over the limit has been refused before this.
void reply_reader::parser::on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&)
{
    if (length)
        response.body.reserve(static_cast<std::size_t>(*length));
}

std::size_t reply_reader::parser::on_body_impl(string_view body, error_code&)
{
    response.body.append(body.data(), body.size());
    return body.size();
}

std::size_t reply_reader::parser::on_chunk_body_impl(std::uint64_t, string_view body, error_code& failure)
{
    return on_body_impl(body, failure);
}

reply_reader::reply_reader(boost::beast::flat_buffer& buffer, const reply_rules& rules) : buffer_(buffer), rules_(rules)
{
    expect_response();
}

void reply_reader::expect_response()
{
    parser_.emplace();
    header_size_ = 0;
    parser_->header_limit(static_cast<std::uint32_t>(rules_.max_header));
    parser_->body_limit(rules_.max_body);
    parser_->skip(rules_.without_body);
    // Stops after each header, so that an interim response is recognised before the next one is parsed.
    parser_->eager(false);
}

boost::asio::mutable_buffer reply_reader::space()
{
    constexpr std::size_t least = 16 * 1024; // a TLS record
    const std::size_t free_now = buffer_.capacity() - buffer_.size();
    const std::size_t free_ever = buffer_.max_size() - buffer_.size();
    // Whole headers and chunk headers must fit into the buffer.
    if (free_ever == 0)
        refuse(make_error_code(parse_error::buffer_overflow));
    return buffer_.prepare(std::min(free_ever, std::max(free_now, least)));
}

void reply_reader::received(std::size_t size)
{
    begun_ = begun_ || size != 0;
    buffer_.commit(size);
    parse();
}

void reply_reader::parse()
{
    while (buffer_.size() != 0 && !parser_->is_done()) {
        boost::system::error_code ec;
        const bool had_header = parser_->is_header_done();
        const std::size_t used = parser_->put(buffer_.data(), ec);
        buffer_.consume(used);
        // Beast limits the status line and the fields each by itself.
        if (!had_header && (header_size_ += used) > rules_.max_header)
            ec = parse_error::header_limit;
        if (ec == parse_error::need_more)
            return;
        if (ec)
            refuse(ec);
        if (!had_header && parser_->is_header_done() && !skip_if_interim()) {
            require_known_coding(parser_->response.headers);
            parser_->eager(true);
        }
    }
}

// RFC 9110, section 15.2.
bool reply_reader::skip_if_interim()
{
    const int status = parser_->response.status;
    if (status >= 200)
        return false;
    if (status < 100 || status == 101)
        throw error(errc::malformed_response, "the response has a status that the request does not allow")
            .with_http_status(status);
    if (++interim_ > max_interim_responses)
        throw error(errc::malformed_response, "too many interim responses came before the response");
    expect_response();
    return true;
}

void reply_reader::read(const boost::system::error_code& failure, std::size_t size)
{
    received(size);
    if (failure == boost::asio::error::eof)
        ended(true);
    else if (failure == boost::asio::ssl::error::stream_truncated)
        ended(false);
    else if (failure)
        throw error(errc::connection_lost, "the connection broke before the response was whole: " + failure.message());
}

void reply_reader::ended(bool properly)
{
    if (parser_->is_done())
        return;
    if (!begun_)
        throw error(errc::connection_lost, "the connection was closed before the response");
    if (!parser_->is_header_done() || !parser_->need_eof())
        throw error(errc::connection_lost, "the connection was closed in the middle of the response");
    // This body ends with the stream, and anyone on the way can end a stream.
    if (!properly)
        throw error(errc::connection_lost, "the response may have been cut short: TLS was not closed properly");
    boost::system::error_code ec;
    parser_->put_eof(ec);
    if (ec)
        refuse(ec);
}

} // namespace coauth::http
