// An event loop on a clock that a test advances: the base of fixtures.
#pragma once

#include "unit/session/manual_clock.hpp"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <memory>

namespace coauth::testing {

class manual_loop {
public:
    /// Runs all that can run without time passing.
    void poll()
    {
        io.restart();
        io.poll();
    }
    void pass(std::chrono::milliseconds time)
    {
        poll();
        clock->advance(time);
        poll();
    }

    std::shared_ptr<manual_clock> clock = std::make_shared<manual_clock>();
    boost::asio::io_context io;

protected:
    manual_loop() = default;
    ~manual_loop() = default;

    /// Ends what waits; the sessions have gone.
    void end()
    {
        poll();
        clock->end();
        poll();
    }
};

} // namespace coauth::testing
