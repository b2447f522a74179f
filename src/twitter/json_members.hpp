// Members of a JSON object, read as the kinds of things that the provider's API has.
//
// A member that is missing or null is absent, and so is an optional one of another kind than asked for,
// out of range, or named twice: it must not cost the rest. Ids and the frame of a response are strict:
// `errc::malformed_response`.
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
const boost::json::object* find_object(const boost::json::object& object, std::string_view name);
const boost::json::array* find_array(const boost::json::object& object, std::string_view name);

/// As an object, or throws; `what` names it in the message.
const boost::json::object& as_object(const boost::json::value& value, std::string_view what);
const boost::json::array& as_array(const boost::json::value& value, std::string_view what);

/// A text as it came: perhaps with control characters, perhaps not UTF-8. An empty one is absent too.
std::optional<std::string_view> find_raw_text(const boost::json::object& object, std::string_view name);

/// A text of several lines, as `clean_lines` gives it; one of which nothing is left is absent.
std::optional<std::string> find_text(const boost::json::object& object, std::string_view name);

/// A text of one line, as `clean_line` gives it; one of which nothing is left is absent.
std::optional<std::string> find_line(const boost::json::object& object, std::string_view name);

std::optional<bool> find_bool(const boost::json::object& object, std::string_view name);

/// A whole number from 0. A number with a fraction or an exponent, or in quotes, is absent.
std::optional<std::int64_t> find_count(const boost::json::object& object, std::string_view name);

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
    api_version api, const boost::json::object& object, std::string_view name);

} // namespace coauth::twitter
