// Commands over a connection that comes back by itself.
#pragma once

#include "store/redis/connection_machine.hpp"
#include "store/redis/handshake.hpp"
#include "store/redis/link.hpp"
#include "store/redis/request.hpp"

#include <coauth/store/redis_store.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace coauth::store::redis {

/// Sends requests as they come, any number ahead of their replies. Without a connection they wait for one until their
/// deadlines; those whose reply is lost fail, unless they are repeatable. Where memory is short all of them fail.
///
/// Thread safety: everything happens on the thread of its context. Lifetime: `close` ends it.
class redis_connection final : private redis_link::user, public std::enable_shared_from_this<redis_connection> {
public:
    using time_point = std::chrono::steady_clock::time_point;

    /// `deadline`: how long connecting may take.
    redis_connection(boost::asio::io_context& io, const redis_options& address, std::chrono::milliseconds deadline,
        std::function<void(std::string_view)> warn);

    /// Connects without a request, once.
    void open();

    /// Those of one connection have their deadlines in the order in which they come.
    void submit(std::shared_ptr<redis_request> request) noexcept;

    /// Fails what waits.
    void close() noexcept;

private:
    struct endpoint {
        endpoint(std::string new_address, std::uint16_t new_port) : address(std::move(new_address)), port(new_port) {}

        std::string address; // or the path of a socket
        std::uint16_t port;  // 0 for a socket
    };
    using requests = std::list<std::shared_ptr<redis_request>>; // moved from one to another without memory

    void link_connected() override;
    void link_replied(redis_reply reply) override;
    void link_lost(const std::string& reason) override;

    template <class Step>
    void whole(Step step) noexcept;
    void abandon() noexcept;
    void send_what_waits() noexcept;
    void take(redis_reply reply);
    void act(const connection_machine::decision& decided);
    void connect();
    void resolve();
    void open_next_endpoint();
    void attempt_failed(const std::string& reason);
    void lose(const std::string& reason);
    void shake_hands(const redis_reply& reply);
    void refuse(const error& reason);
    void flush();
    void expire();
    void set_timer();

    bool attempting() const { return machine_.current() == connection_machine::state::connecting; }
    bool ready() const { return machine_.current() == connection_machine::state::ready; }

    boost::asio::io_context& io_;
    const redis_options address_;
    const std::chrono::milliseconds deadline_;
    const std::function<void(std::string_view)> warn_;
    connection_machine machine_;
    boost::asio::ip::tcp::resolver resolver_;
    boost::asio::steady_timer pause_;
    boost::asio::steady_timer timer_;
    std::optional<time_point> timer_set_to_;
    std::vector<endpoint> endpoints_; // of this attempt
    std::size_t next_endpoint_ = 0;
    std::uint64_t attempts_ = 0;
    time_point attempt_ends_at_{};
    std::shared_ptr<redis_link> link_;
    std::optional<redis_handshake> handshake_;
    bool policy_known_ = false;
    requests waiting_;
    requests sent_;
    std::string last_reason_; // of the last loss
    bool closed_ = false;
};

} // namespace coauth::store::redis
