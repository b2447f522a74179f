// Asks the session for a job's inputs.
#pragma once

#include "enrich_profiles/inputs.hpp"
#include "enrich_profiles/job.hpp"
#include "enrich_profiles/limit_waits.hpp"
#include "program/main_loop.hpp"

#include <coauth/session/session.hpp>

#include <boost/asio/awaitable.hpp>

#include <string>

namespace enrich {

/// What a run works with. Lifetime: of references; they must outlive the run.
struct asking {
    asking(coauth::session& session, std::string user_id, limit_waits& waits, inputs& source, enrich::job& job)
        : session(session), user_id(std::move(user_id)), waits(waits), source(source), job(job)
    {}

    coauth::session& session;
    std::string user_id;
    limit_waits& waits;
    inputs& source;
    enrich::job& job;
    const coauth::error no_memory = program::out_of_memory(); ///< Made beforehand, since it takes some.
};

/// Reads and asks until every input has its line, the job is stopped or the money is used up. Returns whether every
/// input has its line. Nothing of the run is used after that.
///
/// Never throws an error: that stops the job, as a cancellation does. Then the session is closed, what is on the wire
/// ends and is written, and no cancellation is let through any more. If `job::leaves_others` the session is still open,
/// and cancellations are let through.
boost::asio::awaitable<bool> ask_for_all(const asking& run);

} // namespace enrich
