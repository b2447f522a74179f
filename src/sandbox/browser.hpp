// What a browser says about itself: where a form came from, and who used it last.
#pragma once

#include <coauth/server/http_server.hpp>

#include <string>
#include <string_view>

namespace coauth::sandbox {

/// False if the browser says that another site sent this form. Programs that are no browsers say
/// nothing, and pass: they can't be tricked into sending a form.
bool came_from_own_page(const server::request& r, std::string_view base_url);

/// The username in the sandbox's cookie, or empty. It is no credential: everybody may be anybody here.
std::string remembered_user(const server::request& r);

/// The Set-Cookie value that remembers them.
std::string remember_user(std::string_view username);

/// A username as typed: without white space around it and without `@`.
std::string trimmed_username(std::string_view typed);

} // namespace coauth::sandbox
