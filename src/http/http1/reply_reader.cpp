#include "http/http1/reply_reader.hpp"

#include <coauth/error.hpp>
#include <coauth/http/fields.hpp>

#include <boost/beast/http/error.hpp>
#include <boost/beast/http/fields.hpp>

#include <algorithm>
#include <utility>

namespace coauth::http {

namespace {

namespace beast_http = boost::beast::http;
using parse_error = beast_http::error;

constexpr int most_interim_answers = 4;

[[noreturn]] void refuse(const boost::system::error_code& why)
{
    if (why == parse_error::header_limit || why == parse_error::buffer_overflow)
        throw error(errc::response_too_large, "the header of the answer is over the limit")
            .with_hint("the limit is max_header");
    if (why == parse_error::body_limit)
        throw error(errc::response_too_large, "the body of the answer is over the limit")
            .with_hint("the limit is max_body");
    throw error(errc::malformed_response, "the answer is not HTTP: " + why.message());
}

// RFC 9112, section 6.1: what follows the header can only be read in a coding that is known. Beast looks for
// "chunked" at the end of the list alone.
void require_known_coding(const beast_http::fields& header)
{
    for (const auto& field : header) {
        if (field.name() != beast_http::field::transfer_encoding)
            continue;
        const auto value = std::string_view(field.value().data(), field.value().size());
        if (same_field_name(value, "chunked") || same_field_name(value, "identity"))
            continue;
        throw error(errc::malformed_response,
            "the response has Transfer-Encoding " + std::string(value.substr(0, 100)) + ", which was not asked for")
            .with_hint("something between here and the server changes responses; check the proxy");
    }
}

} // namespace

reply_reader::reply_reader(boost::beast::flat_buffer& buffer, const reply_rules& rules) : buffer_(buffer), rules_(rules)
{
    expect_another();
}

void reply_reader::expect_another()
{
    parser_.emplace();
    header_size_ = 0;
    parser_->header_limit(static_cast<std::uint32_t>(rules_.max_header));
    parser_->body_limit(rules_.max_body);
    parser_->skip(rules_.without_body);
    // Stops after each header, so that an interim answer is seen before the next one is touched.
    parser_->eager(false);
}

boost::asio::mutable_buffer reply_reader::space()
{
    constexpr std::size_t least = 16 * 1024; // a TLS record
    const std::size_t free_now = buffer_.capacity() - buffer_.size();
    const std::size_t free_ever = buffer_.max_size() - buffer_.size();
    // Whole headers and chunk headers must fit: what doesn't would grow without end.
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
            require_known_coding(parser_->get());
            parser_->eager(true);
        }
    }
}

// RFC 9110, section 15.2.
bool reply_reader::skip_if_interim()
{
    const auto status = static_cast<int>(parser_->get().result_int());
    if (status >= 200)
        return false;
    if (status < 100 || status == 101)
        throw error(errc::malformed_response, "the answer has a status that was not asked for")
            .with_http_status(status);
    if (++interim_ > most_interim_answers)
        throw error(errc::malformed_response, "the answer is preceded by too many interim ones");
    expect_another();
    return true;
}

void reply_reader::ended(bool properly)
{
    if (parser_->is_done())
        return;
    if (!begun_)
        throw error(errc::connection_lost, "the connection was closed before the answer");
    if (!parser_->is_header_done() || !parser_->need_eof())
        throw error(errc::connection_lost, "the connection was closed in the middle of the answer");
    // Only the end of the stream says where this body ends, and anyone on the way can cut a stream.
    if (!properly)
        throw error(errc::connection_lost, "the answer may have been cut short on the way");
    boost::system::error_code ec;
    parser_->put_eof(ec);
    if (ec)
        refuse(ec);
}

response reply_reader::take()
{
    auto message = parser_->release();
    response out;
    out.status = static_cast<int>(message.result_int());
    for (const auto& field : message.base()) {
        const auto name = field.name_string();
        const auto value = field.value();
        out.headers.add(std::string(name.data(), name.size()), std::string(value.data(), value.size()));
    }
    out.body = std::move(message.body());
    return out;
}

} // namespace coauth::http
