// Members of a JSON object, read as the kinds of values that providers' APIs have.
//
// A member that is missing or null is absent, and so is an optional one of another kind than asked for,
// out of range, or named twice: it must not cost the rest. Ids and the frame of a response are strict:
// `errc::malformed_response`.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace coauth::api {

/// Throws `errc::malformed_response`: "response: `name` is " and the fault.
[[noreturn]] void refuse_member(std::string_view name, std::string_view fault);

/// Null if absent.
const boost::json::value* find_member(const boost::json::object& object, std::string_view name);
const boost::json::object* find_object(const boost::json::object& object, std::string_view name);

/// As an object, or throws; `name` is for the message.
const boost::json::object& as_object(const boost::json::value& value, std::string_view name);
const boost::json::array& as_array(const boost::json::value& value, std::string_view name);

/// A text as it came: perhaps with control characters, perhaps not UTF-8. An empty one is absent too.
std::optional<std::string_view> find_raw_text(const boost::json::object& object, std::string_view name);

/// A text of several lines, as `clean_lines` gives it; one of which nothing is left is absent.
std::optional<std::string> find_text(const boost::json::object& object, std::string_view name);

/// A text of one line, as `clean_line` gives it; one of which nothing is left is absent.
std::optional<std::string> find_line(const boost::json::object& object, std::string_view name);

std::optional<bool> find_bool(const boost::json::object& object, std::string_view name);

/// A whole number from 0. A number with a fraction or an exponent, or in quotes, is absent.
std::optional<std::int64_t> find_count(const boost::json::object& object, std::string_view name);

} // namespace coauth::api
