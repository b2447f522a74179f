// Goes on where an earlier run stopped, wherever that was.
#pragma once

#include "enrich_profiles/input_source.hpp"
#include "enrich_profiles/output_file.hpp"
#include "enrich_profiles/tally.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>

namespace enrich {

/// Reads what OUT holds already, takes the inputs that have a line there out of IN, cuts off a last line that is
/// torn, and lets OUT be appended to. Returns the count of its lines.
///
/// `width` is how far lines may be from their places (see `written_lines`); 1 means input order.
/// Throws `errc::invalid_argument` and leaves OUT unchanged if it can't be what a run on this IN wrote.
boost::asio::awaitable<tally> resume(output_file& out, input_source& source, std::uint64_t width);

} // namespace enrich
