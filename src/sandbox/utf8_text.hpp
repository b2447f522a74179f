// Texts of clients, which may be any octets, made fit for pages, JSON and logs.
#pragma once

#include <string>
#include <string_view>

namespace coauth::sandbox {

/// `text` with U+FFFD for what is not UTF-8.
std::string as_utf8(std::string_view text);

} // namespace coauth::sandbox
