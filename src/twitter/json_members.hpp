// Members of a JSON object, read as the kinds of things that the provider's API has.
//
// A member that is missing or null is absent. One of another kind than asked for, or out of range, is
// `errc::malformed_response`: a number that was silently wrong would be worse than none.
#pragma once

#include <coauth/twitter/endpoints.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace coauth::twitter {

/// Null if absent.
const boost::json::object* find_object(const boost::json::object& in, std::string_view name);
const boost::json::array* find_array(const boost::json::object& in, std::string_view name);

/// As an object, or throws; `what` names it in the message.
const boost::json::object& as_object(const boost::json::value& value, std::string_view what);
const boost::json::array& as_array(const boost::json::value& value, std::string_view what);

/// A text; an empty one is absent too. A NUL in it is refused.
std::optional<std::string> find_text(const boost::json::object& in, std::string_view name);

/// A text without control characters.
std::optional<std::string> find_line(const boost::json::object& in, std::string_view name);

std::optional<bool> find_bool(const boost::json::object& in, std::string_view name);

/// A whole number from 0.
std::optional<std::int64_t> find_count(const boost::json::object& in, std::string_view name);

/// An id from 1 to 2^63-1 without zeros in front, as text. The provider writes it as a text or as an
/// integer; a number with a fraction or an exponent, or one too large for an integer, has lost digits
/// and is refused.
std::optional<std::string> find_id(const boost::json::object& in, std::string_view name);

/// The id of a user or a tweet: `id_str` if it is there, else `id`. Throws if neither is.
std::string own_id(const boost::json::object& in);

/// A time as this API version writes it.
std::optional<std::chrono::sys_seconds> find_time(
    api_version api, const boost::json::object& in, std::string_view name);

} // namespace coauth::twitter
