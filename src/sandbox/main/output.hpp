// The standard streams of coauth-sandbox, as the examples treat theirs (examples/program/output.hpp): nothing is
// lost in silence.
#pragma once

namespace coauth::sandbox {

/// Before anything is opened: a standard stream that is closed gets its number back in a form that can't be used,
/// and a gone reader or a file size limit becomes an error of the write.
void prepare_standard_streams();

/// Sends what std::cout holds. Throws `errc::invalid_argument` with the reason if any of it was lost.
void check_output();

} // namespace coauth::sandbox
