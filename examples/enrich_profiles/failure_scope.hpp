// What the failure of one lookup means for the rest of a job.
#pragma once

#include <coauth/error.hpp>

#include <cstddef>

namespace enrich {

enum class failure_scope {
    input,      ///< About this input alone: its line says so.
    rate_limit, ///< The input would have to wait longer than --max-wait; it may succeed in another run.
    unclear, ///< May be about this input, about its request or about every request: only the other requests can tell.
    job,     ///< Every other input would fail likewise: the job stops, and nothing is written for this one.
};

/// The scope of a failed lookup. `in_response` as in `coauth::lookup`: false if the whole request failed.
failure_scope scope_of(coauth::errc code, bool in_response) noexcept;

/// `failure`, whose hint says how to go on as well. Not for `cancelled`, which is returned unchanged.
coauth::error stopped_by(const coauth::error& failure);

/// The same for requests that failed one after the other, and none succeeded in between.
coauth::error stopped_by_failures(const coauth::error& last, std::size_t requests);

} // namespace enrich
