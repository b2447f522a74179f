// Shows progress on stderr: a bar that is rewritten in place on a terminal, else lines.
#pragma once

#include "enrich_profiles/progress.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <memory>

namespace enrich {

/// Lifetime: what `look` refers to must live until `stop`.
class progress_display {
public:
    /// Asks `look` now and then until `stop`.
    progress_display(boost::asio::any_io_executor executor, std::function<progress()> look);
    ~progress_display();

    progress_display(const progress_display&) = delete;
    progress_display& operator=(const progress_display&) = delete;

    /// Leaves the last state on the screen.
    void stop();

private:
    void wait();
    void show(const progress& now);

    boost::asio::steady_timer timer_;
    std::function<progress()> look_;
    bool terminal_;
    progress_pace pace_;
    std::shared_ptr<bool> running_ = std::make_shared<bool>(true);
};

} // namespace enrich
