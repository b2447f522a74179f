// The desk, shared by threads: asks, waits, sends.
#pragma once

#include "session/alarm.hpp"
#include "session/lookup_desk.hpp"
#include "session/setup.hpp"
#include "session/tokens.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/strand.hpp>

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace coauth::sessions {

/// Hold it in a `shared_ptr`; operations under way keep it.
///
/// Thread safety: safe. Lifetime: `abort` must be called before the executor's context ends.
class lookups : public std::enable_shared_from_this<lookups> {
public:
    lookups(std::shared_ptr<const setup> with, std::shared_ptr<tokens> tokens);

    /// Starts what needs `shared_from_this`.
    void start();

    /// One answer for each of `who`, in that order. `max_wait`: empty is the session's. Throws `unknown_user`, `cancelled`,
    /// and what an outage fails with.
    boost::asio::awaitable<std::vector<answer>> ask(std::string user_id, std::vector<twitter::user_ref> who,
        std::optional<std::chrono::milliseconds> max_wait = {});

    /// Forgets a person's token and answers; what waits to be sent fails with `unknown_user`.
    boost::asio::awaitable<void> sign_out(person_ref who);

    session_stats::lookup_counts counts() const;

    /// Refuses new questions, and fails those that are not on the wire.
    void close();

    /// Fails all questions at once.
    void abort();

private:
    class visit;

    using time_point = lookup_desk::time_point;

    void end(lookup_desk::askers (lookup_desk::*how)(const error&));
    void kick();
    void run();
    boost::asio::awaitable<void> fly(batch_ref request);
    boost::asio::awaitable<void> land(batch_ref request, result<twitter::reply<twitter::lookups>> reply);
    void wake(const lookup_desk::askers& done);
    void tell_events();
    time_point now() const { return with_->options.clock->steady_now(); }

    const std::shared_ptr<const setup> with_;
    const std::shared_ptr<tokens> tokens_;
    const boost::asio::strand<boost::asio::any_io_executor> strand_;
    std::unique_ptr<alarm> alarm_;

    mutable std::mutex mutex_;
    lookup_desk desk_;
    bool kicked_ = false;
    bool closed_ = false;
};

} // namespace coauth::sessions
