// Members of X's JSON: ids and times.
#pragma once

#include <coauth/twitter/endpoints.hpp>

#include <boost/json/object.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace coauth::twitter {

/// True for an id from 1 to 2^63-1 without zeros in front.
bool is_id_in_range(std::string_view text) noexcept;

/// An id from 1 to 2^63-1 without zeros in front, as text. The provider writes it as a text or as an
/// integer; a number with a fraction or an exponent, or one too large for an integer, has lost digits
/// and is absent.
std::optional<std::string> find_id(const boost::json::object& object, std::string_view name);

/// The id of a user or a tweet: `id_str` if it is there, else `id`. Throws if neither is an id, or if
/// either is named twice.
std::string own_id(const boost::json::object& object);

/// The same; absent where `own_id` throws.
std::optional<std::string> find_own_id(const boost::json::object& object);

/// A time as this API version writes it.
std::optional<std::chrono::sys_seconds> find_time(
    api_version version, const boost::json::object& object, std::string_view name);

} // namespace coauth::twitter
