#include "login_load/slow_clients.hpp"

#include "login_load/connection.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/detail/socket_option.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string>
#include <utility>

namespace login_load {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

using largest_segment = asio::detail::socket_option::integer<IPPROTO_TCP, TCP_MAXSEG>;

constexpr auto quietly = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::milliseconds between_bytes(500);
constexpr std::array<const char*, manners> names{"idle", "slow_header", "slow_body", "never_reads"};

// One health check. False if it had no response.
asio::awaitable<bool> ask_once(tcp::socket& socket, std::string authority)
{
    const std::string question = "GET /healthz HTTP/1.1\r\nHost: " + authority + "\r\n\r\n";
    auto [write_failure, written] = co_await asio::async_write(socket, asio::buffer(question), quietly);
    std::string text;
    auto buffer = asio::dynamic_buffer(text, 4096);
    auto [read_failure, read] = co_await asio::async_read_until(socket, buffer, "\r\n\r\n", quietly);
    co_return !write_failure && !read_failure && text.starts_with("HTTP/1.1 200");
}

asio::awaitable<void> listen_to_the_end(tcp::socket& socket)
{
    std::array<char, 512> sink{};
    error_code failure;
    while (!failure) {
        auto [read_failure, read] = co_await socket.async_read_some(asio::buffer(sink), quietly);
        failure = read_failure;
    }
}

asio::awaitable<void> drip(tcp::socket& socket, std::string beginning, char drop)
{
    asio::steady_timer pause(socket.get_executor());
    auto [failure, written] = co_await asio::async_write(socket, asio::buffer(beginning), quietly);
    while (!failure) {
        pause.expires_after(between_bytes);
        co_await pause.async_wait(quietly);
        auto [drop_failure, size] = co_await asio::async_write(socket, asio::buffer(&drop, 1), quietly);
        failure = drop_failure;
    }
}

asio::awaitable<void> ask_without_end(tcp::socket& socket, std::string authority)
{
    constexpr int at_a_time = 16;
    std::string questions;
    for (int i = 0; i < at_a_time; ++i)
        questions += "GET / HTTP/1.1\r\nHost: " + authority + "\r\n\r\n";
    error_code failure;
    while (!failure) {
        auto [write_failure, written] = co_await asio::async_write(socket, asio::buffer(questions), quietly);
        failure = write_failure;
    }
}

} // namespace

slow_clients::slow_clients(const asio::any_io_executor& executor, slow_client_options options)
    : options_(std::move(options)), change_(executor, clock::time_point::max())
{}

asio::awaitable<void> slow_clients::run()
{
    while (begun_ < expected()) {
        co_await open(begun_++);
        ++settled_;
        change_.cancel();
    }
}

asio::awaitable<void> slow_clients::opened_all()
{
    while (settled_ < expected())
        co_await change_.async_wait(quietly);
}

asio::awaitable<void> slow_clients::closed_all()
{
    while (open_ > 0)
        co_await change_.async_wait(quietly);
}

asio::awaitable<void> slow_clients::open(std::size_t number)
{
    auto executor = co_await asio::this_coro::executor;
    const bool idle = number < options_.idle;
    const std::size_t within = idle ? number : number - options_.idle;
    const manner behaviour = idle ? manner::idle : static_cast<manner>(1 + within % 3);
    const auto source = source_address(idle ? network::idle : network::slow, within / options_.per_address);
    tcp::socket socket = socket_from(executor, source);
    error_code ignored;
    if (behaviour == manner::never_reads) {
        // As over Ethernet: loopback's own segments make the kernel keep megabytes for each connection.
        socket.set_option(largest_segment(1460), ignored);
        socket.set_option(asio::socket_base::receive_buffer_size(2048), ignored);
    }
    const tcp::endpoint to = options_.site.endpoint();
    auto [failure] = co_await socket.async_connect(to, quietly);
    if (failure)
        co_return;
    socket.set_option(tcp::no_delay(true), ignored);
    if (idle) {
        const bool healthy = co_await ask_once(socket, options_.site.authority());
        if (!healthy)
            co_return;
    }
    ++open_;
    ++of(behaviour).opened;
    asio::co_spawn(executor, stay(behaviour, std::move(socket)), asio::detached);
}

asio::awaitable<void> slow_clients::stay(manner behaviour, tcp::socket socket)
{
    const std::string authority = options_.site.authority();
    switch (behaviour) {
    case manner::idle:
        co_await listen_to_the_end(socket);
        break;
    case manner::slow_header:
        co_await drip(socket, "GET / HTTP/1.1\r\nHost: " + authority + "\r\nX-Slow: ", 'a');
        break;
    case manner::slow_body:
        co_await drip(socket, "POST /login HTTP/1.1\r\nHost: " + authority + "\r\nContent-Length: 1000\r\n\r\n", 'a');
        break;
    case manner::never_reads:
        co_await ask_without_end(socket, authority);
        break;
    }
    ++of(behaviour).closed;
    --open_;
    change_.cancel();
}

boost::json::object slow_clients::opened() const
{
    boost::json::object all;
    for (std::size_t i = 0; i < manners; ++i)
        all[names[i]] = counts_[i].opened;
    return all;
}

boost::json::object slow_clients::closed() const
{
    boost::json::object all;
    for (std::size_t i = 0; i < manners; ++i)
        all[names[i]] = counts_[i].closed;
    return all;
}

} // namespace login_load
