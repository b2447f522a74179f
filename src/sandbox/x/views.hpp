// Users and tweets as JSON, in the words of each API version.
#pragma once

#include "sandbox/world/world.hpp"

#include <boost/json/object.hpp>

#include <set>
#include <string>
#include <string_view>

namespace coauth::sandbox {

/// A path on this sandbox made absolute, so that pictures can be looked at; other URLs as they are.
std::string absolute_url(std::string_view url, std::string_view base_url);

/// Adds the text, or null if it is empty.
void put_or_null(boost::json::object& into, std::string_view name, const std::string& text);

/// API 1.1. Ids are there as numbers and as texts.
boost::json::object v1_1_user(const user& p, std::string_view base_url);
/// `trim`: the author as an id only; `extended`: `full_text` instead of `text`.
boost::json::object v1_1_tweet(const tweet& t, const world& w, std::string_view base_url, bool trim, bool extended);

/// API 2: `id`, `name`, `username` and the fields asked for.
boost::json::object v2_user(const user& p, const std::set<std::string>& fields, std::string_view base_url);
boost::json::object v2_tweet(const tweet& t, const std::set<std::string>& fields, const world& w);

} // namespace coauth::sandbox
