// Where a job takes its inputs from.
#pragma once

#include "enrich_profiles/input.hpp"

#include <boost/asio/awaitable.hpp>

namespace enrich {

/// Lifetime: must outlive the job's run.
class inputs {
public:
    virtual ~inputs() = default;

    /// Whether there is an input at hand, without reading.
    virtual bool has() const noexcept = 0;

    /// Reads until there is one. False at the end. Honours cancellation while it waits.
    virtual boost::asio::awaitable<bool> read_more() = 0;

    virtual const input& front() const = 0;
    virtual input take() = 0;

    /// Ends a `read_more` that is kept waiting, as a cancellation does.
    virtual void interrupt() = 0;
};

} // namespace enrich
