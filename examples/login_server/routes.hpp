// The addresses of the site.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace login_server {

enum class route {
    home,     ///< GET /
    login,    ///< POST /login
    callback, ///< GET /callback
    waiting,  ///< GET /waiting/ID
    profile,  ///< GET and POST /profile
    logout,   ///< POST /logout
    health,   ///< GET /healthz
    icon,     ///< GET /favicon.ico
};

struct route_match {
    route_match(route what, std::string_view id) : what(what), id(id) {}

    route what;
    std::string id; ///< Of /waiting/ID.
};

std::optional<route_match> find_route(std::string_view path);

/// As in the Allow header: "GET, HEAD".
std::string_view methods_of(route what);

bool takes(route what, std::string_view method);

} // namespace login_server
