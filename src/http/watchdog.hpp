// Closes a connection when its time is up.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstdint>
#include <memory>

namespace coauth::http {

class connection;

/// Watches one connection at a time, on a strand: what is under way on it then fails, and the one who
/// asked can see by `barked()` that time was the reason.
///
/// The watched connection must outlive the watch. Destroying the dog calls it off.
class watchdog {
public:
    explicit watchdog(const boost::asio::any_io_executor& strand);
    ~watchdog();

    watchdog(const watchdog&) = delete;
    watchdog& operator=(const watchdog&) = delete;

    /// Forgets any earlier watch, and that it barked.
    void watch(connection& what, std::chrono::steady_clock::time_point until);
    void call_off() noexcept;

    /// True if the last watch ended by closing the connection.
    bool barked() const noexcept { return leash_->barked; }

private:
    // Outlives the dog in handlers that are queued already.
    struct leash {
        leash() = default;

        connection* watched = nullptr;
        std::uint64_t round = 0; // a handler of an earlier watch finds another number
        bool barked = false;
    };

    std::shared_ptr<leash> leash_;
    boost::asio::steady_timer timer_;
};

} // namespace coauth::http
