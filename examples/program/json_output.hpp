// Profiles and errors as the examples print them: one line of JSON, or lines for users.
#pragma once

#include <coauth/error.hpp>
#include <coauth/identity/profile.hpp>

#include <boost/json/value.hpp>

#include <string>

namespace program {

/// A key is always there; null where the provider gave nothing.
boost::json::object profile_json(const coauth::profile& p);

/// {"error":{"code","message","hint","http_status","provider_code","provider_error","retry_after"}}
boost::json::object error_json(const coauth::error& e);

/// "Jack (@jack)" and what else is known, a line each.
std::string profile_text(const coauth::profile& p);

} // namespace program
