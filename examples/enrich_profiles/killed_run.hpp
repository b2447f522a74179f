// What a killed `--retry-failed` run had found.
#pragma once

#include "enrich_profiles/output_file.hpp"
#include "enrich_profiles/tally.hpp"

namespace enrich {

/// Puts the lines that such a run wrote to OUT.retry-failed in the place of OUT's, as that run would have. Returns what
/// they say now; nothing if there are none. A file that is not made of OUT's lines, but for those that said "failed", is
/// read as far as it is.
///
/// Throws `coauth::error` if they can't be put in place; then OUT is as it was, and OUT.retry-failed stays.
tally take_over_killed_run(output_file& out);

} // namespace enrich
