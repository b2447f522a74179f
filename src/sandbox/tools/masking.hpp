// Takes secrets out of what is written down.
#pragma once

#include <coauth/oauth1/parameters.hpp>

#include <string>
#include <string_view>

namespace coauth::sandbox {

/// True for up to 64 letters, digits and `_.-[]`. Other names may hold what a client sent in another form than it says.
bool is_plain_name(std::string_view name) noexcept;

/// A token's first four characters and "...": enough to tell two apart.
std::string shortened(std::string_view token);

/// The value as it may be written down: tokens shortened, signatures, verifiers and secrets gone,
/// everything else as it is.
std::string masked_value(std::string_view name, std::string_view value);

/// The names that are not plain are left out.
oauth1::parameters masked(const oauth1::parameters& list);

/// A request target with the values in its query masked; it stays encoded.
std::string masked_target(std::string_view target);

/// A base string with the values in its last part masked.
std::string masked_base_string(std::string_view base_string);

} // namespace coauth::sandbox
