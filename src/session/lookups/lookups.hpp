// The desk, shared by threads: asks, waits, sends.
#pragma once

#include "session/alarm.hpp"
#include "session/lookups/lookup_desk.hpp"
#include "session/setup.hpp"
#include "session/tokens.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/strand.hpp>

#include <chrono>
#include <cstdint>
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

    /// One answer for each of `who`, in that order. `max_wait`: empty is the session's. Throws `unknown_user`,
    /// `cancelled`, what the token store throws, what an outage fails with, and `std::bad_alloc`.
    boost::asio::awaitable<call_answers> ask(std::string user_id, std::vector<twitter::user_ref> who,
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
    class flight;

    using time_point = lookup_desk::time_point;

    void end(lookup_desk::askers (lookup_desk::*how)(const error&)) noexcept;
    void kick() noexcept;
    void run();
    bool step();
    void send(batch_ref request);
    static boost::asio::awaitable<void> fly(flight request);
    void wake(const lookup_desk::askers& done) noexcept;
    void wake_unfired();
    void tell_events() noexcept;
    bool enter(const person_ref& user, const std::shared_ptr<asker>& caller);
    void out_of_memory() noexcept;
    time_point now() const { return with_->options.clock->steady_now(); }

    const std::shared_ptr<const setup> with_;
    const std::shared_ptr<tokens> tokens_;
    const boost::asio::strand<boost::asio::any_io_executor> strand_;
    const desk_rules rules_;
    std::unique_ptr<alarm> alarm_;

    mutable std::mutex mutex_;
    lookup_desk desk_;
    boost::intrusive::list<asker, boost::intrusive::constant_time_size<false>> asking_; ///< In `ask` now.

    // What is in the desk's place once memory ran out in the middle of a step. There is one while anybody asks.
    std::unique_ptr<lookup_desk> spare_;
    std::uint64_t first_number_ = 0; ///< People with a lower one were known to an earlier desk.

    bool unfired_ = false; ///< Some of `asking_` are complete and wait for all that.
    bool kicked_ = false;
    bool closed_ = false;
};

} // namespace coauth::sessions
