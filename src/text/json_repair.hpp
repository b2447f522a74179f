// Texts and numbers in JSON that its parser refuses, in a way that leaves no doubt of what is meant.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace coauth::text {

/// `json` with `\ufffd` in place of each escape that is half of a surrogate pair, and with an escape in
/// place of each control character that stands in a text as it is, and with `null` in place of each number
/// whose exponent has more than five digits. Nothing if there is no such thing.
std::optional<std::string> with_legal_values(std::string_view json);

} // namespace coauth::text
