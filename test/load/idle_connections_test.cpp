// Ten thousand connections that only wait. The clients are a process of their own: a process may have
// too few descriptors for both ends.
#include "load/resident_memory.hpp"

#include <coauth/server/http_server.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include <doctest/doctest.h>

#include <csignal>
#include <deque>
#include <string>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace asio = boost::asio;
namespace server = coauth::server;
using asio::ip::tcp;

namespace {

constexpr std::size_t many = 10'000;

asio::awaitable<server::response> page(server::request)
{
    co_return server::response(200, "text/plain", "hello");
}

// Does not return. `asks`: each connection gets one response, and then waits; else it sends nothing.
[[noreturn]] void hold_connections(std::uint16_t port, std::size_t count, bool asks)
{
    try {
        asio::io_context io;
        std::deque<tcp::socket> held;
        while (held.size() < count) {
            tcp::socket& next = held.emplace_back(io);
            next.connect({asio::ip::address_v4::loopback(), port});
            if (!asks)
                continue;
            const std::string question = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
            std::string response;
            asio::write(next, asio::buffer(question));
            asio::read_until(next, asio::dynamic_buffer(response), "hello");
        }
        pause();
    } catch (const std::exception&) {
        // The parent sees that connections are missing.
    }
    _exit(1);
}

class children {
public:
    children() = default;
    children(const children&) = delete;
    children& operator=(const children&) = delete;
    ~children()
    {
        for (const pid_t each : all_) {
            kill(each, SIGKILL);
            waitpid(each, nullptr, 0);
        }
    }

    void start(std::uint16_t port, std::size_t count, bool asks)
    {
        const pid_t child = fork();
        if (child == 0)
            hold_connections(port, count, asks);
        all_.push_back(child);
    }

private:
    std::deque<pid_t> all_;
};

void hold(bool asks)
{
    rlimit files{};
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    REQUIRE(files.rlim_cur > many + many / 16 + 100);

    asio::io_context io(1);
    server::server_options o;
    o.max_connections = many;
    o.read_timeout = std::chrono::minutes(10);
    o.idle_timeout = std::chrono::minutes(10);
    server::http_server s(io.get_executor(), o, page);
    io.poll();
    const std::size_t before = coauth::testing::resident_bytes();
    children clients;
    clients.start(s.port(), many, asks);
    const auto full = [&] { return s.stats().idle == many && s.stats().answered == (asks ? many : 0); };
    while (!full() && io.run_one_for(std::chrono::seconds(60)) > 0) {}
    REQUIRE(full());
    const std::size_t each = (coauth::testing::resident_bytes() - before) / many;
    MESSAGE(each << " B for each idle connection");

    // Further clients are served; each replaces the connection that has been idle longest.
    constexpr std::size_t additional = 500;
    clients.start(s.port(), additional, true);
    const auto served = [&] { return s.stats().answered == (asks ? many : 0) + additional && s.stats().open == many; };
    while (!served() && io.run_one_for(std::chrono::seconds(60)) > 0) {}
    CHECK(served());
    CHECK(s.stats().evicted == additional);
    CHECK(s.stats().refused_full == 0);
}

} // namespace

TEST_CASE("http_server: ten thousand connections kept alive leave room for others")
{
    hold(true);
}

TEST_CASE("http_server: ten thousand connections that send nothing leave room for others")
{
    hold(false);
}
