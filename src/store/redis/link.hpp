// A connection of hiredis's, driven by Asio.
#pragma once

#include "store/redis/reply.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct redisAsyncContext;
struct redisReadTask;
struct redisReplyObjectFunctions;

namespace coauth::store::redis {

/// One socket from its opening to its end. Everything happens on the thread of its context, where SIGPIPE must be blocked:
/// hiredis writes by write(2).
///
/// hiredis aborts the process for a reply that nothing asked for, and takes replies of any size; here both end the connection.
///
/// Lifetime: its own handlers keep it alive until it has ended; it never calls its user after `close`.
class redis_link : public std::enable_shared_from_this<redis_link> {
public:
    /// Called from within the link, which may be closed there.
    class user {
    public:
        virtual void link_connected() = 0;
        virtual void link_replied(redis_reply reply) = 0;
        virtual void link_lost(const std::string& reason) = 0;

    protected:
        ~user() = default;
    };

    redis_link(boost::asio::io_context& io, user& owner);
    ~redis_link();
    redis_link(const redis_link&) = delete;
    redis_link& operator=(const redis_link&) = delete;

    /// Begins to connect to an IP address, or to a Unix socket where `port` is 0. Returns why it can't, or nothing.
    std::string open(const std::string& address, std::uint16_t port);

    /// Sends a command behind those sent before; replies come in their order. False if the connection has ended.
    bool send(const std::vector<std::string>& arguments);

    void close() noexcept;

private:
    struct hooks;

    void handle(void (*step)(redisAsyncContext*));
    void wait();
    bool admits(const redisReadTask& task, std::size_t octets, std::size_t elements) noexcept;
    void end(std::string_view reason) noexcept;

    boost::asio::posix::stream_descriptor descriptor_;
    user* user_;
    redisAsyncContext* context_ = nullptr;
    const redisReplyObjectFunctions* usual_functions_ = nullptr; // those that hiredis gives each reader
    std::string reason_;                                         // why it ended
    bool handling_ = false;
    bool ending_ = false;
    bool wants_read_ = false;
    bool wants_write_ = false;
    bool waits_to_read_ = false;
    bool waits_to_write_ = false;
    std::size_t reply_octets_ = 0; // of the reply that is being read
    std::size_t reply_objects_ = 0;
};

} // namespace coauth::store::redis
