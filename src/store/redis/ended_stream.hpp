// Logins that have ended, from process to process.
#pragma once

#include "store/redis/client.hpp"

#include <coauth/store/key_ring.hpp>
#include <coauth/store/login_store.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace coauth::store::redis {

/// The position in a stream behind which all is that was added since `passed`, where the server's time is `now`, milliseconds
/// since 1970. It may be a few milliseconds early, and no later.
std::string stream_position_before(std::uint64_t now, std::chrono::nanoseconds passed);

/// Reads the stream `ended` while something watches, from where it had come to, so that a connection that is lost costs no
/// message. What this process ended is notified by `notify`, and left out there.
///
/// Thread safety: safe. Lifetime: it reads as long as the client lives.
class ended_stream : public std::enable_shared_from_this<ended_stream> {
public:
    /// `sender` marks what this process adds.
    ended_stream(std::shared_ptr<key_ring> keys, std::string prefix, std::string sender);

    std::shared_ptr<void> watch(redis_client& client, login_store::watcher notified);

    void notify(const login_id& id, const ended_login& reached);

private:
    using inside_ptr = std::shared_ptr<redis_client::inside>;
    using watchers = std::vector<std::shared_ptr<login_store::watcher>>;
    using time_point = std::chrono::steady_clock::time_point;

    struct position;

    static boost::asio::awaitable<void> follow(std::shared_ptr<ended_stream> self, inside_ptr client, time_point begun);
    static boost::asio::awaitable<void> read_next(std::shared_ptr<ended_stream> self, inside_ptr client, position& at);

    watchers current_watchers();
    bool still_watched();
    void take(const redis_reply& entry, redis_client::inside& client) noexcept;
    void warn(redis_client::inside& client, std::string_view reason) noexcept;

    const std::shared_ptr<key_ring> keys_;
    const std::string prefix_;
    const std::string sender_;
    std::mutex mutex_;
    std::vector<std::weak_ptr<login_store::watcher>> watchers_;
    bool following_ = false;
    time_point warn_again_at_{}; // on the client's thread
};

} // namespace coauth::store::redis
