// Fills a world from a seed (docs/sandbox.md has the format).
#pragma once

#include "sandbox/world/world.hpp"

#include <string_view>

namespace coauth::sandbox {

/// Throws `errc::invalid_argument`, which names the field that is wrong, such as "seed: users[2].id".
void apply_seed(std::string_view json, world& w);

} // namespace coauth::sandbox
