// Texts that users wrote, made fit to be shown.
#pragma once

#include <string>
#include <string_view>

namespace coauth::api {

/// `text` on one line: what is not Unicode becomes U+FFFD, control characters are removed.
std::string clean_line(std::string_view text);

/// The same, but line breaks stay and a tab becomes a space.
std::string clean_lines(std::string_view text);

} // namespace coauth::api
