// Texts in JSON that break its rules in a way that leaves no doubt of what is meant.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace coauth::twitter {

/// `json` with `\ufffd` in place of each escape that is half of a surrogate pair, and with an escape in
/// place of each control character that stands in a text as it is. Nothing if there is no such thing.
std::optional<std::string> with_legal_texts(std::string_view json);

} // namespace coauth::twitter
