#include "login_load/connection.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/detail/socket_option.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <cerrno>
#include <netinet/in.h>
#include <sys/socket.h>
#include <type_traits>

namespace login_load {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace wire = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr auto quietly = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t largest_page = 1024 * 1024;

using tls_stream = asio::ssl::stream<beast::tcp_stream>;
using wire_request = wire::request<wire::string_body>;
using wire_parser = wire::response_parser<wire::string_body>;

wire_request as_sent(const request& next)
{
    wire_request sent(wire::string_to_verb(next.method), next.target, 11);
    sent.set(wire::field::host, next.server.authority());
    sent.set(wire::field::user_agent, "login_load");
    if (!next.cookies.empty())
        sent.set(wire::field::cookie, next.cookies);
    if (next.method == "POST") {
        sent.set(wire::field::origin, next.server.text());
        sent.set("Sec-Fetch-Site", "same-origin");
        sent.set(wire::field::content_type, "application/x-www-form-urlencoded");
        sent.body() = next.form;
        sent.prepare_payload();
    }
    return sent;
}

void fill(response& into, wire_parser& parser)
{
    auto& message = parser.get();
    into.status = static_cast<int>(message.result_int());
    const auto location = message[wire::field::location];
    into.location.assign(location.data(), location.size());
    const auto [begin, end] = message.equal_range(wire::field::set_cookie);
    for (auto each = begin; each != end; ++each)
        into.cookies.emplace_back(each->value().data(), each->value().size());
    into.body = std::move(message.body());
}

void fail(response& into, const error_code& failure)
{
    into.kind = failure == beast::error::timeout ? ending::late : ending::lost;
    into.why = failure.message();
}

template <class Stream>
class connection_over final : public connection {
public:
    template <class... Context>
    explicit connection_over(beast::tcp_stream lowest, Context&... tls) : stream_(std::move(lowest), tls...)
    {}

    Stream& stream() noexcept { return stream_; }

    asio::awaitable<response> exchange(request next, clock::duration patience) override
    {
        usable_ = false;
        response result;
        const wire_request sent = as_sent(next);
        lowest().expires_after(patience);
        result.handed_over = clock::now();
        auto [write_failure, written] = co_await wire::async_write(stream_, sent, quietly);
        if (write_failure) {
            result.handed_over = clock::time_point::max();
            fail(result, write_failure);
            co_return result;
        }
        wire_parser parser;
        parser.body_limit(largest_page);
        auto [read_failure, read] = co_await wire::async_read(stream_, buffer_, parser, quietly);
        lowest().expires_never();
        if (read_failure) {
            fail(result, read_failure);
            co_return result;
        }
        fill(result, parser);
        usable_ = parser.keep_alive();
        co_return result;
    }

    bool usable() override { return usable_ && buffer_.size() == 0 && silent(); }

private:
    beast::tcp_stream& lowest() noexcept
    {
        if constexpr (std::is_same_v<Stream, beast::tcp_stream>)
            return stream_;
        else
            return stream_.next_layer();
    }

    // Between two exchanges a server has nothing to say but farewell.
    bool silent()
    {
        char byte = 0;
        const auto size = ::recv(lowest().socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
        return size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
    }

    Stream stream_;
    beast::flat_buffer buffer_;
    bool usable_ = true;
};

} // namespace

tcp::socket socket_from(const asio::any_io_executor& executor, const asio::ip::address_v4& source)
{
    // Without it, a port is looked for when the destination is not known yet, and there are fewer.
    using late_port = asio::detail::socket_option::boolean<IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT>;
    tcp::socket socket(executor);
    socket.open(tcp::v4());
    socket.set_option(late_port(true));
    socket.bind(tcp::endpoint(source, 0));
    return socket;
}

asio::awaitable<std::unique_ptr<connection>> connect(
    origin server, std::optional<asio::ip::address_v4> source, asio::ssl::context* tls, clock::duration patience)
{
    auto executor = co_await asio::this_coro::executor;
    beast::tcp_stream lowest(source ? socket_from(executor, *source) : tcp::socket(executor));
    lowest.expires_after(patience);
    const tcp::endpoint to = server.endpoint();
    co_await lowest.async_connect(to, asio::use_awaitable);
    lowest.socket().set_option(tcp::no_delay(true));
    if (!server.https) {
        lowest.expires_never();
        co_return std::make_unique<connection_over<beast::tcp_stream>>(std::move(lowest));
    }
    auto made = std::make_unique<connection_over<tls_stream>>(std::move(lowest), *tls);
    made->stream().set_verify_callback(asio::ssl::host_name_verification(server.host));
    co_await made->stream().async_handshake(asio::ssl::stream_base::client, asio::use_awaitable);
    made->stream().next_layer().expires_never();
    co_return made;
}

} // namespace login_load
