#include "http/watchdog.hpp"

#include "http/connection.hpp"

namespace coauth::http {

watchdog::watchdog(const boost::asio::any_io_executor& strand) : leash_(std::make_shared<leash>()), timer_(strand)
{}

watchdog::~watchdog()
{
    call_off();
}

void watchdog::watch(connection& what, std::chrono::steady_clock::time_point until)
{
    leash_->watched = &what;
    leash_->barked = false;
    const auto round = ++leash_->round;
    timer_.expires_at(until);
    timer_.async_wait([l = leash_, round](const boost::system::error_code& ec) {
        if (ec || l->round != round || !l->watched)
            return;
        l->barked = true;
        l->watched->close();
        l->watched = nullptr;
    });
}

void watchdog::call_off() noexcept
{
    leash_->watched = nullptr;
    ++leash_->round;
    try {
        timer_.cancel();
    } catch (const boost::system::system_error&) {
        // The round has passed: whatever the timer does now changes nothing.
    }
}

} // namespace coauth::http
