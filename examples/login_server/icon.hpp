// The site's icon, which browsers ask for as /favicon.ico.
#pragma once

#include <string_view>

namespace login_server {

/// A PNG of 32 by 32 pixels: a head and shoulders in a disc.
std::string_view icon() noexcept;

} // namespace login_server
