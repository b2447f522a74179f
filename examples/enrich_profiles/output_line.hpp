// The lines of OUT.
#pragma once

#include "enrich_profiles/input.hpp"

#include <coauth/error.hpp>
#include <coauth/identity/lookup.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace enrich {

enum class outcome {
    found,
    not_found,
    suspended,
    is_protected, ///< "protected": known, but not shown to these credentials.
    invalid,      ///< No name or id.
    failed,       ///< Something else went wrong for this input.
};

/// "found", "not_found", ...
std::string_view name(outcome kind) noexcept;

/// A line of OUT, and what it says.
struct output_line {
    output_line() = default;

    outcome kind = outcome::failed;
    std::uint64_t number = 0; ///< Of the input.
    std::uint64_t end = 0;    ///< Of the input in IN, see `input::end`.
    std::string text;         ///< `{"input","outcome","profile","error"}` and the line end.
};

output_line lookup_line(const input& given, const coauth::lookup& result);
output_line invalid(const input& given, const coauth::error& why);

/// What a resumed run needs of a line.
struct written_line {
    written_line() = default;

    outcome kind = outcome::failed;
    std::string input;
};

/// Reads a line of OUT without its end. Nothing if this program did not write it.
std::optional<written_line> read_output_line(std::string_view line);

/// What a line without its end at the end of OUT is.
enum class remnant {
    whole,   ///< Only the line end is missing.
    torn,    ///< The beginning of a line that this program wrote.
    foreign, ///< Something else.
};
remnant look_at_remnant(std::string_view text);

} // namespace enrich
