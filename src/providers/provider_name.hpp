// The names of providers.
#pragma once

#include <algorithm>
#include <string_view>

namespace coauth::providers {

/// 1 to 32 of `[a-z0-9_-]`.
inline bool is_provider_name(std::string_view name)
{
    const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-'; };
    return !name.empty() && name.size() <= 32 && std::all_of(name.begin(), name.end(), fits);
}

} // namespace coauth::providers
