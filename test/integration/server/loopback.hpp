// A context run by several threads, and a client that sends what no client library would.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include <cctype>
#include <cstdint>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace loopback {

namespace asio = boost::asio;

/// Runs until it is destroyed; what runs in it must end by itself by then.
class threads {
public:
    explicit threads(int count = 3) : busy_(asio::make_work_guard(io_))
    {
        for (int i = 0; i < count; ++i)
            pool_.emplace_back([this] { io_.run(); });
    }

    ~threads() { finish(); }

    /// Returns when nothing is left to do.
    void finish()
    {
        busy_.reset();
        for (auto& each : pool_)
            if (each.joinable())
                each.join();
    }

    asio::any_io_executor executor() { return io_.get_executor(); }
    asio::io_context& context() { return io_; }

private:
    asio::io_context io_;
    asio::executor_work_guard<asio::io_context::executor_type> busy_;
    std::vector<std::thread> pool_;
};

struct answer {
    int status = 0; ///< 0: the connection was closed without an answer.
    std::string head;
    std::string body;

    /// The first field called `name`, which is given in lower case.
    std::string header(std::string_view name) const
    {
        std::size_t at = head.find("\r\n");
        while (at != std::string::npos && at + 2 < head.size()) {
            const std::size_t start = at + 2;
            at = head.find("\r\n", start);
            const std::string line = head.substr(start, at - start);
            std::string key = line.substr(0, line.find(':'));
            for (char& c : key)
                c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
            if (key == name)
                return line.substr(key.size() + 2);
        }
        return {};
    }
};

/// Blocking and plain. Every read ends when the server answers or closes: no test waits by the clock.
template <class Stream>
class basic_client {
public:
    template <class... Args>
    explicit basic_client(Args&&... args) : stream(std::forward<Args>(args)...)
    {}

    /// False if the server has cut the connection.
    bool send(std::string_view text)
    {
        boost::system::error_code gone;
        asio::write(stream, asio::buffer(text), gone);
        return !gone;
    }

    answer receive(bool to_head = false)
    {
        answer out;
        boost::system::error_code failure;
        const std::size_t head = asio::read_until(stream, asio::dynamic_buffer(pending_), "\r\n\r\n", failure);
        if (failure)
            return out;
        out.head = pending_.substr(0, head - 2);
        pending_.erase(0, head);
        out.status = std::stoi(out.head.substr(9, 3));
        const std::string length = out.header("content-length");
        if (length.empty() || to_head)
            return out;
        const std::size_t size = std::stoul(length);
        if (pending_.size() < size)
            asio::read(stream, asio::dynamic_buffer(pending_), asio::transfer_exactly(size - pending_.size()), failure);
        out.body = pending_.substr(0, size);
        pending_.erase(0, size);
        return out;
    }

    /// All that comes until the server closes.
    std::string rest()
    {
        boost::system::error_code failure;
        asio::read(stream, asio::dynamic_buffer(pending_), failure);
        end = failure;
        return std::exchange(pending_, {});
    }

    Stream stream;
    boost::system::error_code end; ///< How `rest` ended.

private:
    std::string pending_;
};

class client {
public:
    /// `source`: the client's own address; empty: the kernel chooses it.
    explicit client(std::uint16_t port, std::string_view address = "127.0.0.1", std::string_view source = {})
        : plain(io_)
    {
        const asio::ip::tcp::endpoint server(asio::ip::make_address(address), port);
        plain.stream.open(server.protocol());
        if (!source.empty())
            plain.stream.bind({asio::ip::make_address(source), 0});
        plain.stream.connect(server);
    }

    bool send(std::string_view text) { return plain.send(text); }
    answer receive(bool to_head = false) { return plain.receive(to_head); }
    std::string rest() { return plain.rest(); }
    answer ask(std::string_view text)
    {
        send(text);
        return receive();
    }

private:
    asio::io_context io_;

public:
    basic_client<asio::ip::tcp::socket> plain;
};

} // namespace loopback
