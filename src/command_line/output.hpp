// stdout, where nothing may be lost in silence: a full disk or a reader that has gone is an error.
#pragma once

#include <string_view>

namespace coauth::command_line {

/// Writes `text` to stdout at once. Throws `errc::invalid_argument` with the reason if that is not possible:
/// the disk is full, stdout is closed, or its reader has gone.
void print(std::string_view text);

/// Sends what std::cout still holds. Throws as `print` does if that, or anything written to std::cout before, was
/// lost.
void flush_output();

/// What makes the above true, once, before anything is opened or written. A standard stream that is closed
/// gets its number back in a form that can't be used, so that no file or socket takes its place. A gone
/// reader (SIGPIPE) and a file size limit (SIGXFSZ) become errors of the write.
void prepare_standard_streams();

} // namespace coauth::command_line
