// The thread that speaks with a Redis, and the way to it.
#pragma once

#include "store/redis/request.hpp"

#include <coauth/store/redis_store.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string_view>
#include <thread>

namespace coauth::store::redis {

/// Two connections: one for commands, and one for commands that block it. All signals are blocked on their thread, since
/// hiredis does not spare its callers SIGPIPE.
///
/// Thread safety: safe. Lifetime: the thread ends with it; destroying it waits for that, unless it happens on the thread.
class redis_client : public std::enable_shared_from_this<redis_client> {
public:
    redis_client(const redis_options& address, std::chrono::milliseconds deadline);
    ~redis_client();
    redis_client(const redis_client&) = delete;
    redis_client& operator=(const redis_client&) = delete;

    /// Returns the reply, which is none of a refusal. Throws `errc::store_unavailable`.
    boost::asio::awaitable<redis_reply> run(redis_command command);

    /// What runs on the thread, and ends when the client does.
    class inside {
    public:
        virtual ~inside();

        virtual boost::asio::io_context& io() = 0;

        /// On the other connection, on which each waits for the one before. Redis may take `block` to reply.
        virtual boost::asio::awaitable<redis_reply> run_blocking(
            redis_command command, std::chrono::milliseconds block) = 0;

        virtual bool closed() const = 0;
        virtual void warn(std::string_view text) noexcept = 0;
    };

    /// Calls `task` on the thread. Throws `std::bad_alloc`.
    void post(std::function<void(const std::shared_ptr<inside>&)> task);

    /// Hands a warning to the operator. On any thread.
    void warn(std::string_view text) noexcept;

private:
    class core;

    const std::chrono::milliseconds deadline_;
    std::shared_ptr<core> core_;
    std::thread thread_;
};

} // namespace coauth::store::redis
