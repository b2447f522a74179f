// Takes secrets out of what is written down.
#pragma once

#include <coauth/oauth1/parameters.hpp>

#include <string>
#include <string_view>

namespace coauth::sandbox {

/// True for up to 64 letters, digits and `_.-[]`. Other names may hold what a client sent in another form than it says.
bool is_plain_name(std::string_view name) noexcept;

/// Its first 4096 octets and "..." if it is longer.
std::string cut_short(std::string_view text);

/// A token's first four characters and "...": enough to tell two apart.
std::string shortened(std::string_view token);

/// The value as it may be written down: 1.0a's tokens shortened, signatures, verifiers, secrets and what begins as a
/// token does gone, everything else as it is.
std::string masked_value(std::string_view name, std::string_view value);

/// The names that are not plain are left out, and values cut short.
oauth1::parameters masked(const oauth1::parameters& list);

/// A URL with the values in its query masked.
std::string masked_url(std::string_view url);

/// A request target with tokens in its path and the values in its query masked, and cut short; it stays encoded. `?`,
/// `&`, `;` and `#` each end a parameter, for a client may mean any of them.
std::string masked_target(std::string_view target);

/// A base string with tokens in its path and the values in its last part masked.
std::string masked_base_string(std::string_view base_string);

} // namespace coauth::sandbox
