// The addresses that a site's logins have.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace coauth::site {

enum class login_route {
    login,    ///< POST /login and /login/NAME
    callback, ///< GET /callback and /callback/NAME
    waiting,  ///< GET /waiting/ID
    logout,   ///< POST /logout
};

struct login_route_match {
    explicit login_route_match(login_route new_route) : route(new_route) {}

    login_route route;
    std::size_t provider = 0; ///< The index of NAME, of a login or callback.
    std::string id;           ///< Of /waiting/ID.
};

/// Empty for a path that is another's. `providers`: their names; the first one's NAME may be missing.
std::optional<login_route_match> find_login_route(std::string_view path, const std::vector<std::string>& providers);

/// The one method it takes. HEAD is what previews of links send: it must neither finish a login nor wait for one.
std::string_view method_of(login_route route) noexcept;

} // namespace coauth::site
