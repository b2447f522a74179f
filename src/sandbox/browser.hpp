// Who used a browser last.
#pragma once

#include <coauth/server/http_server.hpp>

#include <string>
#include <string_view>

namespace coauth::sandbox {

/// The username in the sandbox's cookie, or empty. It is not a credential: any browser may be any user here.
std::string remembered_user(const server::request& r);

/// The Set-Cookie value that remembers them.
std::string remember_user(std::string_view username);

/// A username as typed: without white space around it and without `@`.
std::string trimmed_username(std::string_view typed);

} // namespace coauth::sandbox
