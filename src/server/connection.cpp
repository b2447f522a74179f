#include "server/connection.hpp"

#include "server/quietly.hpp"
#include "server/request_parser.hpp"
#include "server/request_rules.hpp"
#include "server/response_head.hpp"
#include "server/tls_context.hpp"

#include <coauth/coro/cancel_after.hpp>
#include <coauth/http/date.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>

#include <algorithm>
#include <array>

namespace coauth::server {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using std::chrono::milliseconds;

connection::~connection() = default;

service::service(server_options o, handler a)
    : options(std::move(o)), answer(std::move(a)), table(options.max_connections, options.max_connections_per_address)
{
    if (options.tls)
        tls.emplace(make_tls_context(*options.tls));
}

namespace {

// How long, and for how many octets, a client that was refused may continue to send: closing earlier
// would reset the connection before the client has read the response.
constexpr milliseconds linger_time(2'000);
constexpr std::size_t linger_bytes = 256 * 1024;

// Room in the buffer beside the header: a body is read through it in pieces.
constexpr std::size_t body_piece = 16 * 1024;

// Most requests are whole with this.
constexpr std::size_t first_piece = 1024;

// Of an IPv4 client of an IPv6 socket: the IPv4 address.
std::string text_of(const asio::ip::address& address)
{
    const bool mapped = address.is_v6() && address.to_v6().is_v4_mapped();
    return mapped ? make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string() : address.to_string();
}

using tls_stream = asio::ssl::stream<tcp::socket>;

template <class Stream>
class connection_over final : public connection {
public:
    template <class... Context>
    connection_over(std::shared_ptr<service> shared, connection_table::id id, tcp::socket socket, Context&... tls)
        : shared_(std::move(shared)), id_(id), stream_(std::move(socket), tls...), deadline_(stream_.get_executor()),
          buffer_(shared_->options.max_header + body_piece)
    {
        error_code ignored;
        const auto peer = lowest().remote_endpoint(ignored);
        peer_ = text_of(peer.address());
        lowest().set_option(tcp::no_delay(true), ignored);
        lowest().non_blocking(true, ignored);
    }

    asio::any_io_executor executor() override { return stream_.get_executor(); }

    asio::awaitable<void> run() override
    {
        const auto self = shared_from_this();
        try {
            bool open = co_await open_stream();
            while (open) {
                open = co_await wait_for_request();
                if (open)
                    open = co_await exchange();
            }
            co_await finish();
        } catch (...) {
            // Cut, or out of memory: the connection is closed.
        }
        phase_ = phase::ended;
        deadline_.cancel();
        close();
    }

    void end(urgency urgency) override
    {
        if (phase_ == phase::ended || urgency <= ending_)
            return;
        ending_ = urgency;
        if (!gives_up(phase_, urgency))
            return;
        if (urgency == urgency::cut) {
            close();
            cut_.emit(asio::cancellation_type::terminal);
        } else {
            stop_reading();
        }
    }

private:
    static constexpr bool is_tls = !std::is_same_v<Stream, tcp::socket>;

    tcp::socket& lowest() noexcept
    {
        if constexpr (is_tls)
            return stream_.next_layer();
        else
            return stream_;
    }

    const server_options& options() const noexcept { return shared_->options; }

    asio::awaitable<bool> open_stream()
    {
        if constexpr (is_tls) {
            // A client that sends nothing is idle here, too. Its time is for the handshake as a whole.
            enter(phase::idle, options().read_timeout);
            co_await lowest().async_wait(tcp::socket::wait_read, quietly);
            become(phase::handshaking);
            auto [failure] = co_await stream_.async_handshake(asio::ssl::stream_base::server, quietly);
            broken_ = failure.failed();
        }
        co_return !broken_;
    }

    // One request and its response. True if another may follow.
    asio::awaitable<bool> exchange()
    {
        enter(phase::reading, options().read_timeout);
        request_parser parser;
        limit(parser, options());
        request question;
        std::optional<refusal> refused;
        const bool whole = co_await read_request(parser, question, refused);
        if (refused) {
            unread_ = true;
            enter(phase::writing, options().write_timeout);
            response answer = answer_to(*refused);
            co_await write(std::move(answer), false, question.method == "HEAD");
            co_return false;
        }
        if (!whole || ending_ >= urgency::stop)
            co_return false;

        const bool head_only = question.method == "HEAD";
        if (options().answer_timeout.count() > 0)
            enter(phase::answering, options().answer_timeout + linger_time);
        else
            enter(phase::answering);
        response answer = co_await ask(std::move(question));

        enter(phase::writing, options().write_timeout);
        const bool keep = parser.keep_alive() && ending_ == urgency::none && !answer.raw && !wants_close(answer);
        const bool written = co_await write(std::move(answer), keep, head_only);
        co_return written&& keep;
    }

    // Until the first byte of the next request: this is where connections spend their lives, so nothing
    // is held here that a request alone needs.
    asio::awaitable<bool> wait_for_request()
    {
        if (buffer_.size() > 0)
            co_return true;
        if (ending_ != urgency::none)
            co_return false;
        enter(phase::idle, served_ ? options().idle_timeout : options().read_timeout);
        served_ = true;
        if constexpr (is_tls) {
            // The byte may already be inside the TLS engine, so that the socket would be waited for in vain.
            buffer_.shrink_to_fit();
            const auto space = buffer_.prepare(first_piece);
            auto [failure, size] = co_await stream_.async_read_some(space, quietly);
            buffer_.commit(size);
            co_return !failure;
        } else {
            error_code failure = asio::error::would_block;
            while (failure == asio::error::would_block) {
                buffer_.shrink_to_fit();
                auto [wait_failure] = co_await stream_.async_wait(tcp::socket::wait_read, quietly);
                if (wait_failure)
                    co_return false;
                // There may be nothing: the reactor may tell, late, of bytes that were read long ago.
                buffer_.commit(stream_.read_some(buffer_.prepare(first_piece), failure));
            }
            co_return !failure;
        }
    }

    // True with a whole request in `question`; else `refused` has what to tell the client, if it is
    // still there.
    asio::awaitable<bool> read_request(request_parser& parser, request& question, std::optional<refusal>& refused)
    {
        namespace beast_http = boost::beast::http;
        auto [head_failure, head_size] = co_await beast_http::async_read_header(stream_, buffer_, parser, quietly);
        // Beast holds the request line and the fields to the limit one by one.
        if (!head_failure && head_size > options().max_header)
            head_failure = beast_http::error::header_limit;
        if (head_failure) {
            refused = refusal_for(head_failure, part::head, too_slow_, arrived());
            co_return false;
        }
        question = head_of(parser);
        question.https = is_tls;
        question.peer = peer_;
        refused = check_head(parser.get().version() % 10, question);
        if (refused)
            co_return false;
        if (parser.is_done())
            co_return true;

        if (parser.get().version() >= 11 && question.headers.count("Expect") > 0) {
            const std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
            auto [expect_failure, sent] = co_await asio::async_write(stream_, asio::buffer(go_on), quietly);
            if (expect_failure)
                co_return false;
        }
        auto [body_failure, body_size] = co_await beast_http::async_read(stream_, buffer_, parser, quietly);
        if (body_failure) {
            refused = refusal_for(body_failure, part::body, too_slow_);
            co_return false;
        }
        question.body = std::move(parser.get().body());
        co_return true;
    }

    std::string_view arrived() const noexcept
    {
        const auto bytes = buffer_.cdata();
        return {static_cast<const char*>(bytes.data()), bytes.size()};
    }

    asio::awaitable<response> ask(request question)
    {
        const milliseconds limit = options().answer_timeout;
        const auto since = std::chrono::steady_clock::now();
        try {
            asio::awaitable<response> op = shared_->answer(std::move(question));
            if (limit.count() > 0)
                op = cancel_after(limit, std::move(op));
            response answer = co_await std::move(op);
            if (answer.raw || well_formed(answer))
                co_return answer;
        } catch (...) {
            // What it says is for the handler's own log: it may hold anything.
            if (limit.count() > 0 && std::chrono::steady_clock::now() - since >= limit)
                co_return answer_to(refusal(504, "This server took too long to answer."));
        }
        co_return answer_to(refusal(500, "Something went wrong on this server."));
    }

    asio::awaitable<bool> write(response answer, bool keep, bool head_only)
    {
        std::string head;
        std::string_view body;
        if (answer.raw) {
            body = *answer.raw;
            silent_ = body.empty();
        } else {
            head = response_head(answer, keep,
                http::write_date(std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now())));
            if (!head_only && !bodiless(answer.status))
                body = answer.body;
        }
        const std::array<asio::const_buffer, 2> bytes = {asio::buffer(head), asio::buffer(body)};
        auto [failure, size] = co_await asio::async_write(stream_, bytes, quietly);
        broken_ = failure.failed();
        if (!broken_ && !silent_)
            ++shared_->answered;
        co_return !broken_;
    }

    // Says goodbye, so that the client gets every byte it was sent.
    asio::awaitable<void> finish()
    {
        if (broken_ || silent_)
            co_return;
        enter(phase::closing, linger_time);
        if constexpr (is_tls) {
            // Only our half of the goodbye: the client's may never come.
            SSL_set_shutdown(
                stream_.native_handle(), SSL_get_shutdown(stream_.native_handle()) | SSL_RECEIVED_SHUTDOWN);
            co_await stream_.async_shutdown(quietly);
        }
        error_code failure;
        lowest().shutdown(tcp::socket::shutdown_send, failure);
        std::size_t left = unread_ || buffer_.size() > 0 ? linger_bytes : 0;
        std::array<char, 4096> sink;
        while (left > 0 && !failure) {
            auto [read_failure, size] = co_await lowest().async_read_some(asio::buffer(sink), quietly);
            failure = read_failure;
            left -= std::min(left, size);
        }
    }

    void enter(phase next)
    {
        become(next);
        deadline_.cancel();
    }

    void enter(phase next, milliseconds limit)
    {
        become(next);
        arm(limit);
    }

    void become(phase next)
    {
        if (next == phase::idle && phase_ != phase::idle)
            shared_->table.idle(id_);
        if (next != phase::idle && phase_ == phase::idle)
            shared_->table.busy(id_);
        phase_ = next;
    }

    void arm(milliseconds limit)
    {
        deadline_.expires_after(limit);
        deadline_.async_wait([weak = weak_from_this()](error_code failure) {
            const auto self = weak.lock();
            if (self && !failure)
                static_cast<connection_over&>(*self).expire();
        });
    }

    void expire()
    {
        // It may have been set again while this handler was queued.
        if (deadline_.expiry() > std::chrono::steady_clock::now())
            return;
        switch (when_late(phase_, too_slow_)) {
        case lateness::ignore:
            break;
        case lateness::hang_up:
            stop_reading();
            break;
        case lateness::respond:
            too_slow_ = true;
            stop_reading();
            arm(linger_time);
            break;
        case lateness::close:
            close();
            break;
        }
    }

    // Octets that have arrived can still be read, then comes the end of the stream; writing stays possible.
    void stop_reading()
    {
        error_code ignored;
        lowest().shutdown(tcp::socket::shutdown_receive, ignored);
    }

    void close()
    {
        error_code ignored;
        lowest().close(ignored);
    }

    std::shared_ptr<service> shared_;
    const connection_table::id id_;
    Stream stream_;
    asio::steady_timer deadline_;
    boost::beast::flat_buffer buffer_;
    std::string peer_;
    phase phase_ = phase::idle;
    urgency ending_ = urgency::none;
    bool served_ = false;   // the first request has been waited for
    bool too_slow_ = false; // the time for the request is up
    bool broken_ = false;   // nothing more can be written
    bool silent_ = false;   // the handler closes the connection without a response
    bool unread_ = false;   // the client may still be sending
};

} // namespace

std::shared_ptr<connection> make_connection(
    tcp::socket socket, std::shared_ptr<service> shared, connection_table::id id)
{
    if (!shared->tls)
        return std::make_shared<connection_over<tcp::socket>>(std::move(shared), id, std::move(socket));
    auto& tls = *shared->tls;
    return std::make_shared<connection_over<tls_stream>>(std::move(shared), id, std::move(socket), tls);
}

} // namespace coauth::server
