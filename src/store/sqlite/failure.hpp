// What SQLite refuses, as a `coauth::error`.
#pragma once

#include <coauth/error.hpp>

#include <string_view>

namespace coauth::store {

/// The error of an operation, such as "storing a login", that failed with this code of SQLite's (extended, or not). Always
/// `errc::store_unavailable`; says what to do where it can.
error sqlite_failure(std::string_view operation, int code);

} // namespace coauth::store
